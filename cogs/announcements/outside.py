"""Texts for LINE and mail, each with an invitation of its own, and a tick for what was posted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import discord
import structlog

from bot.deliveries.schedule import local_time
from bot.features.announcements.models import Route
from bot.features.announcements.outside import OutsideService, RouteCard
from bot.features.announcements.plaintext import Reader
from bot.features.announcements.records import Draft
from bot.features.announcements.texts import line_texts, mail_texts
from bot.i18n import N_, Words, words_for
from bot.ui.choices import chosen_one
from bot.ui.dates import long_date, long_time, stamp
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.pages import Document, Item, Page
from bot.ui.requests import MemberRequest, host
from cogs.announcements import routes
from cogs.announcements.options import draft_of
from cogs.announcements.routes import to

log = structlog.get_logger("tsunagu.announcements")

ROUTE_WORDS = {Route.LINE: N_("LINE"), Route.MAIL: N_("mail")}
#: Parts of a server that have a name of Discord's own.
_PLACES = {
    "customize": N_("Channels & Roles"),
    "browse": N_("Browse Channels"),
    "guide": N_("Server Guide"),
    "home": N_("Server Guide"),
    "linked-roles": N_("Linked Roles"),
}
#: A text in a message of Discord's; longer ones are read in the file beside it.
_SHOWN = 1_800


async def show_texts(request: MemberRequest, announcement_id: int, route: Route) -> None:
    await request.defer()
    draft, words, outside = await draft_of(request, announcement_id), request.words, request.services[OutsideService]
    card = (await outside.routes(request.actor, announcement_id))[route]
    if card.invite is None and draft.lc is None:
        card = await _invite(request, announcement_id, card)
    parts = text_parts(draft, card, request)
    uses = await _uses(request, card)
    lines = _head(card, uses, words)
    for part in parts:
        lines.append(f"```\n{part.replace('```', '')}\n```")
    text = "\n".join(lines)
    if len(text) > _SHOWN * 2:
        text = "\n".join([*_head(card, uses, words), words("The text is long: it is in the file.")])
    other = Route.MAIL if route is Route.LINE else Route.LINE
    key: dict[str, Any] = {"announcement_id": announcement_id}
    posted = card.posted_at is not None
    label = words("Not posted after all") if posted else words("I have posted it")
    rows: list[list[Item]] = [
        [
            TickButton.make(label, emoji="✅", route_name=route, posted=int(not posted), **key),
            RouteButton.make(words("Text for {route}", route=words(ROUTE_WORDS[other])), route_name=other, **key),
        ],
        [to(routes.STATUS, words("Back"), announcement_id=announcement_id), home_button(words)],
    ]
    document = Document("\n\n".join(parts).encode("utf-8-sig"), f"{route}-{announcement_id}.txt")
    title = words("Text for {route}", route=words(ROUTE_WORDS[route]))
    await request.show(Page(title=title, text=text, rows=rows, documents=[document]))


def _head(card: RouteCard, uses: int | None, words: Words) -> list[str]:
    lines = []
    if card.posted_at is not None:
        name = discord.utils.escape_markdown(card.posted_by or words("Somebody"))
        lines.append(words("✅ Posted by {name}, {time}", name=name, time=stamp(card.posted_at)))
    if uses is not None:
        lines.append(words.plural("{n} has joined by its invitation.", "{n} have joined by its invitation.", uses))
    elif card.invite is None:
        lines.append(words("There is no invitation in it: I may not make one here."))
    return lines


def text_parts(draft: Draft, card: RouteCard, request: MemberRequest) -> list[str]:
    """The messages for LINE, or subject and body for mail, in the organisation's language."""
    organisation, content = request.actor.organisation, draft.content
    words = words_for(organisation.language)
    endings = []
    if draft.deadline is not None:
        endings.append(words("Deadline: {time}", time=long_time(draft.deadline, words)))
    if content.link:
        endings.append(content.link)
    if card.invite is not None:
        endings.append(words("To our Discord: {link}", link=f"https://discord.gg/{card.invite[0]}"))
    text = words.either(content.text_ja, content.text_en)
    reader = _reader(request, words)
    if card.route is Route.LINE:
        return line_texts(content.title, text, endings, reader)
    name = words.either(organisation.name_ja, organisation.name_en)
    return list(mail_texts(name, content.title, text, endings, reader))


