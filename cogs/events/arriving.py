"""What the bot says of events by itself: their posts, changes, cancellations, reminders."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from discord.utils import escape_markdown

from bot.deliveries.models import RecipientKind
from bot.deliveries.values import Due
from bot.errors import NotFound
from bot.features.events.following import FollowingService
from bot.features.events.forgetting import ForgettingService
from bot.features.events.models import EventState
from bot.features.events.queries import EventCard
from bot.features.events.repeating import RepeatingService
from bot.features.events.rules import written_when
from bot.i18n import N_, Words
from bot.ui.home import home_button
from bot.ui.pages import Page
from bot.ui.renderers import Line, Message, Occasion
from cogs.events import render
from cogs.events.pages import LeaveButton, ShowButton

CHANGE_WORDS = {"title": N_("Event name"), "when": N_("Time"), "place": N_("Venue"), "link": N_("Link")}


async def card(occasion: Occasion, due: Due) -> EventCard | None:
    service, to = occasion.services[FollowingService], due.recipient
    if to.kind is RecipientKind.PERSON and not await service.may_hear(due.organisation_id, to.id):
        return None
    try:
        return await service.card(due.organisation_id, due.payload["event"])
    except NotFound:
        return None


def _title(event: EventCard, words: Words) -> str:
    return escape_markdown(render.title_of(event, words))


def _told(event: EventCard, title: str, lines: list[str], words: Words) -> Message:
    show = ShowButton.make(words("View the event"), event_id=event.event_id)
    return Message(Page(title, "\n".join(lines), rows=[[show, home_button(words)]]))


async def changed(occasion: Occasion, due: Due) -> Message | None:
    event, words = await card(occasion, due), occasion.words
    if event is None or event.state is not EventState.POSTED:
        return None
    now = {"title": render.title_of(event, words), "place": event.place}
    if event.when is not None:
        now["when"] = render.plain_time(event.when, words, event.elsewhere)
    same = {"title": event.title_ja, "place": event.place, "when": written_when(event.when) if event.when else ""}
    lines = []
    for name, before in due.payload["before"].items():
        what = words(CHANGE_WORDS[name])
        if before == same.get(name):
            continue  # it was changed back meanwhile
        if name == "link":
            lines.append(words("{what}: changed. The page of the event has it.", what=what))
        else:
            old, new = (escape_markdown(one) or "–" for one in (before, now.get(name, "")))
            lines.append(words("{what}: {before} → {after}", what=what, before=old, after=new))
    if not lines:
        return None
    return _told(event, words("Changed: {title}", title=_title(event, words)), lines, words)


async def changed_line(occasion: Occasion, due: Due) -> Line | None:
    event, words = await card(occasion, due), occasion.words
    if event is None or event.state is not EventState.POSTED:
        return None
    title = render.title_of(event, words)
    button = ShowButton.make(title, event_id=event.event_id)
    names = words(", ").join(words(CHANGE_WORDS[name]) for name in due.payload["before"])
    return Line(words("Changed: {title} ({what})", title=_title(event, words), what=names), button)


async def cancelled(occasion: Occasion, due: Due) -> Message | None:
    event, words = await card(occasion, due), occasion.words
    if event is None:
        return None
    lines = [render.time_line(event, words), words("Reason: {reason}", reason=escape_markdown(event.reason))]
    return _told(event, words("Cancelled: {title}", title=_title(event, words)), lines, words)


async def cancelled_line(occasion: Occasion, due: Due) -> Line | None:
    event, words = await card(occasion, due), occasion.words
    if event is None:
        return None
    title = render.title_of(event, words)
    return Line(
        words("Cancelled: {title}", title=_title(event, words)), ShowButton.make(title, event_id=event.event_id)
    )


async def _reminded(occasion: Occasion, due: Due) -> EventCard | None:
    service, payload = occasion.services[FollowingService], due.payload
    return await service.reminded(due.organisation_id, payload["event"], payload["starts"], due.recipient.id)


async def reminder(occasion: Occasion, due: Due) -> Message | None:
    event, words = await _reminded(occasion, due), occasion.words
    if event is None:
        return None
    page = render.card_page(event, words)
    lines = list(filter(None, [render.link_line(event, words)]))
    row = [
        ShowButton.make(words("View the event"), event_id=event.event_id),
        LeaveButton.make(words("I can't come"), event_id=event.event_id),
        home_button(words),
    ]
    title = words("Coming up: {title}", title=_title(event, words))
    return Message(replace(page, title=title, text="\n".join([*lines, page.text]), rows=[row]))


async def reminder_line(occasion: Occasion, due: Due) -> Line | None:
    event, words = await _reminded(occasion, due), occasion.words
    if event is None or event.when is None:
        return None
    title = render.title_of(event, words)
    told = words(
        "Coming up: {title} ({time})",
        title=_title(event, words),
        time=render.plain_time(event.when, words, event.elsewhere),
    )
    return Line(told, ShowButton.make(title, event_id=event.event_id))


async def show(occasion: Occasion, due: Due) -> None:
    await occasion.services[FollowingService].show(due.payload["owner"])


async def tell(occasion: Occasion, due: Due) -> None:
    await occasion.services[FollowingService].tell(due.payload["event"])


async def remind(occasion: Occasion, due: Due) -> None:
    by, plan = datetime.fromisoformat(due.payload["by"]), due.payload["plan"]
    await occasion.services[FollowingService].remind(due.payload["event"], by, plan)


async def look_at_series(occasion: Occasion, due: Due) -> None:
    await occasion.services[RepeatingService].look(due.organisation_id)


async def forget_answers(occasion: Occasion, due: Due) -> None:
    await occasion.services[ForgettingService].look(due.organisation_id)
