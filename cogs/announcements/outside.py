"""Texts for LINE and email, each with its own invitation and a mark once it is posted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import discord
import structlog

from bot.deliveries.schedule import local_time
from bot.errors import Conflict, NextStep
from bot.features.announcements.models import AnnouncementState, Route
from bot.features.announcements.outside import (
    CLAIM_LASTS,
    Claim,
    OutsideService,
    Reader,
    RouteCard,
    line_texts,
    mail_texts,
    texts_step,
)
from bot.features.announcements.values import Draft
from bot.i18n import N_, Words, words_for
from bot.ui.choices import chosen_one
from bot.ui.dates import long_date, long_time, stamp
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.pages import Document, Item, Page
from bot.ui.patience import FAILURES
from bot.ui.requests import MemberRequest, host
from cogs.announcements import render
from cogs.announcements.options import draft_of
from cogs.announcements.render import to

log = structlog.get_logger("tsunagu.announcements")

ROUTE_WORDS = {Route.LINE: N_("LINE"), Route.MAIL: N_("email")}
#: Parts of a server that Discord itself names.
_PLACES = {
    "customize": N_("Channels & Roles"),
    "browse": N_("Browse Channels"),
    "guide": N_("Server Guide"),
    "home": N_("Server Guide"),
    "linked-roles": N_("Linked Roles"),
}
#: Characters of a text that fit into a Discord message; longer texts are in the file beside it.
_SHOWN = 1_800
#: How far Discord's clock may be behind the bot's.
_APART = timedelta(seconds=10)


def invite_step(announcement_id: int, route: Route) -> NextStep:
    return NextStep(N_("Try again"), f"announcements:invite:{announcement_id}:{route.value}")


async def show_texts(request: MemberRequest, announcement_id: int, route: Route) -> None:
    await request.defer()
    draft, words, outside = await draft_of(request, announcement_id), request.words, request.services[OutsideService]
    card = (await outside.routes(request.actor, announcement_id))[route]
    may_have_one = card.invite is None and draft.lc is None and draft.state is not AnnouncementState.TAKEN_BACK
    parts = text_parts(draft, card, request)
    uses = await _uses(request, card)
    lines = _head(card, uses, words, may_have_one=may_have_one)
    for part in parts:
        lines.append(f"```\n{part.replace('```', '')}\n```")
    text = "\n".join(lines)
    if len(text) > _SHOWN * 2:
        head = _head(card, uses, words, may_have_one=may_have_one)
        text = "\n".join([*head, words("The text is too long for this page, so it's in the file.")])
    other = Route.MAIL if route is Route.LINE else Route.LINE
    key: dict[str, Any] = {"announcement_id": announcement_id}
    posted = card.posted_at is not None
    label = words("Mark as not posted") if posted else words("Mark as posted")
    rows: list[list[Item]] = [
        [
            TickButton.make(label, emoji="✅", route_name=route, posted=int(not posted), **key),
            RouteButton.make(words("Text for {route}", route=words(ROUTE_WORDS[other])), route_name=other, **key),
        ],
        [to(render.STATUS, words("Back"), announcement_id=announcement_id), home_button(words)],
    ]
    if may_have_one:
        rows[0].append(InviteButton.make(words("Add an invitation link"), emoji="🔗", route_name=route, **key))
    document = Document("\n\n".join(parts).encode("utf-8-sig"), f"{route}-{announcement_id}.txt")
    title = words("Text for {route}", route=words(ROUTE_WORDS[route]))
    await request.show(Page(title=title, text=text, rows=rows, documents=[document]))


def _head(card: RouteCard, uses: int | None, words: Words, *, may_have_one: bool) -> list[str]:
    lines = []
    if card.posted_at is not None:
        name = discord.utils.escape_markdown(card.posted_by or words("Somebody"))
        lines.append(words("✅ Posted by {name}, {time}", name=name, time=stamp(card.posted_at)))
    if uses is not None:
        lines.append(
            words.plural(
                "{n} person has joined through this invitation.",
                "{n} people have joined through this invitation.",
                uses,
            )
        )
    elif may_have_one:
        lines.append(words("It has no invitation link yet. Add one to see how many people join through this text."))
    return lines


def text_parts(draft: Draft, card: RouteCard, request: MemberRequest) -> list[str]:
    """The messages for LINE, or subject and body for email, in the organisation's language."""
    organisation, content = request.actor.organisation, draft.content
    words = words_for(organisation.language)
    endings = []
    if draft.deadline is not None:
        endings.append(words("Deadline: {time}", time=long_time(draft.deadline, words)))
    if content.link:
        endings.append(content.link)
    if card.invite is not None:
        endings.append(words("Join our Discord: {link}", link=f"https://discord.gg/{card.invite[0]}"))
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
                return words("a channel on Discord")  # of another server, or hidden from the reader
            return f"#{channel.name}"
        if sign == "@&":
            role = guild.get_role(int(number)) if guild else None
            return f"@{role.name}" if role else ""
        member = guild.get_member(int(number)) if guild else None
        return f"@{member.display_name}" if member else ""

    return Reader(moment, called)