def _reader(request: MemberRequest, words: Words) -> Reader:
    """Times in the organisation's zone, and names as the server has them, for readers who aren't on Discord."""
    zone, guild, who = request.actor.organisation.time_zone, request.interaction.guild, request.interaction.user

    def moment(at: datetime, style: str) -> str:
        local = local_time(at, zone)
        clock = f"{local:%H:%M:%S}" if style in "TS" else f"{local:%H:%M}"
        if style in "tT":
            return clock
        return long_date(local.date(), words) if style in "dD" else long_time(local, words)

    def called(sign: str, number: str) -> str:
        if sign == "id":
            return words(_PLACES[number])
        if sign == "#":
            channel = guild.get_channel(int(number)) if guild else None
            if channel is None or not isinstance(who, discord.Member) or not channel.permissions_for(who).view_channel:
                return words("a channel on Discord")  # of another server, or hidden from whoever asks
            return f"#{channel.name}"
        if sign == "@&":
            role = guild.get_role(int(number)) if guild else None
            return f"@{role.name}" if role else ""
        member = guild.get_member(int(number)) if guild else None
        return f"@{member.display_name}" if member else ""

    return Reader(moment, called)


async def _invite(request: MemberRequest, announcement_id: int, card: RouteCard) -> RouteCard:
    """An invitation of its own for this route, where the bot may make one: Discord counts who comes by it."""
    bot, outside = host(request.interaction), request.services[OutsideService]
    for post in await outside.invitable(request.actor):
        channel = bot.get_channel(post.recipient_id)
        if not isinstance(channel, discord.TextChannel):
            continue
        if not channel.permissions_for(channel.guild.me).create_instant_invite:
            continue
        try:
            invite = await channel.create_invite(max_age=0, max_uses=0, unique=True, reason="announcement")
        except discord.HTTPException as error:
            log.warning("no invitation", status=error.status, code=error.code)
            continue
        await outside.note_invite(request.actor, announcement_id, card.route, invite.code, channel.id)
        return RouteCard(card.route, (invite.code, channel.id), card.posted_at, card.posted_by)
    return card


async def _uses(request: MemberRequest, card: RouteCard) -> int | None:
    """How many came by the invitation; None where there is none (any more), or Discord doesn't tell."""
    if card.invite is None:
        return None
    code, channel_id = card.invite
    channel = host(request.interaction).get_channel(channel_id)
    if not isinstance(channel, discord.TextChannel):
        return None
    try:
        invites = await channel.invites()
    except discord.HTTPException:
        return None
    return next((invite.uses for invite in invites if invite.code == code), None)


class TextsButton(RoutedButton, route=routes.TEXTS):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await show_texts(request, announcement_id, Route.LINE)


class RouteButton(RoutedButton, route="announcements:text:{announcement_id:int}:{route_name}"):
    async def act(self, request: MemberRequest, announcement_id: int, route_name: str) -> None:
        await show_texts(request, announcement_id, chosen_one(Route, route_name))


class TickButton(RoutedButton, route="announcements:tick:{announcement_id:int}:{route_name}:{posted:int}"):
    async def act(self, request: MemberRequest, announcement_id: int, route_name: str, posted: int) -> None:
        service = request.services[OutsideService]
        await service.tick(request.actor, announcement_id, chosen_one(Route, route_name), posted=bool(posted))
        await show_texts(request, announcement_id, chosen_one(Route, route_name))
