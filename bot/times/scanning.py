"""The words of a text, one after the other: days, hours, what lasts, and the middle of a range."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from bot.deliveries.schedule import local_time
from bot.errors import Invalid
from bot.i18n import N_
from bot.numerals import whole
from bot.times import dates, days, hours
from bot.times.hours import Contradiction, Hour, N, Part
from bot.times.results import NOT_UNDERSTOOD, TOO_FAR

#: No date or time is longer.
LONGEST = 200
NO_TIME = N_("Please add a time, for example 19:00.")
NO_DAY = N_("Please add the day, for example 11/25.")
RULE = N_(
    "“{text}” describes something that repeats. Please enter only the first date and time here. "
    "You can set how it repeats separately."
)
BARE_NUMBER = N_("“{text}” on its own could be a time or a day. Please enter it like 19:00 or 11/25.")

DASHES = str.maketrans({**dict.fromkeys("‐‑‒–—―−ー─－", "-"), **dict.fromkeys("〜～∼˜〰", "~")})
RULE_WORDS = re.compile(r"毎[日週月年朝晩夜回]|隔[週月]|(?:every|each)(?![a-z])|(?:dai|week|month|year)ly(?![a-z])")
JOINT = re.compile(r"(?:[\s,、]|の|は|に|at(?![a-z])|on(?![a-z])|by(?![a-z])|from(?![a-z])|@|t(?=[0-9]{2}:))+")
_AND = r"(?:および|と|・|&|and(?![a-z]))"
RANGE = re.compile(rf"\s*(?:から|より|~|-+>?|→|(?:to|until|till|through)(?![a-z])|{_AND})\s*")
LISTED = re.compile(rf"\s*{_AND}\s*")
#: As ``tidy`` leaves it, in which ー is a dash.
_END_OF_TEXT = re.compile(r"\s*(?:まで(?:に)?|に|開始|スタ-ト|頃|ごろ)?\s*[.。!]?\s*$")
_HOURS = rf"(?:{N}|[0-9]{{1,4}}\.[0-9])"
_SPAN_OF = (
    rf"(?:(?P<hours>{_HOURS})\s*(?:時間|hours?|hrs?|h)\s*(?P<half>半)?)?\s*(?:and\s+)?"
    rf"(?:(?P<minutes>{N})\s*(?:分間?|minutes?|mins?|m(?![a-z])))?(?!\s*[前後])"
)
_LENGTH = re.compile(rf"\s*(?:(?:から|より|~|,)?\s*(?:for\s+)?)(?P<all>{_SPAN_OF})")
_HALF_AN_HOUR = re.compile(r"half\s+an?\s+hour|an?\s+half\s+hour|半時間")
_ELAPSED = re.compile(
    rf"in\s+(?P<all>{_SPAN_OF})(?![a-z0-9])"
    rf"|(?P<ja_all>(?:(?P<ja_hours>{_HOURS})\s*時間\s*(?P<ja_half>半)?)?\s*(?:(?P<ja_minutes>{N})\s*分)?)\s*後"
)
_AN_HOUR = re.compile(r"in (?:(?P<half>half an? hour)|an? hour(?P<and> and a half)?)(?![a-z])")
_CALENDAR = re.compile(
    rf"in\s+(?P<en>[0-9]{{1,40}}|an?|one|two|three|four|five|six)\s+(?P<unit>day|week|fortnight|month|year)s?(?![a-z])"
    rf"|(?P<en2>[0-9]{{1,40}}|an?|one|two|three)\s+(?P<unit2>day|week|month|year)s?\s+(?:from\s+(?:now|today)|later)"
    rf"|(?P<ja>{N})\s*(?P<ja_unit>日|週間|週|[ヶケかカヵ箇]月|年)\s*間?(?P<way>後|前)"
    rf"|(?P<ago>[0-9]{{1,40}})\s+(?P<unit_ago>day|week|month|year)s?\s+ago"
)
_SMALL = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_SHARED_END = re.compile(
    r"(?P<hour>[0-9]{1,2})(?=\s*(?:-|~|から|to)\s*[0-9]{1,2}(?::[0-9]{2})?\s*(?:(?P<suffix>[ap]\.?m)|時(?!間)))"
)


def tidy(text: str) -> str:
    """As the patterns want it."""
    folded = unicodedata.normalize("NFKC", text[: LONGEST + 1]).translate(DASHES).lower()
    return re.sub(r"\s+", " ", folded).strip()


@dataclass
class Side:
    """What was said before or after the middle of a range."""

    day: days.DayWord | None = None
    weekday: int | None = None
    after_today: bool = False
    part: Part | None = None
    hour: Hour | None = None
    elapsed: timedelta | None = None
    #: Days from now, which keep the hour of the clock where no other is said.
    keeps_hour: bool = False
    #: Its day was said after its hour, and may be meant for a whole range: 7pm to 9pm tomorrow.
    day_comes_last: bool = False

    @property
    def names_no_day(self) -> bool:
        return self.day is None and self.weekday is None

    @property
    def is_day(self) -> bool:
        return self.hour is None and self.elapsed is None

    @property
    def is_empty(self) -> bool:
        return self.names_no_day and self.is_day


class Scanner:
    """Takes a text apart. The words depend on one another, so subclasses say what they mean."""

    def __init__(self, typed: str, now: datetime, time_zone: str, otherwise: str = NOT_UNDERSTOOD) -> None:
        self.typed, self.now, self.zone, self.otherwise = typed.strip()[:60], now, time_zone, otherwise
        self.text = tidy(typed) if len(typed) <= LONGEST else ""
        self.here = local_time(now, time_zone)
        self.today = self.here.date()
        self.at = 0
        #: The first day of a range of days while its end is read.
        self.first: date | None = None

    def not_understood(self) -> Invalid:
        if RULE_WORDS.search(self.text):
            return Invalid(RULE, text=self.typed)
        if self.otherwise == NOT_UNDERSTOOD and re.fullmatch(r"[0-9]{1,2}", self.text):
            return Invalid(BARE_NUMBER, text=self.text)
        return Invalid(self.otherwise, text=self.typed)

    def ends(self) -> bool:
        return _END_OF_TEXT.match(self.text, self.at) is not None

    def finish(self) -> None:
        if not self.ends():
            raise self.not_understood()

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.text, self.at)
        if match is not None:
            self.at = match.end()
        return match

    def side(self, anchor: date | None) -> Side:
        side = Side()
        try:
            while self._word(side, anchor):
                pass
            if side.hour is not None:
                side.hour = side.hour.within(side.part or (side.day.part if side.day else None))
        except Contradiction:
            raise self.not_understood() from None
        if side.hour is None and (side.part or (side.day and side.day.part)):
            raise Invalid(NO_TIME)
        return side

    def _word(self, side: Side, anchor: date | None) -> bool:  # noqa: PLR0911 - one kind of word after the other
        """Take the next word of a side, if there is one."""
        before = self.at
        self._take(JOINT)
        if side.elapsed is None and self._from_now(side):
            return True
        if side.elapsed is not None:
            self.at = before
            return False
        if side.day is None and (found := self._day(side, anchor)):
            side.day, self.at = found
            side.day_comes_last = side.hour is not None
            return True
        if bracket := days.bracketed(self.text, self.at):
            self.at = bracket[0].end()
            if bracket[1] is not None:
                self._weekday(side, bracket[1])
            return True
        if plain := days.plain_weekday(self.text, self.at, after_date=side.day is not None and side.hour is None):
            self.at = plain[0].end()
            self._weekday(side, plain[1])
            side.after_today = side.after_today or plain[2]
            return True
        if side.hour is None and self._hour(side):
            return True
        if (match := self._take(hours.PART)) and side.part is None:
            side.part = hours.PARTS[match["part"]]
            return True
        self.at = before
        return False

    def _day(self, side: Side, anchor: date | None) -> tuple[days.DayWord, int] | None:
        found = dates.day_word(self.text, self.at, self.today, anchor)
        if found is None and self.first is not None and side.is_empty and side.part is None:
            return dates.number_alone(self.text, self.at, self.first)
        return found

    def _weekday(self, side: Side, weekday: int) -> None:
        if side.weekday is not None and side.weekday != weekday:
            raise self.not_understood()
        side.weekday = weekday
        side.day_comes_last = side.day_comes_last or (side.day is None and side.hour is not None)

    def _hour(self, side: Side) -> bool:
        if match := self._take(hours.NAMED):
            side.hour = Hour(12, exact=True) if match["noon"] else Hour(24, exact=True)
            side.part = None if side.part in (Part.NIGHT, Part.MIDDAY) else side.part
            return True
        if match := self._take(_SHARED_END):
            side.hour = hours.with_suffix(Hour(int(match["hour"])), match["suffix"])
        elif match := self._take(hours.CLOCK):
            side.hour = hours.hour_of(match)
        elif (side.part or (side.day and side.day.part)) and (match := self._take(hours.BARE)):
            side.hour = Hour(int(match["hour"]))
        else:
            return False
        if side.hour.hour > hours.LAST_HOUR:
            raise Contradiction
        self._take(hours.ABOUT)
        return True

    # From now on

    def _from_now(self, side: Side) -> bool:
        if side.day is None and side.hour is None and (match := self._take(_CALENDAR)):
            side.day, side.keeps_hour = days.DayWord(self._calendar(match)), True
            return True
        if side.day is not None or side.weekday is not None or side.hour is not None:
            return False
        match = _ELAPSED.match(self.text, self.at)
        if match is None or not (match["all"] or match["ja_all"] or "").strip():
            return self._half_an_hour(side)
        self.at = match.end()
        side.elapsed = self._lasting(
            match["hours"] or match["ja_hours"],
            match["half"] or match["ja_half"],
            match["minutes"] or match["ja_minutes"],
        )
        return True

    def _half_an_hour(self, side: Side) -> bool:
        match = self._take(_AN_HOUR)
        if match is None:
            return False
        side.elapsed = timedelta(minutes=30 if match["half"] else 90 if match["and"] else 60)
        return True

    def _lasting(self, hour: str | None, half: str | None, minute: str | None) -> timedelta:
        try:
            number = Decimal(hour) if hour and "." in hour else Decimal(whole(hour or "0") or 0)
            minutes = int(number * 60) + (whole(minute or "0") or 0) + (30 if half else 0)
            return timedelta(minutes=minutes)
        except OverflowError:
            raise Invalid(TOO_FAR, text=self.typed) from None

    def length(self) -> timedelta | None:
        if match := _LENGTH.match(self.text, self.at):
            if match["all"].strip():
                self.at = match.end()
                return self._lasting(match["hours"], match["half"], match["minutes"])
            if half := _HALF_AN_HOUR.match(self.text, match.end()):
                self.at = half.end()
                return timedelta(minutes=30)
        return None

    def _calendar(self, match: re.Match[str]) -> date:
        said = match["en"] or match["en2"] or match["ja"] or match["ago"]
        unit = match["unit"] or match["unit2"] or match["ja_unit"] or match["unit_ago"]
        number = _SMALL.get(said) or whole(said)
        if number is None:
            raise self.not_understood()
        if match["ago"] or match["way"] == "前":
            number = -number
        try:
            if unit in ("day", "日"):
                return self.today + timedelta(days=number)
            if unit in ("week", "週間", "週", "fortnight"):
                return self.today + timedelta(weeks=number * (2 if unit == "fortnight" else 1))
            return days.month_later(self.today, number * (12 if unit in ("year", "年") else 1))
        except (OverflowError, ValueError):
            raise Invalid(TOO_FAR, text=self.typed) from None
