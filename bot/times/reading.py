"""A whole text: what its words come to, ranges, and what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

from bot.deliveries.schedule import local_time
from bot.errors import Invalid
from bot.i18n import N_
from bot.numerals import whole
from bot.times import days
from bot.times.dates import english_month_day
from bot.times.hours import Contradiction, Hour, N
from bot.times.results import TOO_FAR, Day, Days, Moment, Span, Unclear, on_the_clock
from bot.times.scanning import LISTED, NO_DAY, NO_TIME, RANGE, RULE_WORDS, Scanner, Side, tidy

FURTHEST = timedelta(days=3650)
#: The longest that an end before its beginning is taken to lie on the next day.
_OVERNIGHT = timedelta(hours=12)
_HALF_A_YEAR = timedelta(days=183)
_HALF_A_MINUTE = timedelta(seconds=30)
#: How long ago a date without its year may be for its weekday to be taken for a slip rather than for another year.
_JUST_OVER = timedelta(days=31)
ONE_DAY = N_("Please enter one date, for example 21 Nov 2026.")
WITH_YEAR = N_("Please enter the date with its year, for example 21 Nov 2026.")
ONE_TIME = N_("Please enter a single date and time here, not a period.")
BACKWARDS = N_("The end is before the start. Please enter both again.")
TWO = N_("“{text}” names more than one day or time. Please enter only one.")
OVER = N_("{text} has already passed. Please enter a date and time in the future.")
TERM = N_("Please enter the term as two dates, for example 1 Apr 2026 – 31 Mar 2027.")


class RangeReader(Scanner):
    #: 12/5と6, 12/5・6: a range only if nothing lies between its ends.
    lists = False

    def read(self) -> tuple[Side, Side | None, timedelta | None]:
        """Both sides of a range, or one and how long it lasts."""
        if RULE_WORDS.search(self.text):
            raise self.not_understood()
        start = self.side(None)
        if start.is_empty:
            raise self.not_understood()
        if start.hour is not None and (length := self.length()) is not None:
            self.finish()
            return start, None, length
        if self.ends():
            return start, None, None
        joint = RANGE.match(self.text, self.at)
        if joint is None:
            # Two days side by side are a term: 2026-04-01, 2027-03-31.
            if start.hour is not None or start.day is None:
                raise self.not_understood()
        else:
            self.at, self.lists = joint.end(), LISTED.fullmatch(joint.group()) is not None
            if self.ends():
                return start, None, None  # 9:30~ has an open end
        end = self.end_of(start)
        if end.is_empty:
            raise self.not_understood()
        if start.names_no_day and end.day_comes_last:
            start.day, start.weekday, end.day, end.weekday = end.day, end.weekday, None, None
        self.finish()
        return start, end, None

    def end_of(self, start: Side) -> Side:
        """The other side of a range."""
        anchor = self._anchor(start)
        self.first = anchor if start.is_day else None
        return self.side(anchor)

    @contextmanager
    def calendar(self) -> Iterator[None]:
        """Reckoning that leaves the calendar is an input too far away."""
        try:
            yield
        except OverflowError:
            raise Invalid(TOO_FAR, text=self.typed) from None

    def _anchor(self, start: Side) -> date | None:
        """Where the days of an end are counted from."""
        if start.names_no_day:
            return None
        try:
            return self.named_day(start)
        except Unclear:  # said where it matters: for an hour after midnight it may be clear
            return start.day.day if start.day else self.today

    def named_day(self, side: Side) -> date:
        """The day that a side names, whatever its hour. Raises Unclear: its weekday is another."""
        if side.day is None:
            if side.weekday is None:
                raise Invalid(NO_DAY)
            return days.coming(side.weekday, self.today, after_today=side.after_today).day
        word = side.day
        last = word.previous if word.said is days.Said.YEARLESS else None
        near = last if last is not None and self.today - last <= _JUST_OVER else word.day
        if side.weekday is None:
            if near != word.day:
                message = N_("{day} has already passed. If you mean {other}, please enter the year too.")
                raise Unclear(message, day=near, other=word.day)
            return word.day
        if near.weekday() != side.weekday:
            raise days.wrong_weekday(near, side.weekday)
        return near

    def local(self, side: Side, hour: Hour, base: date | None = None) -> tuple[date, datetime]:
        """The day from which the hours of a side are counted, and what the clock shows then."""
        yesterday = self.today - timedelta(days=1)
        # Yesterday's night is still going on, and the hour lies in it.
        before_dawn = hour.hour >= 24 and hour.on(yesterday) > self.here
        if side.day is None and side.weekday is None:
            if base is None:
                base = yesterday if before_dawn else self.today
                if hour.on(base) <= self.here:
                    base += timedelta(days=1)
            return base, hour.on(base)
        if before_dawn and side.day and side.day.previous == yesterday and side.weekday in (None, yesterday.weekday()):
            return yesterday, hour.on(yesterday)
        day = self.named_day(side)
        said = side.day.said if side.day else days.Said.FIXED if side.after_today else days.Said.COMING
        if said is days.Said.COMING:
            if before_dawn and yesterday.weekday() == side.weekday:
                day = yesterday
            elif hour.on(day) < self.here:
                day += timedelta(weeks=1)
        elif said is days.Said.TONIGHT and before_dawn:
            day = yesterday
        elif said is days.Said.TODAY and before_dawn:
            message = N_("“{text}” could mean {day} or {other} at {time}. Please enter the date.")
            first = hour.on(yesterday)
            second = first + timedelta(days=1)
            raise Unclear(message, text=self.typed, day=first.date(), other=second.date(), time=f"{first:%H:%M}")
        elif said is days.Said.THIS_WEEK and hour.on(day) < self.here:
            raise over_this_week(day)
        return day, hour.on(day)


def over_this_week(day: date) -> Unclear:
    message = N_("That day of this week has passed: it was {day}. Did you mean {other}? Please enter the date.")
    return Unclear(message, day=day, other=day + timedelta(weeks=1))


def read(text: str, now: datetime, time_zone: str) -> Day | Days | Moment | Span:
    """What was typed, seen from the instant ``now`` in a place with ``time_zone``; past or to come.

    Raises:
        Unclear: more than one thing may be meant.
        Invalid: it can't be understood or is on no calendar.
    """
    reader = RangeReader(text, now, time_zone)
    with reader.calendar():
        start, end, length = reader.read()
        if (
            end is not None
            and start.hour is None
            and end.hour is None
            and start.elapsed is None
            and end.elapsed is None
        ):
            first, last = _days(reader, start, end)
            if reader.lists and last - first > timedelta(days=1):
                raise Unclear(TWO, text=reader.typed)
            return Days(first, last)
        if start.is_day and not start.keeps_hour:
            if end is not None:
                raise Invalid(NO_TIME)
            return Day(_day_of(reader, start))
        if reader.lists:
            raise Unclear(TWO, text=reader.typed)
        base, begins = _moment(reader, start, None)
        if length is not None:
            at = begins.at + length
            return Span(begins, Moment(local_time(at, time_zone), at))
        if end is None:
            return begins
        return Span(begins, _end(reader, begins, base, start, end))


def _day_of(reader: RangeReader, side: Side, anchor: date | None = None) -> date:
    if side.day is None and side.weekday is not None and anchor is not None:
        return days.coming(side.weekday, anchor, after_today=False).day
    day = reader.named_day(side)
    if side.day and side.day.said is days.Said.THIS_WEEK and day < reader.today:
        raise over_this_week(day)
    return day


def _days(reader: RangeReader, start: Side, end: Side) -> tuple[date, date]:
    first = _day_of(reader, start)
    last = _day_of(reader, end, first)
    if last < first:
        raise Invalid(BACKWARDS)
    return first, last


def _moment(reader: RangeReader, side: Side, base: date | None) -> tuple[date, Moment]:
    if side.elapsed is not None:
        # The nearest minute: a minute after 12:00:52 is 12:02, not eight seconds later.
        at = (reader.now + side.elapsed + _HALF_A_MINUTE).replace(second=0, microsecond=0)
        return reader.today, Moment(local_time(at, reader.zone), at)
    if side.hour is None:
        if not side.keeps_hour:
            raise Invalid(NO_TIME)
        same = reader.here.time().replace(second=0, microsecond=0)
        return reader.today, on_the_clock(datetime.combine(reader.named_day(side), same), reader.zone)
    base, local = reader.local(side, side.hour, base)
    return base, on_the_clock(local, reader.zone)


def _end(reader: RangeReader, begins: Moment, base: date, start: Side, side: Side) -> Moment:
    if side.names_no_day and side.hour is not None:
        ends = on_the_clock(_same_day(begins.local, base, start, side.hour), reader.zone)
    else:
        ends = _moment(reader, side, base)[1]
    # A date without its year, shortly before the beginning, isn't the next year's.
    turned = side.day is not None and side.day.said is days.Said.YEARLESS and ends.at - begins.at > _HALF_A_YEAR
    if ends.at <= begins.at or turned:
        raise Invalid(BACKWARDS)
    return ends


def _same_day(begins: datetime, base: date, start: Side, hour: Hour) -> datetime:
    """An end that is only an hour: in the part of the day that the beginning said, else later, else overnight."""
    part = start.part or (start.day.part if start.day else None)
    try:
        if part and not hour.exact and (local := hour.within(part).on(base)) > begins:
            return local
    except Contradiction:
        pass
    local = hour.on(base)
    overnight = local + timedelta(days=1)
    return overnight if local <= begins and overnight - begins <= _OVERNIGHT else local


def read_moment(text: str, now: datetime, time_zone: str, *, usual: time | None = None) -> Moment:
    """The future moment that was typed. ``usual``: the time that a day alone means; without it, a time is required.

    Raises:
        Invalid: it can't be understood, is unclear, on no calendar, or over.
    """
    found = read(text, now, time_zone)
    if isinstance(found, Day):
        if usual is None:
            raise Invalid(NO_TIME)
        found = on_the_clock(datetime.combine(found.day, usual), time_zone)
    elif not isinstance(found, Moment):
        raise Invalid(ONE_TIME)
    here = local_time(now, time_zone)
    if found.at < now.replace(second=0, microsecond=0):
        raise Invalid(OVER, text=found.local)
    if found.local > here + FURTHEST:
        raise Invalid(TOO_FAR, text=text.strip()[:60])
    return found


def read_day(text: str, today: date, otherwise: str = ONE_DAY) -> date:
    """The one day that was typed, past or to come.

    Raises:
        Unclear: more than one may be meant.
        Invalid: it is on no calendar or, said by the message ``otherwise``, no day.
    """
    reader, side = _one_day(text, today, otherwise)
    with reader.calendar():
        return _day_of(reader, side)


def _one_day(text: str, today: date, otherwise: str) -> tuple[RangeReader, Side]:
    reader = RangeReader(text, datetime.combine(today, time(), UTC), "UTC", otherwise)
    with reader.calendar():
        side, end, _ = reader.read()
    if end is not None or not side.is_day:
        raise Invalid(otherwise)
    return reader, side


def read_date(text: str, today: date) -> date:
    """The one day that was typed with its year, for what is kept for years and may lie behind or ahead: the days of a
    term, of a decision. Raises Invalid: it isn't one, or has no year: which one is meant is never guessed."""
    reader, side = _one_day(text, today, ONE_DAY)
    if not _has_year(side):
        raise Invalid(WITH_YEAR)
    with reader.calendar():
        return _day_of(reader, side)