async def add_invite(request: MemberRequest, announcement_id: int, route: Route) -> None:
    """Make an invitation for this route alone, so that Discord counts who joins through it.

    Raises:
        NotAllowed, NotFound, Invalid: it isn't theirs, or has none.
        Conflict: there is one, somebody else is just making it, or Discord gives none.
    """
    await request.defer()
    outside, actor = request.services[OutsideService], request.actor
    channels = await _inviting(request, announcement_id, route)
    claim = await outside.claim_invite(actor, announcement_id, route)
    for channel in channels:
        try:
            invite = await _left_behind(request, channel, claim)
            made = invite is None
            if invite is None:
                invite = await channel.create_invite(
                    max_age=0, max_uses=0, unique=True, reason=f"{announcement_id} {route}"
                )
        except FAILURES as error:  # another channel may allow it
            log.warning("no invitation", why=repr(error))
            continue
        noted = False
        try:
            noted = await outside.note_invite(actor, announcement_id, route, claim, invite.code, channel.id)
        finally:
            if made and not noted:
                await _drop(invite)
        return
    await outside.release_invite(actor, announcement_id, route, claim)
    raise Conflict(
        N_(
            "Discord couldn't create an invitation. Please try again in a few minutes. You can use the text without it."
        ),
        next_steps=[invite_step(announcement_id, route), texts_step(announcement_id, route)],
    )


async def _inviting(request: MemberRequest, announcement_id: int, route: Route) -> list[discord.TextChannel]:
    """The channels for which the bot may create invitations. Raises Conflict if there is none."""
    bot = host(request.interaction)
    posts = await request.services[OutsideService].invitable(request.actor)
    found = [bot.get_channel(post.recipient_id) for post in posts]
    channels = [one for one in found if isinstance(one, discord.TextChannel)]
    may = [one for one in channels if one.permissions_for(one.guild.me).create_instant_invite]
    if may:
        return may
    steps = [invite_step(announcement_id, route), texts_step(announcement_id, route)]
    if not channels:
        raise Conflict(
            N_("There's no channel to invite people to yet. A server administrator can create one with /setup."),
            next_steps=steps,
        )
    raise Conflict(
        N_("The bot can't create invitations here. Allow it “Create Invite” in #{channel}, then try again."),
        channel=channels[0].name,
        next_steps=steps,
    )


async def _left_behind(request: MemberRequest, channel: discord.TextChannel, claim: Claim) -> discord.Invite | None:
    """The invitation that an earlier turn made but never noted, because its process ended in between."""
    if claim.left_at is None:
        return None
    try:
        invites = await channel.invites()
    except FAILURES:
        return None  # the bot needs the right to manage the channel to look for it
    known, me = await request.services[OutsideService].noted(request.actor), channel.guild.me.id
    for invite in invites:
        at, by = invite.created_at, invite.inviter
        if at is None or by is None or by.id != me or invite.max_age or invite.max_uses or invite.code in known:
            continue
        if claim.left_at - _APART <= at < claim.left_at + CLAIM_LASTS:
            return invite
    return None


async def _drop(invite: discord.Invite) -> None:
    """Somebody else's is in the text by now."""
    try:
        await invite.delete()
    except FAILURES as error:
        log.warning("an invitation stays", why=repr(error))


async def _uses(request: MemberRequest, card: RouteCard) -> int | None:
    """How many people joined through the invitation; None if there is none (any more) or Discord doesn't tell."""
    if card.invite is None:
        return None
    code, channel_id = card.invite
    channel = host(request.interaction).get_channel(channel_id)
    if not isinstance(channel, discord.TextChannel):
        return None
    try:
        invites = await channel.invites()
    except FAILURES:
        return None
    return next((invite.uses for invite in invites if invite.code == code), None)


class TextsButton(RoutedButton, route=render.TEXTS):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        await show_texts(request, announcement_id, Route.LINE)


class RouteButton(RoutedButton, route="announcements:text:{announcement_id:int}:{route_name}"):
    async def act(self, request: MemberRequest, announcement_id: int, route_name: str) -> None:
        await show_texts(request, announcement_id, chosen_one(Route, route_name))


class InviteButton(RoutedButton, route="announcements:invite:{announcement_id:int}:{route_name}"):
    async def act(self, request: MemberRequest, announcement_id: int, route_name: str) -> None:
        route = chosen_one(Route, route_name)
        await add_invite(request, announcement_id, route)
        request.done = request.words("The invitation link was added.")
        await show_texts(request, announcement_id, route)


class TickButton(RoutedButton, route="announcements:tick:{announcement_id:int}:{route_name}:{posted:int}"):
    async def act(self, request: MemberRequest, announcement_id: int, route_name: str, posted: int) -> None:
        service = request.services[OutsideService]
        await service.tick(request.actor, announcement_id, chosen_one(Route, route_name), posted=bool(posted))
        request.done = request.words("Marked as posted.") if posted else request.words("No longer marked as posted.")
        await show_texts(request, announcement_id, chosen_one(Route, route_name))
