"""Repeats as people write them, with their first time: 毎週月曜19時 3月末まで, every other Tuesday at 7pm.

The words for the repeat, its first and last day, and how often it is are taken out. The rest is the time, which
``bot.times`` reads. So nothing is left out, and what isn't understood is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice

from bot.deliveries.schedule import local_time
from bot.errors import Invalid
from bot.features.events.holidays import holiday
from bot.features.events.repeat_words import OUT_OF_RANGE, Said, said
from bot.features.events.repeats import (
    MOST_BETWEEN,
    MOST_TIMES,
    MonthlyByDay,
    Pattern,
    Repeat,
    Weekly,
    Yearly,
    first_day,
    occurrences,
)
from bot.i18n import N_
from bot.numerals import whole
from bot.times import Day, Days, Moment, Span, Unclear, days, read, read_day
from bot.times.dates import day_word
from bot.times.hours import N
from bot.times.reading import BACKWARDS, FURTHEST, OVER
from bot.times.results import NOT_UNDERSTOOD, TOO_FAR
from bot.times.scanning import LONGEST, RULE, tidy

NOT_A_REPEAT = N_(
    "“{text}” can't be read as something that repeats. Try something like 毎週月曜 19時, 毎月第3土曜 14:00 or "
    "every other Tuesday at 7pm."
)
WHICH_WEEKDAY = N_("Please add the weekday, for example 毎週月曜 or every Monday.")
WHICH_DAY = N_("Please add the day, for example 毎月15日, 毎月第3土曜 or 毎年11月3日.")
AFTER_MIDNIGHT = N_(
    "A time after midnight belongs to the next day here. Please enter that day, with a time such as 1:00."
)
NEVER = N_("Like this, it would never take place. Please check its dates.")
#: How many days that might be the first are looked at.
_TRIES = 60
_JOINTS = " ,、。"

_NO_HOLIDAYS = re.compile(
    r"[(]?\s*(?:祝日?(?:は|を)?\s*(?:除く|除き|除いて|のぞく|休み|お休み|なし|抜き)"
    r"|(?:(?:except|but\s+not)\s+(?:on\s+)?|not\s+on\s+)(?:japanese\s+)?(?:public\s+)?holidays)\s*[)]?"
)
_TIMES = re.compile(
    rf"[(]?\s*(?:(?:全|計|合計)\s*(?P<all>{N})\s*回|(?P<ja>{N})\s*回(?!目)(?:まで|で終了)?"
    r"|(?:for\s+)?(?P<en>[0-9]{1,40})\s+(?:time|session|meeting)s?(?![a-z]))\s*[)]?"
)
_LAST_MONTH = re.compile(rf"(?P<month>{N})\s*月(?=\s*(?:いっぱい|一杯)?\s*まで)")
_UNTIL = re.compile(r"(?<![a-z])(?:until|till|through|ending|up to|to)(?:\s+on)?\s*$")
_FROM = re.compile(r"(?<![a-z])(?:from|starting|beginning|since)(?:\s+(?:on|from))?\s*$")
_ON_FROM = re.compile(r"\s*(?:から|より|~|-(?![0-9])|スタ-ト|開始)")  # ー is - there
_UP_TO = re.compile(r"\s*(?:いっぱい|一杯)?\s*まで(?:に)?")
#: In English it stands before its date.
_WEEKDAY = re.compile(rf"(?P<ja>)(?P<en>{days.EN_WEEKDAY})(?:,\s*|\s+)(?:the\s+)?")
_BETWEEN = re.compile(r"\s*(?:から|~|-|to(?![a-z])|until(?![a-z])|through(?![a-z]))\s*")


@dataclass(frozen=True, slots=True)
class Repeating:
    """``first``: when it is for the first time; a ``Day`` where no time was said."""

    repeat: Repeat
    first: Day | Moment | Span


def read_repeat(text: str, now: datetime, time_zone: str) -> Repeating:
    """What was typed, seen from the instant ``now`` in a place with ``time_zone``.

    Without a first day it begins on the next that fits. Beside a first day, 毎週, 毎月 and 毎年 alone mean its weekday,
    its day of the month, its day of the year. 平日 leaves holidays out. A time after midnight is on the next day:
    毎週金曜25時 is every Saturday at 1:00.

    Raises:
        Unclear: more than one thing may be meant.
        Invalid: not all of it can be understood, or it would never take place.
    """
    return _Text(text, now, time_zone).read()


class _Text:
    """A text from which is taken, piece by piece, what has been understood."""

    def __init__(self, typed: str, now: datetime, time_zone: str) -> None:
        self.typed, self.now, self.zone = typed.strip()[:60], now, time_zone
        self.rest = tidy(typed) if len(typed) <= LONGEST else ""
        self.today = local_time(now, time_zone).date()
        self.start: date | None = None
        self.until: date | None = None

    def read(self) -> Repeating:
        skips = self._take(_NO_HOLIDAYS) is not None
        meant, behind = self._repeat()
        if meant.unit == "year":
            meant = replace(meant, pattern=self._date_of_year(meant.every, behind))
        times = self._times()
        self._days()
        if self.until is not None and (times is not None or (self.start and self.until < self.start)):
            raise self._not_understood() if times is not None else Invalid(BACKWARDS)
        pattern = meant.pattern or self._of_the_first_day(meant)
        return self._begins(Repeat(pattern, self.until, times, skips or meant.skips_holidays))

    def _not_understood(self) -> Invalid:
        return Invalid(NOT_A_REPEAT, text=self.typed)

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.search(self.rest)
        if match is not None:
            self._remove(match.start(), match.end())
        return match

    def _remove(self, start: int, end: int) -> None:
        self.rest = f"{self.rest[:start]} {self.rest[end:]}"

    def _repeat(self) -> tuple[Said, int]:
        try:
            found = said(self.rest)
        except ValueError:
            raise self._not_understood() from None
        if found is None:
            raise self._not_understood()
        meant, start, end = found
        self._remove(start, end)
        return meant, start

    def _times(self) -> int | None:
        match = self._take(_TIMES)
        if match is None:
            return None
        times = whole(match["all"] or match["ja"] or match["en"])
        if times is None or not 1 <= times <= MOST_TIMES:
            raise Invalid(OUT_OF_RANGE, n=MOST_BETWEEN, most=MOST_TIMES)
        return times

    def _date_of_year(self, every: int, at: int) -> Yearly | None:
        """The date right behind the words for a year, unless it is the first day or the last."""
        joint = re.compile(r"[\s,、]*(?:の|は|on(?![a-z]))?\s*").match(self.rest, at)
        found = day_word(self.rest, joint.end() if joint else at, self.today)
        if found is None or found[0].said is not days.Said.YEARLESS or _BETWEEN.match(self.rest, found[1]):
            return None
        if _UP_TO.match(self.rest, found[1]):
            return None
        self._remove(at, found[1])
        return Yearly(found[0].day.month, found[0].day.day, every)

    def _of_the_first_day(self, meant: Said) -> Pattern:
        if self.start is None:
            raise Invalid(WHICH_WEEKDAY if meant.unit == "week" else WHICH_DAY)
        if meant.unit == "week":
            return Weekly((self.start.weekday(),), meant.every)
        if meant.unit == "month":
            return MonthlyByDay(self.start.day, meant.every)
        return Yearly(self.start.month, self.start.day, meant.every)

    # The first day and the last

    def _days(self) -> None:
        last = None
        if found := self._next_day(0):
            start, end = found
            if self._is_last(start, end):
                last = self._cut_last(start, end)
                found = self._next_day(0)
        if found:
            start, end = found
            self.start = read_day(self.rest[start:end], self.today)
            begins = _FROM.search(self.rest[:start])
            behind, between = _ON_FROM.match(self.rest, end), _BETWEEN.match(self.rest, end)
            second = self._next_day(end)
            if last is None and second and between and between.end() == second[0]:
                last = self._cut_last(*second, since=between.start())
            elif last is None and second and self._is_last(*second):
                last = self._cut_last(*second)
            self._remove(begins.start() if begins else start, behind.end() if behind else end)
        if last is not None:
            self.until = self._last_day(last)

    def _is_last(self, start: int, end: int) -> bool:
        return bool(_UP_TO.match(self.rest, end) or _UNTIL.search(self.rest[:start]))

    def _cut_last(self, start: int, end: int, since: int | None = None) -> str:
        """Take the last day, with the words that say so; the day itself."""
        text = self.rest[start:end]
        before, behind = _UNTIL.search(self.rest[:start]), _UP_TO.match(self.rest, end)
        begin = since if since is not None else before.start() if before else start
        self._remove(begin, behind.end() if behind else end)
        return text

    def _last_day(self, text: str) -> date:
        """Seen from the first day, where one was said."""
        if month := re.fullmatch(rf"({N})\s*月", text):
            text = f"{month[1]}月末"
        if self.start is None:
            return read_day(text, self.today)
        weekday = _WEEKDAY.match(text)
        found = day_word(text, weekday.end() if weekday else 0, self.today, self.start)
        assert found is not None
        bracket = days.bracketed(text, found[1])
        said_day = days.weekday_of(weekday) if weekday else bracket[1] if bracket else None
        if said_day is not None and said_day != found[0].day.weekday():
            raise days.wrong_weekday(found[0].day, said_day)
        return found[0].day

    def _next_day(self, at: int) -> tuple[int, int] | None:
        """Where the next day begins and ends."""
        for start in range(at, len(self.rest)):
            before = self.rest[start - 1 : start]
            inside = before in ("/", ":", ".", "-") and self.rest[start].isdecimal() and start > at
            joined = before.isascii() and before.isalnum() and self.rest[start].isascii()
            if before and (inside or (joined and self.rest[start].isalnum())):
                continue
            if month := _LAST_MONTH.match(self.rest, start):
                return start, month.end()
            weekday = _WEEKDAY.match(self.rest, start)
            if found := day_word(self.rest, weekday.end() if weekday else start, self.today, self.start):
                bracket = days.bracketed(self.rest, found[1])
                return start, bracket[0].end() if bracket else found[1]
        return None

    # The first time

    def _begins(self, repeat: Repeat) -> Repeating:
        for day in islice(self._first_days(repeat), _TRIES):
            if repeat.until is not None and day > repeat.until:
                break
            if day > self.today + FURTHEST:
                raise Invalid(TOO_FAR, text=self.typed)
            first = self._time_on(day)
            if isinstance(first, Day):
                return Repeating(repeat, first)
            begins = first.start if isinstance(first, Span) else first
            if begins.at > self.now:
                shift = (begins.local.date() - day).days
                return Repeating(_a_day_later(repeat) if shift else repeat, first)
            if self.start is not None:
                raise Invalid(OVER, text=self.typed)
        raise Invalid(NEVER)

    def _first_days(self, repeat: Repeat) -> Iterator[date]:
        if self.start is not None:
            begin = first_day(repeat.pattern, self.start)
            if begin is not None:
                series = replace(repeat, times=None)
                noon = datetime.combine(begin, time(12))
                yield from (local.date() for local in occurrences(series, noon, self.zone, limit=_TRIES))
            return
        day = first_day(repeat.pattern, self.today)
        while day is not None and day <= self.today + FURTHEST:
            if not (repeat.skips_holidays and holiday(day, self.zone)):
                yield day
            day = first_day(repeat.pattern, day + timedelta(days=1))

    def _time_on(self, day: date) -> Day | Moment | Span:
        try:
            first = read(f"{day.isoformat()} {self.rest.strip(_JOINTS)}", self.now, self.zone)
        except Unclear:
            raise
        except Invalid as refused:
            raise self._not_understood() if refused.message in (NOT_UNDERSTOOD, RULE) else refused from None
        if isinstance(first, Days) or (isinstance(first, Day) and first.day != day):
            raise self._not_understood()
        return first


def _a_day_later(repeat: Repeat) -> Repeat:
    """For times after midnight. Raises Invalid: only the person can say which day that is."""
    pattern = repeat.pattern
    if not isinstance(pattern, Weekly) or repeat.skips_holidays or (pattern.every > 1 and len(pattern.weekdays) > 1):
        raise Invalid(AFTER_MIDNIGHT)
    weekdays = tuple(sorted((weekday + 1) % 7 for weekday in pattern.weekdays))
    until = repeat.until + timedelta(days=1) if repeat.until else None
    return replace(repeat, pattern=Weekly(weekdays, pattern.every), until=until)