def _has_year(side: Side) -> bool:
    return side.day is not None and side.day.is_on_calendar and side.day.said is days.Said.FIXED


def read_term(text: str, today: date) -> tuple[date, date]:
    """The first day, typed with its year, and the last, in the order in which they were typed.

    Raises:
        Invalid: it isn't two days.
    """
    reader = RangeReader(text, datetime.combine(today, time(), UTC), "UTC", TERM)
    with reader.calendar():
        start, end, _ = reader.read()
        if end is None or not (start.is_day and end.is_day):
            raise Invalid(TERM)
        if not _has_year(start) or end.day is None or not end.day.is_on_calendar:
            raise Invalid(TERM)
        first = _day_of(reader, start)
        return first, _day_of(reader, end, first)


def read_month_day(text: str) -> tuple[int, int]:
    """Month and day of every year, such as 11月1日, 1 Nov or 11-01. Raises Invalid: it isn't one, or not every year has
    it."""
    typed = tidy(text)
    match = re.fullmatch(rf"({N})\s*[-/.月]\s*({N})\s*日?", typed)
    try:
        month, day = (whole(match[1]) or 0, whole(match[2]) or 0) if match else english_month_day(typed) or (0, 0)
        date(2023, month, day)  # a year without the 29th of February
    except (ValueError, OverflowError):
        raise Invalid(N_("Please enter a date that exists every year, such as 1 Nov.")) from None
    return month, day
