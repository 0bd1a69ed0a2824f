"""What arrives: the announcements themselves, reading and acknowledging them, and the notices to officers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import discord
from discord import ButtonStyle

from bot.deliveries.models import Action, RecipientKind
from bot.deliveries.schedule import instant
from bot.deliveries.values import Due
from bot.errors import NotFound
from bot.features.announcements.access import draft_step, status_step
from bot.features.announcements.inbox import (
    AcknowledgementService,
    InboxService,
    latest_announcements,
    waiting_for_lcs,
    waiting_for_person,
)
from bot.features.announcements.models import AnnouncementState, Ping
from bot.features.announcements.progress import ProgressService
from bot.features.announcements.reminding import ReminderService
from bot.features.announcements.sending import PingService, SendingService
from bot.features.announcements.values import Said
from bot.features.audiences.rules import Members
from bot.features.audiences.service import ChoiceService
from bot.features.homes.facts import Fact, Facts
from bot.features.people.rules import Right
from bot.features.questionnaires.service import QuestionnaireService, answer_step
from bot.ui.board import Board, numbered
from bot.ui.dates import stamp
from bot.ui.home import HomeLine, HomePart, Whose, home_button
from bot.ui.host import Host
from bot.ui.items import RoutedButton
from bot.ui.opening import button_to, menu_to
from bot.ui.pages import Document, Item, Page
from bot.ui.renderers import Line, Message, Occasion
from bot.ui.replies import fill, step_button
from bot.ui.requests import MemberRequest
from cogs.announcements import render, status
from cogs.announcements.render import to


async def send(bot: Host, occasion: Occasion, due: Due) -> None:
    announcement_id, services = due.payload["announcement"], occasion.services
    may_ping: list[int] = []
    if (plan := await services[PingService].planned(announcement_id)) is not None:
        asked = (bot, plan.posts, plan.ping, plan.discord_user_id)
        # If it isn't ready, this process only sends, and has no server in its memory.
        known = bot.is_ready() and status.knows(bot, plan.posts, plan.discord_user_id)
        may_ping = status.channels_to_ping(*asked) if known else await status.channels_to_ping_by_request(*asked)
    await services[SendingService].send_out(announcement_id, due.payload["plan"], may_ping)


async def occur(occasion: Occasion, due: Due) -> None:
    payload = due.payload
    await occasion.services[SendingService].occur(payload["announcement"], payload["plan"], payload["number"])


async def said_now(occasion: Occasion, due: Due) -> Said | None:
    """The announcement as it stands, or None if nobody should see it any more."""
    try:
        said = await occasion.services[AcknowledgementService].said(due.organisation_id, due.payload["announcement"])
    except NotFound:
        return None
    return said if said.state is AnnouncementState.SENT else None


async def message(occasion: Occasion, due: Due) -> Message | None:
    said = await said_now(occasion, due)
    if said is None:
        return None
    words, address = occasion.words, occasion.address
    is_personal = due.recipient.kind is RecipientKind.PERSON
    meant_for = ""
    if not is_personal and isinstance(said.audience.rule, Members):
        choices = await occasion.services[ChoiceService].choices(due.organisation_id, said.audience)
        meant_for = render.audience_text(said.audience, render.names_of(choices, words), words)
    answers = None if is_personal else await occasion.services[ProgressService].of(said, due.payload.get("lc"))
    page = render.message_page(
        said.content,
        words,
        signature=render.signature(said, (address.name_ja, address.name_en), words),
        deadline=instant(said.deadline, address.time_zone) if said.deadline else None,
        filename=said.filename,
        personal=is_personal,
        meant_for=meant_for,
        look=said.look,
        answers=render.answers_text(answers, words),
    )
    documents = []
    if said.file_id is not None and due.action is Action.POST:  # an edited message keeps its file
        filename, inside = await occasion.services[AcknowledgementService].file(due.organisation_id, said.file_id)
        documents.append(Document(inside, filename))
    row: list[Item] = [AcknowledgeButton.make(words("I've read it"), announcement_id=said.announcement_id)]
    if said.questionnaire_id is not None:
        row.append(step_button(answer_step(said.questionnaire_id), words))
    row += render.link_button(said.content.link, words)
    content, mentions = _ping(said, due)
    return Message(replace(page, rows=[row], documents=documents), content, mentions)


def _ping(said: Said, due: Due) -> tuple[str, discord.AllowedMentions]:
    """Only where Discord let the sender ping when the announcement went out."""
    nobody = discord.AllowedMentions.none()
    if due.recipient.kind is not RecipientKind.CHANNEL or due.recipient.id not in said.ping_channels:
        return "", nobody
    role_id = due.payload.get("role")
    if said.ping is Ping.LC_ROLE and role_id:
        allowed = discord.AllowedMentions(everyone=False, users=False, roles=[discord.Object(role_id)])
        return f"<@&{role_id}>", allowed
    if said.ping in (Ping.EVERYONE, Ping.HERE):
        return f"@{said.ping.value}", discord.AllowedMentions(everyone=True, users=False, roles=False)
    return "", nobody


async def line(occasion: Occasion, due: Due) -> Line | None:
    said = await said_now(occasion, due)
    if said is None:
        return None
    words = occasion.words
    return Line(
        words("Announcement: {title}", title=said.content.title),
        ReadButton.make(words("Read: {title}", title=said.content.title), announcement_id=said.announcement_id),
    )


async def missed(occasion: Occasion, due: Due) -> Line | None:
    """Tell officers that an announcement didn't go out as planned, why, and what they can do."""
    try:
        said = await occasion.services[AcknowledgementService].said(due.organisation_id, due.payload["announcement"])
    except NotFound:
        return None
    words = occasion.words
    planned = instant(datetime.fromisoformat(due.payload["planned"]), occasion.address.time_zone)
    told: dict[str, str] = {"title": said.content.title[:100], "time": stamp(planned)}
    if (why := due.payload.get("why")) is None:
        text = words(
            "“{title}” was scheduled for {time} but couldn't go out then. Nothing was sent. Check whether it's "
            "still needed.",
            **told,
        )
    else:
        lines = [
            words("“{title}” was scheduled for {time} but wasn't sent. It needs a fix first:", **told),
            f"⚠️ {fill(why, due.payload['params'], words)}",
            words("The series is paused. Fix this, then resume it.")
            if said.state is AnnouncementState.PAUSED
            else words("It's a draft again. Fix this, then send it."),
        ]
        text = "\n".join(lines)
    button = step_button(draft_step(said.announcement_id), words)
    return Line(text, button, title=words("An announcement wasn't sent"))


