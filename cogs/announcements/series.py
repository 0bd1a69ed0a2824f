"""Announcements that repeat: how often and until when; what comes next; pausing and leaving one out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import discord
from discord import SelectOption

from bot.deliveries.schedule import instant, local_time
from bot.errors import Invalid
from bot.features.announcements.drafts import DraftService
from bot.features.announcements.models import State
from bot.features.announcements.planning import PlanningService
from bot.features.announcements.records import Draft
from bot.features.announcements.repeats import MOST, Every, Repeat
from bot.i18n import N_, Words
from bot.numerals import read_whole
from bot.paging import part_of
from bot.times import read_day
from bot.ui.board import Board
from bot.ui.dates import long_date, short_date, stamp
from bot.ui.forms import Form, labelled
from bot.ui.items import RoutedButton
from bot.ui.pages import Item, Page
from bot.ui.requests import MemberRequest, host
from cogs.announcements import routes
from cogs.announcements.drafting import show_draft
from cogs.announcements.options import back, draft_of, draft_to_change

EVERY_WORDS = {
    Every.WEEK: N_("every week"),
    Every.TWO_WEEKS: N_("every two weeks"),
    Every.MONTH: N_("every month on the same day"),
    Every.NTH_WEEKDAY: N_("every month on the same weekday, such as the 2nd Wednesday"),
    Every.LAST_WEEKDAY: N_("every month on the last such weekday"),
}
NEVER = "-"


def repeat_text(repeat: Repeat, words: Words) -> str:
    text = words(EVERY_WORDS[repeat.every])
    if repeat.count is not None:
        return words("{every}, {n} times", every=text, n=repeat.count)
    if repeat.until is not None:
        return words("{every}, until {date}", every=text, date=long_date(repeat.until, words))
    return words("{every}, until it is stopped", every=text)


#: Times of one page, and how far ahead one looks: two years of weeks.
PAGE, AHEAD = 4, 104


def _line(number: int, at: datetime, draft: Draft, zone: str, words: Words) -> str:
    time = stamp(instant(at, zone))
    return words("➖ {time} is left out", time=time) if number in draft.skipped else f"📨 {time}"


def _skip_button(number: int, at: datetime, draft: Draft, words: Words) -> Item:
    day = short_date(at, words)
    label = words("Take {day} in again", day=day) if number in draft.skipped else words("Leave {day} out", day=day)
    return SkipButton.make(label, announcement_id=draft.announcement_id, number=number)


class RepeatButton(RoutedButton, route=routes.REPEAT):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        draft = await draft_to_change(request, announcement_id, "repeat")
        await RepeatForm(request.words, draft).open(request.interaction)


class SeriesButton(Board, route=routes.SERIES):
    @classmethod
    async def show(cls, request: MemberRequest, announcement_id: int, page: int = 0, number: int | None = None) -> None:
        """``number``: show the page on which this time stands."""
        draft, words = await draft_of(request, announcement_id), request.words
        zone = request.actor.organisation.time_zone
        key: dict[str, Any] = {"announcement_id": announcement_id}
        lines = [repeat_text(draft.repeat, words)] if draft.repeat else []
        rows: list[list[Item]] = []
        if draft.state in (State.REPEATING, State.PAUSED):
            all_coming = await request.services[PlanningService].coming(request.actor, announcement_id, AHEAD)
            place = next((place for place, (one, _) in enumerate(all_coming) if one == number), page * PAGE)
            coming = part_of(all_coming, place // PAGE, PAGE)
            lines += [_line(number, at, draft, zone, words) for number, at in coming]
            if not coming:
                lines.append(words("Nothing more comes."))
            rows.append([_skip_button(number, at, draft, words) for number, at in coming])
            rows.append(cls.turning(coming, words, **key))
            resting = draft.state is State.PAUSED
            label = words("Go on") if resting else words("Pause")
            rows.append([PauseButton.make(label, emoji="▶️" if resting else "⏸️", wanted=int(not resting), **key)])
        rows.append(back(announcement_id, words))
        await request.show(Page(title=words("The series"), text="\n".join(lines), rows=rows))


class PauseButton(RoutedButton, route="announcements:pause:{announcement_id:int}:{wanted:int}"):
    async def act(self, request: MemberRequest, announcement_id: int, wanted: int) -> None:
        await request.services[PlanningService].pause(request.actor, announcement_id, paused=bool(wanted))
        await SeriesButton.show(request, announcement_id)


class SkipButton(RoutedButton, route="announcements:skip:{announcement_id:int}:{number:int}"):
    async def act(self, request: MemberRequest, announcement_id: int, number: int) -> None:
        await request.services[PlanningService].skip(request.actor, announcement_id, number)
        await SeriesButton.show(request, announcement_id, number=number)


class RepeatForm(Form, route="announcements:repeat"):
    def __init__(self, words: Words, draft: Draft) -> None:
        super().__init__(words("Repeat"))
        self.announcement_id = draft.announcement_id
        chosen = draft.repeat.every.value if draft.repeat else NEVER
        kinds = {NEVER: words("only once"), **{every.value: words(text) for every, text in EVERY_WORDS.items()}}
        self.every: discord.ui.Select[Any] = discord.ui.Select(
            custom_id="every",
            options=[
                SelectOption(label=text[:100], value=value, default=value == chosen) for value, text in kinds.items()
            ],
        )
        self.end: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="end", max_length=40, required=False, default=_end(draft.repeat)
        )
        self.add_item(labelled(words("How often"), self.every, words("The first time says which day and hour")))
        self.add_item(labelled(words("Until when"), self.end, words("A date or a number of times. Empty: no end")))

    async def act(self, request: MemberRequest) -> None:
        repeat = None
        if (every := self.every.values[0]) != NEVER:
            today = local_time(host(request.interaction).clock.now(), request.actor.organisation.time_zone)
            repeat = parse_end(Every(every), self.end.value, today)
        await request.services[DraftService].set(request.actor, self.announcement_id, repeat=repeat)
        notice = ""
        if repeat is not None:
            words = request.words
            notice = "🔁 " + words("It repeats {how}. Now choose when it begins.", how=repeat_text(repeat, words))
        await show_draft(request, self.announcement_id, notice)


def _end(repeat: Repeat | None) -> str | None:
    if repeat is None:
        return None
    return str(repeat.count) if repeat.count is not None else repeat.until.isoformat() if repeat.until else None


def _count(typed: str) -> int | None:
    """How many times, or None where a date is typed: 20270331 and 3日 are days, −1 and 三回 are numbers."""
    try:
        count = read_whole(typed, least=None)
    except Invalid:
        return None
    return None if count > 9999 or typed.strip().endswith("日") else count


def parse_end(every: Every, typed: str, now: datetime) -> Repeat:
    """The repeat with the end that was typed: a date, a number of times, or nothing.

    Raises:
        Invalid: it is neither, or over.
    """
    if not typed.strip():
        return Repeat(every=every)
    if (count := _count(typed)) is not None:
        if not 1 <= count <= MOST:
            raise Invalid(N_("Please write a number of times between 1 and {n}."), n=MOST)
        return Repeat(every=every, count=count)
    either = N_("Please write a date such as 2027-03-31, or how many times, such as 10.")
    until = read_day(typed, now.date(), either)
    if until < now.date():
        raise Invalid(N_("{date} is over already. Please choose a later end."), date=until)
    return Repeat(every=every, until=until)
