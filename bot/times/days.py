"""Weekdays, months and what is known of a day that was typed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum

from bot.i18n import N_
from bot.times.hours import Part
from bot.times.results import Unclear

WEEKDAYS = "月火水木金土日"
_EN_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EN_WEEKDAY = r"(?:mon|tue|wed|thu|fri|sat|sun)(?:day|s|sday|nesday|nes|r|rs|rsday|urday)?\.?"


class Said(Enum):
    """How a day was said: what may still move it."""

    FIXED = "fixed"
    YEARLESS = "without a year"
    COMING = "a weekday alone"
    THIS_WEEK = "of this week"
    TODAY = "today"
    TONIGHT = "tonight"


@dataclass(frozen=True, slots=True)
class DayWord:
    """``previous``: of a date without its year, the last one before today, if there is one.
    ``part``: the part of the day that was said with it."""

    day: date
    said: Said = Said.FIXED
    previous: date | None = None
    part: Part | None = None
    #: Its day and month were written, not counted from today.
    is_on_calendar: bool = False


def month_later(day: date, months: int) -> date:
    """The same day of another month, or its last one. Raises ValueError and OverflowError."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, last_of(year, month + 1).day))


def last_of(year: int, month: int) -> date:
    return date(year + 1, 1, 1) - timedelta(days=1) if month == 12 else date(year, month + 1, 1) - timedelta(days=1)


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> date:
    """``nth``: 1 to 5, or -1 for the last. Raises ValueError: that month has none."""
    last = last_of(year, month)
    if nth == -1:
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    day = 1 + (weekday - date(year, month, 1).weekday()) % 7 + 7 * (nth - 1)
    if not 1 <= nth <= 5:
        raise ValueError
    return date(year, month, day)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


_BRACKETS = re.compile(
    rf"[(\[<【〔]\s*(?:(?:(?P<ja>[{WEEKDAYS}])(?:曜日?)?|(?P<en>{EN_WEEKDAY}))(?:[・,/ ]*祝日?)?|祝日?)\s*[)\]>】〕]"
)
_PLAIN_WEEKDAY = re.compile(
    rf"(?:(?:今度の?|次の?|coming\s+)(?P<coming>)?)?(?:(?P<ja>[{WEEKDAYS}])曜日?|(?P<en>{EN_WEEKDAY})(?![a-z]))"
)
_AFTER_A_DATE = re.compile(rf"(?P<ja>[{WEEKDAYS}])(?=$|[\s,、~-]|[0-9])")


def weekday_of(match: re.Match[str]) -> int | None:
    if match["ja"]:
        return WEEKDAYS.index(match["ja"])
    return _EN_WEEKDAYS.index(match["en"][:3]) if match["en"] else None


def bracketed(text: str, at: int) -> tuple[re.Match[str], int | None] | None:
    """A weekday in brackets, or, with None, just the remark that it is a holiday."""
    match = _BRACKETS.match(text, at)
    return (match, weekday_of(match)) if match else None


def plain_weekday(text: str, at: int, *, after_date: bool) -> tuple[re.Match[str], int, bool] | None:
    """A weekday without brackets, and whether 次の said that it isn't today."""
    match = _PLAIN_WEEKDAY.match(text, at)
    if match is not None:
        weekday = weekday_of(match)
        assert weekday is not None
        return match, weekday, match.groupdict().get("coming") is not None
    if after_date and (match := _AFTER_A_DATE.match(text, at)):
        return match, WEEKDAYS.index(match["ja"]), False
    return None


def coming(weekday: int, today: date, *, after_today: bool) -> DayWord:
    days = (weekday - today.weekday()) % 7
    word = DayWord(today + timedelta(days=days or (7 if after_today else 0)), Said.COMING)
    return replace(word, said=Said.FIXED) if after_today else word


def wrong_weekday(day: date, weekday: int) -> Unclear:
    """``day`` was written beside the name of another weekday."""
    days = (weekday - day.weekday() + 3) % 7 - 3
    if days > (date.max - day).days:
        days -= 7
    elif days < (date.min - day).days:
        days += 7
    other = day + timedelta(days=days)
    message = N_(
        "The weekday doesn't match the date: that day is {day}. Did you mean {other}? Please enter one of the two."
    )
    return Unclear(message, day=day, other=other)
