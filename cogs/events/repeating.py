"""How an event repeats: its form on a draft, and the page of a series."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from discord import ButtonStyle

from bot.errors import Conflict
from bot.features.events import rules
from bot.features.events.models import EventState
from bot.features.events.queries import EventCard
from bot.features.events.repeating import ENDED, NOT_ITS_DATE, Planned, RepeatingService, SeriesCard
from bot.features.events.service import EventService
from bot.features.events.steps import series_step, show_step
from bot.i18n import N_, Words
from bot.ui.board import option
from bot.ui.dates import long_time
from bot.ui.fields import Choice, Text
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item, Page, Rows
from bot.ui.repeats import dated, dated_day, described
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.events import render
from cogs.events.making import EditForm, show_draft
from cogs.events.pages import show_event

#: Characters of a repeat in words.
LONGEST = 150
_BRACKETS = re.compile(r"\s*[(（][^()（）]*[)）]")


class RepeatButton(RoutedButton, route="events:repeat:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        event = await request.services[EventService].to_edit(request.actor, event_id)
        await RepeatForm(request.words, event).open(request.interaction)


class RepeatForm(Form, route="events:repeat_form", title=N_("Repeat the event")):
    text = Text(
        N_("How does it repeat?"),
        LONGEST,
        hint=N_("Such as “every Monday” or “every other Wednesday, 10 times”. Leave it empty if it doesn't repeat."),
        required=False,
    )
    skips_holidays = Choice(
        N_("On public holidays?"), options={False: N_("Also on holidays"), True: N_("Not on holidays")}
    )

    def __init__(self, words: Words, event: EventCard) -> None:
        super().__init__(words)
        self.event = event
        self.skips_holidays = event.repeat is not None and event.repeat.skips_holidays
        if event.repeat is not None:  # as it is read again; brackets only explain
            self.text = _BRACKETS.sub("", described(replace(event.repeat, skips_holidays=False), words))

    async def act(self, request: MemberRequest) -> None:
        number, version = self.event.event_id, self.event.version
        await request.services[RepeatingService].repeat(
            request.actor, number, version, self.text, skips_holidays=self.skips_holidays
        )
        request.done = request.words("Saved.")
        await show_draft(request, number)


class SeriesButton(RoutedButton, route="events:series:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await show_series(request, event_id)


async def show_series(request: MemberRequest, event_id: int) -> None:
    """How it repeats, its next dates, and what can be done with all of them."""
    found, words = await request.services[RepeatingService].series(request.actor, event_id), request.words
    event = found.event
    lines = [f"🔁 {render.repeat_line(found.repeat, event.when, words)}"]
    if found.is_ended:
        lines.append(words("This series has ended. No more events are made."))
    lines += ["", *(_line(one, found, words) for one in found.dates)]
    await request.show(
        Page(words("Repeats: {title}", title=render.title_of(event, words)), "\n".join(lines), rows=_rows(found, words))
    )


def _line(one: Planned, found: SeriesCard, words: Words) -> str:
    """A date, with what is different about it."""
    told = _dated(one.planned, found, words)
    if one.is_off:
        return words("・~~{date}~~ left out", date=told)
    if one.starts != one.planned:
        return words("・{date} → {moved}", date=told, moved=_dated(one.starts, found, words))
    return f"・{told}"


def _dated(at: datetime, found: SeriesCard, words: Words) -> str:
    when = found.event.when
    if when is not None and when.whole_days:
        return dated_day(at.date(), found.time_zone, words)
    return dated(at, found.time_zone, words)


def _handle(found: SeriesCard) -> int:
    """The event that its buttons name: this one, or the next where this one was cancelled."""
    if found.event.state is EventState.POSTED:
        return found.event.event_id
    coming = (one.event_id for one in found.dates if one.event_id is not None and not one.is_off)
    return next(coming, found.event.event_id)


def _rows(found: SeriesCard, words: Words) -> Rows:
    number = _handle(found)
    rows: list[list[Item]] = [[LaterButton.make(words("Edit this and all later ones"), emoji="✏️", event_id=number)]]
    if not found.is_ended:
        rows[0].append(EndButton.make(words("End the series"), emoji="⏹️", event_id=number))
        # Its planned time is its name: it stays the same whatever becomes of the event.
        options = [
            option(_dated(one.planned, found, words), str(rules.column(one.planned)))
            for one in found.dates
            if not one.is_off
        ]
        if options:
            rows.append([SkipSelect.make(words("Leave one date out"), options, event_id=number)])
    return [*rows, [step_button(show_step(number), words), home_button(words)]]


class LaterButton(RoutedButton, route="events:later:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        event = await request.services[EventService].to_edit(request.actor, event_id)
        await LaterForm(request.words, event).open(request.interaction)


class LaterForm(EditForm, route="events:later_form", title=N_("Edit this and all later ones")):
    async def act(self, request: MemberRequest) -> None:
        event: EventCard = self.kept
        await request.services[RepeatingService].edit_later(
            request.actor, event.event_id, event.version, **self.settable()
        )
        request.done = request.words("Saved for this one and all later ones. Those you changed alone stay as they are.")
        await show_series(request, event.event_id)


class SkipSelect(RoutedSelect, route="events:skip:{event_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], event_id: int) -> None:
        words = request.words
        try:
            planned = datetime.fromisoformat(chosen[0])
        except ValueError:
            raise Conflict(NOT_ITS_DATE, next_steps=[series_step(event_id)]) from None
        reason = words("It doesn't take place this time.")
        await request.services[RepeatingService].skip(request.actor, event_id, planned, reason)
        request.done = words("{date} is left out. The other dates stay.", date=long_time(planned, words))
        await show_series(request, event_id)


class EndButton(RoutedButton, route="events:end:{event_id:int}"):
    """Asks what becomes of those that stand already."""

    async def act(self, request: MemberRequest, event_id: int) -> None:
        words = request.words
        found = await request.services[RepeatingService].series(request.actor, event_id)
        if found.is_ended:
            raise Conflict(ENDED, next_steps=[show_step(event_id)])
        title = render.title_of(found.event, words)
        lines = [words("No more events are made. What about those that are planned already?"), ""]
        lines += [_line(one, found, words) for one in found.dates if one.event_id is not None and not one.is_off]
        row: list[Item] = [
            KeepButton.make(words("Keep them"), style=ButtonStyle.primary, event_id=event_id),
            EndAllButton.make(words("Cancel them…"), style=ButtonStyle.danger, event_id=event_id),
            SeriesButton.make(words("Back"), event_id=event_id),
        ]
        await request.show(Page(words("End the series: {title}", title=title), "\n".join(lines), rows=[row]))


class KeepButton(RoutedButton, route="events:end_keep:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await request.services[RepeatingService].end(request.actor, event_id)
        request.done = request.words("The series has ended. Its planned dates stay.")
        await show_event(request, event_id)


class EndAllButton(RoutedButton, route="events:end_all:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        event = await request.services[EventService].to_edit(request.actor, event_id)
        await EndForm(request.words, event).open(request.interaction)


class EndForm(Form, route="events:end_form", title=N_("Cancel the series")):
    reason = Text(N_("Why?"), rules.REASON, hint=N_("Everybody who signed up reads it."))

    def __init__(self, words: Words, event: EventCard) -> None:
        super().__init__(words)
        self.event = event

    async def act(self, request: MemberRequest) -> None:
        await request.services[RepeatingService].end(request.actor, self.event.event_id, self.reason)
        request.done = request.words("The series is cancelled. Those who signed up read it in a message or on /home.")
        await show_event(request, self.event.event_id)
