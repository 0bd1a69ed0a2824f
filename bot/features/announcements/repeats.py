"""When a repeating announcement goes out: by the wall clock, so that 19:00 stays 19:00 whatever the clocks do."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

#: Longer than anybody plans; keeps a mistyped number from running for ever.
MOST = 520


class Every(StrEnum):
    WEEK = "week"
    TWO_WEEKS = "two_weeks"
    #: The same day of each month; the last day where a month has no such day.
    MONTH = "month"
    #: The same weekday of each month, such as the 2nd Wednesday.
    NTH_WEEKDAY = "nth_weekday"
    LAST_WEEKDAY = "last_weekday"


class Repeat(BaseModel):
    """It ends after ``count`` times or after the day ``until``, whichever is said."""

    model_config = ConfigDict(frozen=True)

    every: Every
    count: int | None = None
    until: date | None = None


def nth_of_month(day: date) -> int:
    """The how-manieth such weekday of its month it is, from 1."""
    return (day.day - 1) // 7 + 1


def occurrence(repeat: Repeat, first: datetime, number: int) -> datetime | None:
    """The local time of an occurrence (``number`` from 0, which is ``first`` itself); None once the series is over."""
    if number >= min(repeat.count or MOST, MOST):
        return None
    at = datetime.combine(_day(repeat.every, first.date(), number), first.time()) if number else first
    return None if repeat.until is not None and at.date() > repeat.until else at


def _day(every: Every, first: date, number: int) -> date:
    if every is Every.WEEK:
        return first + timedelta(weeks=number)
    if every is Every.TWO_WEEKS:
        return first + timedelta(weeks=2 * number)
    year, month = divmod(first.year * 12 + first.month - 1 + number, 12)
    month += 1
    days = monthrange(year, month)[1]
    if every is Every.MONTH:
        return date(year, month, min(first.day, days))
    earliest = 1 if every is Every.NTH_WEEKDAY else days - 6
    begin = date(year, month, earliest)
    day = begin + timedelta(days=(first.weekday() - begin.weekday()) % 7)
    if every is Every.NTH_WEEKDAY:
        # There are four of each weekday in every month; a fifth isn't offered.
        day += timedelta(weeks=min(nth_of_month(first), 4) - 1)
    return day
