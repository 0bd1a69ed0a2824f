"""Times of day: hours as they are typed, with the words that say which half of the day is meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum

from bot.i18n import N_
from bot.numerals import KANJI, whole
from bot.times.results import Unclear

#: Hours are counted beyond midnight as long as the night lasts: 25時 is one o'clock, 29:30 is half past five.
LAST_HOUR = 29
N = rf"(?:[0-9]{{1,40}}|[{KANJI}]{{1,40}})"


class Part(Enum):
    AM = "am"
    PM = "pm"
    MORNING = "morning"
    MIDDAY = "midday"
    EVENING = "evening"
    NIGHT = "night"
    DEEP_NIGHT = "deep night"
    SMALL_HOURS = "small hours"


PARTS = {
    "午前": Part.AM, "午後": Part.PM, "am": Part.AM, "a.m.": Part.AM, "pm": Part.PM, "p.m.": Part.PM,
    "早朝": Part.MORNING, "明け方": Part.MORNING, "朝": Part.MORNING, "in the morning": Part.MORNING,
    "morning": Part.MORNING, "お昼": Part.MIDDAY, "昼": Part.MIDDAY, "in the afternoon": Part.MIDDAY,
    "afternoon": Part.MIDDAY, "夕方": Part.EVENING, "夕": Part.EVENING, "in the evening": Part.EVENING,
    "evening": Part.EVENING, "真夜中": Part.DEEP_NIGHT, "夜中": Part.DEEP_NIGHT, "深夜": Part.DEEP_NIGHT,
    "未明": Part.SMALL_HOURS, "夜": Part.NIGHT, "晩": Part.NIGHT, "at night": Part.NIGHT, "night": Part.NIGHT,
}  # fmt: skip
_WORDS = "|".join(re.escape(word) for word in sorted(PARTS, key=len, reverse=True))
PART = re.compile(rf"(?P<part>{_WORDS})(?![a-z])")
#: Hour, then what is added to it, for hours that nothing else makes clear.
_SHIFTS: dict[Part, dict[int, int]] = {
    Part.AM: {**dict.fromkeys(range(12), 0), 12: -12},
    Part.PM: {**dict.fromkeys(range(12), 12), **dict.fromkeys(range(12, 24), 0)},
    Part.MORNING: dict.fromkeys(range(12), 0),
    Part.MIDDAY: {**dict.fromkeys(range(1, 8), 12), **dict.fromkeys(range(10, 20), 0)},
    Part.EVENING: {**dict.fromkeys(range(3, 12), 12), **dict.fromkeys(range(15, 24), 0)},
    Part.NIGHT: {
        **dict.fromkeys(range(5), 24), **dict.fromkeys(range(5, 12), 12), 12: 12,
        **dict.fromkeys(range(17, LAST_HOUR + 1), 0),
    },
    Part.DEEP_NIGHT: {
        **dict.fromkeys(range(6), 24), 10: 12, 11: 12, 12: 12, **dict.fromkeys(range(22, LAST_HOUR + 1), 0),
    },
    Part.SMALL_HOURS: dict.fromkeys(range(6), 0),
}  # fmt: skip
CLOCK = re.compile(
    rf"(?:(?P<past>half past )(?P<past_hour>{N})|(?P<hour>{N})\s*(?:"
    rf":\s*(?P<minute>[0-9]{{2}})(?::(?P<second>[0-9]{{2}})(?:\.[0-9]{{1,9}})?)?(?![0-9:])"
    rf"|時(?!間)\s*(?:(?P<ja_minute>{N})\s*分(?!間)|(?P<bare_minute>[0-9]{{2}})(?![0-9:時/月日年名人円.~-])|(?P<half>半))?"
    rf"|\.(?P<dot_minute>[0-9]{{2}})(?=\s*[ap]\.?m)"
    rf"|\s*o'?clock|(?=\s*(?:[ap]\.?m|in the (?:mor|aft|eve)|at night))))\s*"
    rf"(?P<suffix>(?:am|pm|a\.m\.?|p\.m\.?)(?![a-z]))?"
)
NAMED = re.compile(
    r"(?P<noon>正午|お昼ちょうど|(?:12\s*)?noon(?![a-z]))|(?:(?:12\s*)?midnight(?![a-z])|真夜中)(?!\s*の?\s*[0-9])"
)
#: A number alone is an hour only where a word beside it says so: “tonight at 8”.
BARE = re.compile(r"(?P<hour>[0-9]{1,2})(?![0-9/月日:.年-])")
ABOUT = re.compile(r"ごろ|ころ|頃|くらい|ぐらい|ちょうど|丁度|きっかり|sharp(?![a-z])")


class Contradiction(Exception):
    """Not a time of day, or words that exclude each other: 朝19時."""


@dataclass(frozen=True, slots=True)
class Hour:
    """Hours beyond 24 belong to the day before. ``exact``: am or pm was said."""

    hour: int
    minute: int = 0
    second: int = 0
    exact: bool = False

    def on(self, day: date) -> datetime:
        """Raises OverflowError at the end of the calendar."""
        span = timedelta(hours=self.hour, minutes=self.minute, seconds=self.second)
        return datetime.combine(day, time()) + span

    def within(self, part: Part | None) -> Hour:
        """With the part of the day that was said for it. The small hours of a night follow it.

        Raises:
            Contradiction: that part has no such hour.
            Unclear: 午前12時 and 午後12時, which people use for noon and midnight alike.
        """
        if part is None:
            return self
        shift = _SHIFTS[part].get(self.hour)
        if self.exact:
            if part in (Part.NIGHT, Part.DEEP_NIGHT):
                shift = 24 if self.hour < 6 else 0 if self.hour >= 17 else None
            elif shift:
                shift = None
        elif part in (Part.AM, Part.PM) and self.hour == 12 and self.minute == 0:
            raise Unclear(N_("12時 after 午前 or 午後 could mean noon or midnight. Please enter 12:00, 0:00 or 24:00."))
        if shift is None:
            raise Contradiction
        return Hour(self.hour + shift, self.minute, self.second, exact=True)


def hour_of(match: re.Match[str]) -> Hour:
    """Of a match of ``CLOCK``. Raises Contradiction."""
    said = match.groupdict()
    hour = whole(said["hour"] or said["past_hour"])
    minute = whole(said["minute"] or said["ja_minute"] or said["bare_minute"] or said["dot_minute"] or "0")
    if said["half"] or said["past"]:
        minute = 30
    second = int(said["second"] or 0)
    if hour is None or minute is None or hour > LAST_HOUR or minute > 59 or second > 59:
        raise Contradiction
    return with_suffix(Hour(hour, minute, second), said["suffix"])


def with_suffix(hour: Hour, suffix: str | None) -> Hour:
    """With the am or pm after it. Raises Contradiction."""
    if not suffix:
        return hour
    shift = _SHIFTS[Part.AM if suffix.startswith("a") else Part.PM].get(hour.hour)
    if shift is None:
        raise Contradiction
    return Hour(hour.hour + shift, hour.minute, hour.second, exact=True)
