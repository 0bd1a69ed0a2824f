"""What repeats, and on which days: every other Monday, the third Saturday of a month, the last day of each.

A repeat keeps the time on the clock, summer and winter. A time that a change of the clocks leaves out moves to the next
that exists. Of a time that comes twice, the first is meant, as ``deliveries.schedule.instant`` takes it.

In a shorter month the 29th, 30th and 31st are its last day, and 29 February is the 28th in other years. A month without
a fifth Saturday is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count, islice
from zoneinfo import ZoneInfo

from bot.features.events.holidays import holiday
from bot.times.days import last_of, monday_of, month_later, nth_weekday

#: Weeks, months or years between two occurrences; occurrences of a series; weekdays of a month.
MOST_BETWEEN, MOST_TIMES, MOST_PLACES = 99, 999, 10
#: Characters of a text form at most.
LONGEST = 100
#: Years after its first day in which a series ends that has no end.
_FURTHEST = 100
_LEAP_YEAR = 2024
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Weekly:
    """``weekdays``: Monday is 0; in order, each once. Weeks begin on Monday."""

    weekdays: tuple[int, ...]
    every: int = 1

    def __post_init__(self) -> None:
        _check(self.weekdays != () and list(self.weekdays) == sorted(set(self.weekdays) & set(range(7))))
        _check(1 <= self.every <= MOST_BETWEEN)


@dataclass(frozen=True, slots=True)
class MonthlyByWeekday:
    """``places``: which one (1 to 5, or -1 for the last), and the weekday; in order, the last ones last."""

    places: tuple[tuple[int, int], ...]
    every: int = 1

    def __post_init__(self) -> None:
        _check(1 <= len(self.places) <= MOST_PLACES and self.places == in_order(self.places))
        _check(all(nth in (-1, 1, 2, 3, 4, 5) and weekday in range(7) for nth, weekday in self.places))
        _check(1 <= self.every <= MOST_BETWEEN)


@dataclass(frozen=True, slots=True)
class MonthlyByDay:
    """``day``: 1 to 31."""

    day: int
    every: int = 1

    def __post_init__(self) -> None:
        _check(1 <= self.day <= 31 and 1 <= self.every <= MOST_BETWEEN)


@dataclass(frozen=True, slots=True)
class Yearly:
    month: int
    day: int
    every: int = 1

    def __post_init__(self) -> None:
        date(_LEAP_YEAR, self.month, self.day)
        _check(1 <= self.every <= MOST_BETWEEN)


Pattern = Weekly | MonthlyByWeekday | MonthlyByDay | Yearly


@dataclass(frozen=True, slots=True)
class Repeat:
    """``until``: the last day on which it can be; ``times``: how often it is. At most one of the two.

    ``skips_holidays``: where Japan's holidays are known, it isn't on them, and they don't count.

    Like its patterns, it raises ValueError where it would make no sense.
    """

    pattern: Pattern
    until: date | None = None
    times: int | None = None
    skips_holidays: bool = False

    def __post_init__(self) -> None:
        _check(self.until is None or self.times is None)
        _check(self.times is None or 1 <= self.times <= MOST_TIMES)


def _check(makes_sense: bool) -> None:
    if not makes_sense:
        raise ValueError("no such repeat")


def in_order(places: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """As ``MonthlyByWeekday`` wants them."""
    return tuple(sorted(set(places), key=lambda place: (place[0] < 0, place)))


# Days


def occurrences(
    repeat: Repeat, first: datetime, time_zone: str, *, after: datetime | None = None, limit: int
) -> Iterator[datetime]:
    """What the clocks of ``time_zone`` show at each occurrence (naive), in order, reckoned as they are asked for.

    ``first``: where the series begins (naive). Its week, month or year is the first that counts, and its time is the
    time of each. If its day isn't one of the repeat's, the series begins on the next that is. ``after``: only what is
    later, though what was before counts for ``times``. ``limit``: at most so many.
    """
    if first.tzinfo is not None or (after is not None and after.tzinfo is not None):
        raise ValueError("a wall time has no time zone")
    found = (local for local in _all(repeat, first, time_zone) if after is None or local > after)
    return islice(found, limit)


def first_day(pattern: Pattern, on_or_after: date) -> date | None:
    """The next day that fits, whichever week, month or year it is in; None at the end of the calendar."""
    return next(_days(replace(pattern, every=1), on_or_after), None)


def moved(repeat: Repeat, was: date, now: date) -> Repeat:
    """The same from a time on that is moved from one day to another: on its new weekday, day of the month or of the
    year. Its end moves as far. Raises ValueError: it is on several days, and their order would be another."""
    if was == now:
        return repeat
    until = repeat.until + (now - was) if repeat.until is not None else None
    return replace(repeat, pattern=_moved(repeat.pattern, was, now), until=until)


def _moved(pattern: Pattern, was: date, now: date) -> Pattern:
    match pattern:
        case Weekly(weekdays):
            at = weekdays.index(was.weekday())
            others = [*weekdays[:at], now.weekday(), *weekdays[at + 1 :]]
            _check(len(weekdays) == 1 or monday_of(was) == monday_of(now))
            return replace(pattern, weekdays=tuple(others))
        case MonthlyByWeekday(places):
            _check(len(places) == 1)
            is_last = (now + timedelta(weeks=1)).month != now.month
            nth = (now.day - 1) // 7 + 1
            return replace(
                pattern, places=((-1 if is_last and (places[0][0] == -1 or nth == 5) else nth, now.weekday()),)
            )
        case MonthlyByDay():
            return replace(pattern, day=31 if now == last_of(now.year, now.month) and pattern.day > 28 else now.day)
        case Yearly():
            return replace(pattern, month=now.month, day=now.day)


def _all(repeat: Repeat, first: datetime, time_zone: str) -> Iterator[datetime]:
    last, times = None, 0
    for day in _days(repeat.pattern, first.date()):
        if (repeat.until is not None and day > repeat.until) or times == repeat.times:
            return
        if repeat.skips_holidays and holiday(day, time_zone):
            continue
        local = _shown(datetime.combine(day, first.time()), time_zone)
        if last is not None and local <= last:  # a day that a place left out when it moved over the date line
            continue
        yield local
        last, times = local, times + 1


def _shown(local: datetime, time_zone: str) -> datetime:
    """The time itself, or the next that the clocks show."""
    zone = ZoneInfo(time_zone)
    while local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        local = local.replace(second=0, microsecond=0) + _MINUTE
    return local


def _days(pattern: Pattern, first: date) -> Iterator[date]:
    for step in count(0, pattern.every):
        try:
            days = _in_period(pattern, first, step)
        except (OverflowError, ValueError):  # the end of the calendar
            return
        for day in days:
            if day.year > first.year + _FURTHEST:
                return
            if day >= first:
                yield day


def _in_period(pattern: Pattern, first: date, step: int) -> list[date]:
    """Of the week, month or year that lies ``step`` after that of ``first``, in order."""
    match pattern:
        case Weekly():
            monday = monday_of(first) + timedelta(weeks=step)
            return [monday + timedelta(days=weekday) for weekday in pattern.weekdays]
        case MonthlyByWeekday():
            return _places(month_later(first.replace(day=1), step), pattern.places)
        case MonthlyByDay():
            month = month_later(first.replace(day=1), step)
            return [month.replace(day=min(pattern.day, last_of(month.year, month.month).day))]
        case Yearly():
            last = last_of(first.year + step, pattern.month)
            return [last.replace(day=min(pattern.day, last.day))]


def _places(month: date, places: tuple[tuple[int, int], ...]) -> list[date]:
    days = set()
    for nth, weekday in places:
        try:
            days.add(nth_weekday(month.year, month.month, nth, weekday))
        except ValueError:  # a month without a fifth one
            continue
    return sorted(days)


# The text form

_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FORM = re.compile(
    r"1;(?P<unit>[wmy])(?P<every>[0-9]{1,2}):(?P<days>[-0-9A-Z,]+)(?:;until=(?P<until>[0-9-]{10}))?"
    r"(?:;times=(?P<times>[0-9]{1,3}))?(?P<skips>;holidays=skip)?"
)
_PLACE = re.compile(rf"(?P<nth>-1|[1-5])(?P<weekday>{'|'.join(_CODES)})")


def as_text(repeat: Repeat) -> str:
    """For a column: the version of the form, the pattern, how it ends: ``1;w2:MO,TH;until=2027-03-31``,
    ``1;m1:3SA,-1SA;times=10``, ``1;m1:31``, ``1;y1:02-29;holidays=skip``."""
    pattern = repeat.pattern
    match pattern:
        case Weekly():
            unit, days = "w", ",".join(_CODES[weekday] for weekday in pattern.weekdays)
        case MonthlyByWeekday():
            unit, days = "m", ",".join(f"{nth}{_CODES[weekday]}" for nth, weekday in pattern.places)
        case MonthlyByDay():
            unit, days = "m", str(pattern.day)
        case Yearly():
            unit, days = "y", f"{pattern.month:02}-{pattern.day:02}"
    until = f";until={repeat.until.isoformat()}" if repeat.until else ""
    times = f";times={repeat.times}" if repeat.times else ""
    return f"1;{unit}{pattern.every}:{days}{until}{times}" + (";holidays=skip" if repeat.skips_holidays else "")


def from_text(text: str) -> Repeat:
    """Raises ValueError: it isn't what ``as_text`` writes, to the letter."""
    match = _FORM.fullmatch(text)
    _check(match is not None)
    assert match is not None
    until, times = match["until"], match["times"]
    repeat = Repeat(
        _pattern(match["unit"], match["days"], int(match["every"])),
        date.fromisoformat(until) if until else None,
        int(times) if times else None,
        bool(match["skips"]),
    )
    _check(as_text(repeat) == text)
    return repeat


def _pattern(unit: str, days: str, every: int) -> Pattern:
    if unit == "w":
        return Weekly(tuple(_CODES.index(code) for code in days.split(",")), every)
    if unit == "y":
        month, _, day = days.partition("-")
        return Yearly(int(month), int(day), every)
    if days.isdecimal():
        return MonthlyByDay(int(days), every)
    found = [_PLACE.fullmatch(place) for place in days.split(",")]
    return MonthlyByWeekday(
        tuple((int(place["nth"]), _CODES.index(place["weekday"])) for place in found if place), every
    )