async def unpinged(occasion: Occasion, due: Due) -> Message | None:
    """Tell officers that an announcement pinged nobody, or not everywhere, and why."""
    said = await said_now(occasion, due)
    if said is None:
        return None
    words, payload = occasion.words, due.payload
    told = {"title": said.content.title[:100], "name": discord.utils.escape_markdown(said.sender or words("Somebody"))}
    if payload["in_office"]:
        text = words.plural(
            "“{title}” went out without a ping in {n} channel: {name}, who scheduled it, can no longer mention "
            "everyone there.",
            "“{title}” went out without a ping in {n} channels: {name}, who scheduled it, can no longer mention "
            "everyone there.",
            payload["channels"],
            **told,
        )
    else:
        text = words("“{title}” went out without a ping: {name}, who scheduled it, is no longer an officer.", **told)
    hint = words(
        "If a series should keep pinging, an officer who can mention everyone needs to cancel it and start it again."
    )
    rows: list[list[Item]] = [[step_button(status_step(said.announcement_id), words), home_button(words)]]
    return Message(Page(title=words("An announcement went out without a ping"), text=f"{text}\n{hint}", rows=rows))


async def show_answers(occasion: Occasion, due: Due) -> None:
    await occasion.services[ProgressService].show(due.payload["questionnaire"])


async def remind(occasion: Occasion, due: Due) -> None:
    await occasion.services[ReminderService].remind(due.payload["announcement"], due.payload["number"])


async def follow_up(occasion: Occasion, due: Due) -> None:
    await occasion.services[ReminderService].follow_up(due.payload["announcement"])


async def read(request: MemberRequest, announcement_id: int) -> None:
    """Show one announcement to somebody who may read it: most are no secret within the organisation."""
    words, organisation = request.words, request.actor.organisation
    said = await request.services[InboxService].read(request.actor, announcement_id)
    if said.state is not AnnouncementState.SENT:
        await request.show(
            Page(
                title=words("Announcement withdrawn"),
                text=words("This announcement was withdrawn. You don't need to do anything."),
                rows=[[home_button(words)]],
            )
        )
        return
    page = render.message_page(
        said.content,
        words,
        signature=render.signature(said, (organisation.name_ja, organisation.name_en), words),
        deadline=instant(said.deadline, organisation.time_zone) if said.deadline else None,
        filename=said.filename,
        personal=True,
        look=said.look,
    )
    row: list[Item] = [
        AcknowledgeButton.make(words("I've read it"), style=ButtonStyle.success, announcement_id=announcement_id)
    ]
    if said.questionnaire_id is not None and await _is_asked(request, said.questionnaire_id):
        row.append(step_button(answer_step(said.questionnaire_id), words))
    row += render.link_button(said.content.link, words)
    rows: list[list[Item]] = [row, [InboxButton.make(words("Announcements"), emoji="📣"), home_button(words)]]
    await request.show(replace(page, rows=rows))


