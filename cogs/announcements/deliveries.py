"""What arrives: the announcements themselves, and what the officers are told about them."""

from __future__ import annotations

from datetime import datetime

import discord

from bot.deliveries.models import Action, RecipientKind
from bot.deliveries.records import Due
from bot.deliveries.schedule import instant
from bot.errors import NotFound
from bot.features.announcements.acknowledging import AcknowledgementService
from bot.features.announcements.loading import draft_step, status_step
from bot.features.announcements.models import Ping, State
from bot.features.announcements.pinging import PingService
from bot.features.announcements.records import Said
from bot.features.announcements.reminding import ReminderService
from bot.features.announcements.sending import SendingService
from bot.features.audiences.rules import Members
from bot.features.audiences.service import ChoiceService
from bot.features.questionnaires.service import answer_step
from bot.ui.dates import stamp
from bot.ui.home import home_button
from bot.ui.host import Host
from bot.ui.pages import Document, Item, Page
from bot.ui.renderers import Line, Message, Occasion
from bot.ui.replies import fill, step_button
from cogs.announcements import counting, render
from cogs.announcements.reading import AcknowledgeButton, ReadButton


async def send(bot: Host, occasion: Occasion, due: Due) -> None:
    announcement_id, services = due.payload["announcement"], occasion.services
    may_ping: list[int] = []
    if (plan := await services[PingService].planned(announcement_id)) is not None:
        asked = (bot, plan.posts, plan.ping, plan.discord_user_id)
        # Not ready, this process only sends, and no server is in its memory.
        known = bot.is_ready() and counting.knows(bot, plan.posts, plan.discord_user_id)
        may_ping = counting.channels_to_ping(*asked) if known else await counting.channels_to_ping_by_request(*asked)
    await services[SendingService].send_out(announcement_id, due.payload["plan"], may_ping)


async def occur(occasion: Occasion, due: Due) -> None:
    payload = due.payload
    await occasion.services[SendingService].occur(payload["announcement"], payload["plan"], payload["number"])


async def said_now(occasion: Occasion, due: Due) -> Said | None:
    """The announcement as it stands, None if it isn't to be seen any more."""
    try:
        said = await occasion.services[AcknowledgementService].said(due.organisation_id, due.payload["announcement"])
    except NotFound:
        return None
    return said if said.state is State.SENT else None


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
    page = render.message_page(
        said.content,
        words,
        signature=render.signature(said, (address.name_ja, address.name_en), words),
        deadline=instant(said.deadline, address.time_zone) if said.deadline else None,
        filename=said.filename,
        personal=is_personal,
        meant_for=meant_for,
    )
    documents = []
    if said.file_id is not None and due.action is Action.POST:  # what is edited keeps its file
        filename, inside = await occasion.services[AcknowledgementService].file(due.organisation_id, said.file_id)
        documents.append(Document(inside, filename))
    row: list[Item] = [AcknowledgeButton.make(words("I've read it"), announcement_id=said.announcement_id)]
    if said.questionnaire_id is not None:
        row.append(step_button(answer_step(said.questionnaire_id), words))
    row += render.link_button(said.content.link, words)
    whole = Page(
        title=page.title, text=page.text, fields=page.fields, footer=page.footer, rows=[row], documents=documents
    )
    content, mentions = _ping(said, due)
    return Message(whole, content, mentions)


def _ping(said: Said, due: Due) -> tuple[str, discord.AllowedMentions]:
    """Only where whoever sent it may ping by what Discord said when it went out."""
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


async def missed(occasion: Occasion, due: Due) -> Message | None:
    """To officers: what was to go out and didn't, why, and what they can do."""
    try:
        said = await occasion.services[AcknowledgementService].said(due.organisation_id, due.payload["announcement"])
    except NotFound:
        return None
    words = occasion.words
    planned = instant(datetime.fromisoformat(due.payload["planned"]), occasion.address.time_zone)
    told: dict[str, str] = {"title": said.content.title[:100], "time": stamp(planned)}
    if (why := due.payload.get("why")) is None:
        text = words(
            "“{title}” was to go out {time}, which wasn't possible. Nothing was sent. Please look whether it is still "
            "needed.",
            **told,
        )
    else:
        lines = [
            words("“{title}” was to go out {time}. Nothing was sent, as it can't be sent like this:", **told),
            f"⚠️ {fill(why, due.payload['params'], words)}",
            words("The series rests. Please change it, then let it go on.")
            if said.state is State.PAUSED
            else words("It is a draft again. Please change it, then send it."),
        ]
        text = "\n".join(lines)
    rows: list[list[Item]] = [[step_button(draft_step(said.announcement_id), words), home_button(words)]]
    return Message(Page(title=words("An announcement didn't go out"), text=text, rows=rows))


async def missed_line(occasion: Occasion, due: Due) -> Line | None:
    whole = await missed(occasion, due)
    if whole is None:
        return None
    return Line(whole.page.text, step_button(draft_step(due.payload["announcement"]), occasion.words))


async def unpinged(occasion: Occasion, due: Due) -> Message | None:
    """To officers: it went out and pinged nobody, or not everywhere, and why."""
    said = await said_now(occasion, due)
    if said is None:
        return None
    words, payload = occasion.words, due.payload
    told = {"title": said.content.title[:100], "name": discord.utils.escape_markdown(said.sender or words("Somebody"))}
    if payload["in_office"]:
        text = words.plural(
            "“{title}” pinged nobody in {n} channel: {name}, who planned it, may not mention everyone there any more.",
            "“{title}” pinged nobody in {n} channels: {name}, who planned it, may not mention everyone there any more.",
            payload["channels"],
            **told,
        )
    else:
        text = words("“{title}” went out without a ping: {name}, who planned it, isn't in office any more.", **told)
    hint = words("If it repeats and is to ping, somebody who may can stop the series and begin it anew.")
    rows: list[list[Item]] = [[step_button(status_step(said.announcement_id), words), home_button(words)]]
    return Message(Page(title=words("An announcement went out without a ping"), text=f"{text}\n{hint}", rows=rows))


async def remind(occasion: Occasion, due: Due) -> None:
    await occasion.services[ReminderService].remind(due.payload["announcement"], due.payload["number"])


async def follow_up(occasion: Occasion, due: Due) -> None:
    await occasion.services[ReminderService].follow_up(due.payload["announcement"])