async def _is_asked(request: MemberRequest, questionnaire_id: int) -> bool:
    return bool(await request.services[QuestionnaireService].asked_of(request.actor, questionnaire_id))


ReadButton = button_to("announcements:read:{announcement_id:int}", read)
ReadSelect = menu_to("announcements:read", read)


class InboxButton(Board, route="announcements:inbox"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        """List the announcements for the reader; authors also get buttons to write and to see drafts."""
        words, service = request.words, request.services[AcknowledgementService]
        listed = await request.services[InboxService].inbox(request.actor, page)
        subscribed = await service.is_subscribed(request.actor)
        lines = [f"{stamp(one.at, 'd')} **{one.title[:100]}**" for one in listed]
        now = (
            words("You get announcements by DM, at most three a week.")
            if subscribed
            else words("DMs are off. Turn them on to get announcements directly, at most three a week.")
        )
        text = "\n".join([*(lines or [words("No announcements for you yet.")]), "", now])
        rows: list[list[Item]] = []
        if listed:
            options = [render.listed_option(one, words) for one in listed]
            rows.append([ReadSelect.make(words("Choose one to read"), options)])
        rows.append(cls.turning(listed, words))
        label = words("Turn off DMs") if subscribed else words("Turn on DMs")
        rows.append([SubscribeButton.make(label, wanted=int(not subscribed)), home_button(words)])
        if request.actor.lcs_where(Right.ANNOUNCE_LC) or request.actor.may(Right.ANNOUNCE_NATION):
            rows.append(
                [
                    to(render.NEW, words("Write an announcement"), emoji="✏️"),
                    to(render.DRAFTS, words("Drafts")),
                    to(render.LATEST, words("Status of the latest")),
                    to(render.SENT, words("Sent announcements")),
                    to(render.TEMPLATES, words("Templates")),
                ]
            )
        await request.show(Page(title=numbered(words("Announcements"), listed, words), text=text, rows=rows))


class SubscribeButton(RoutedButton, route="announcements:subscribe:{wanted:int}"):
    async def act(self, request: MemberRequest, wanted: int) -> None:
        await request.services[AcknowledgementService].subscribe(request.actor, wanted=bool(wanted))
        request.done = (
            request.words("You will get announcements by DM.")
            if wanted
            else request.words("You get no more announcements by DM.")
        )
        await InboxButton.show(request)


class AcknowledgeButton(RoutedButton, route="announcements:acknowledge:{announcement_id:int}"):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        words = request.words
        thanks = await request.services[AcknowledgementService].acknowledge(request.actor, announcement_id)
        if thanks.lcs:
            text = words("Marked as read for {lcs}.", lcs=render.lc_list(thanks.lcs, words))
        elif thanks.is_addressed:
            text = words("Marked as read.")
        else:
            text = words("Marked as read for you only. For an LC, one of its officers needs to press the button.")
        await request.show(
            Page(
                title=words("Thank you for reading"),
                text=text,
                rows=[[ReadButton.make(words("Read it again"), announcement_id=announcement_id), home_button(words)]],
            )
        )


#: Announcements that wait, on the home page.
AT_HOME = 8


def _waiting_line(one: Fact, request: MemberRequest) -> HomeLine:
    words, title = request.words, (one.ja or "?")[:80]
    at = instant(datetime.fromisoformat(one.local), request.actor.organisation.time_zone) if one.local else None
    read = ReadButton.make(title, emoji="📩", announcement_id=one.id)
    if one.n is None:
        text = words("To read: {title}", title=title)
    elif at is None:
        text = words("To answer: {title}", title=title)
    else:
        text = words("To answer by {time}: {title}", title=title, time=stamp(at))
    return HomeLine(text, read, Whose.ME if one.lc_id is None else Whose.LC)


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    """What waits for the reader and their LCs, what is new, and the way to all announcements."""
    words = request.words
    found = [*facts[waiting_for_person], *facts[waiting_for_lcs]]
    found.sort(key=lambda one: (one.local is None, one.local or "", one.id or 0))
    lines = [_waiting_line(one, request) for one in found]
    button = InboxButton.make(words("Announcements"), emoji="📣")
    if (left := len(lines) - AT_HOME) > 0:  # all of them are in the list of announcements
        lines[AT_HOME:] = [HomeLine(words.plural("and {n} more", "and {n} more", left), button)]
    waiting = {one.id for one in found}
    latest = sorted(facts[latest_announcements], key=lambda one: one.n or 0)
    news = [one for one in latest if one.id not in waiting][:1]
    ideas = [
        HomeLine(
            words("Read the latest announcement: {title}", title=(one.ja or "?")[:80]),
            ReadButton.make(words("Read: {title}", title=(one.ja or "?")[:40]), emoji="📰", announcement_id=one.id),
        )
        for one in news
    ]
    return HomePart(waiting=lines, ideas=ideas, actions=[button])
