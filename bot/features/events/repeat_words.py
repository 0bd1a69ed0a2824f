"""The words for repeats, as people write them: 毎週月曜, 隔週, 毎月第3土曜, 毎月末, every other Tuesday."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.errors import Invalid
from bot.features.events.repeats import (
    MOST_BETWEEN,
    MOST_TIMES,
    MonthlyByDay,
    MonthlyByWeekday,
    Pattern,
    Weekly,
    in_order,
)
from bot.i18n import N_
from bot.numerals import whole
from bot.times import Unclear
from bot.times.days import EN_WEEKDAY, WEEKDAYS, weekday_of
from bot.times.hours import N

SECOND = N_(
    "“{text}” could mean one week in a month, or a number of weeks. Please enter “every 2 weeks on Tuesday” or "
    "“the second Tuesday of every month”, for example."
)
OUT_OF_RANGE = N_("Please enter at most every {n} weeks, months or years, and at most {most} times.")


@dataclass(frozen=True, slots=True)
class Said:
    """``unit``: week, month or year. ``pattern``: None where the first day tells which of its days is meant."""

    pattern: Pattern | None
    unit: str
    every: int = 1
    skips_holidays: bool = False


# Words

_WEEKDAY = rf"[{WEEKDAYS}](?:曜日?)?(?![末間])"
_AND = r"(?:[・,、/&]|と|および|and(?![a-z])|\s)"
_WEEKDAYS = rf"{_WEEKDAY}(?:(?:\s|{_AND}|~|-)*{_WEEKDAY})*"
_JA_NTHS = rf"(?:第\s*{N}|最終|最後の)(?:\s*(?:[・,、/&]|と)?\s*(?:第?\s*{N}|最終|最後の))*"
_PLACE = rf"{_JA_NTHS}\s*の?\s*{_WEEKDAYS}"
_OF = r"[\s,、]*(?:の|は|に)?[\s,、]*"
_ONCE = r"に?\s*[1一]\s*[回度]"
_EACH = rf"(?:ごと|毎|{_ONCE})"
_JA_WEEK = rf"(?:毎週(?:{_ONCE})?|(?P<other>隔週)|(?P<n>{N})\s*週間?\s*{_EACH}|週{_ONCE})"
_JA_MONTH = rf"(?:毎月(?:{_ONCE})?|(?P<other>隔月)|(?P<n>{N})\s*[ヶケかカヵ箇]月\s*{_EACH}|月{_ONCE})"
_JA_YEAR = rf"(?:毎年(?:{_ONCE})?|(?P<other>隔年)|(?P<n>{N})\s*年\s*{_EACH}|年{_ONCE})"

_EN_DAY = rf"{EN_WEEKDAY}s?(?![a-z])"
_EN_DAYS = rf"{_EN_DAY}(?:(?:\s|{_AND}|~|-|to(?![a-z])|through(?![a-z]))*{_EN_DAY})*"
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
_ORDINAL = r"(?:first|second|third|fourth|fifth|last|[1-5](?:st|nd|rd|th))"
_EN_NTHS = rf"{_ORDINAL}(?:(?:\s|{_AND}|the(?![a-z]))*{_ORDINAL})*"
_EN_PLACE = rf"{_EN_NTHS}\s+{_EN_DAYS}(?:(?:\s|{_AND}|the(?![a-z]))*{_EN_NTHS}\s+{_EN_DAYS})*"
_SMALL = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_EN_N = rf"(?P<n>[0-9]{{1,40}}|{'|'.join(_SMALL)})"
_EN_OF = r"[\s,]*(?:(?:on|in|at)(?![a-z]))?\s*(?:the(?![a-z]))?\s*"
_EN_WEEK = rf"(?:(?:every|each)\s+(?:(?P<other>other)\s+|{_EN_N}\s+)?weeks?(?![a-z])|weekly(?![a-z]))"
_EN_MONTH = rf"(?:(?:every|each)\s+(?:(?P<other>other)\s+|{_EN_N}\s+)?months?(?![a-z])|monthly(?![a-z]))"
_EN_YEAR = rf"(?:(?:every|each)\s+(?:(?P<other>other)\s+|{_EN_N}\s+)?years?(?![a-z])|yearly(?![a-z])|annually(?![a-z]))"
_EVERY_MONTH = r"(?:of|in)\s+(?:every|each)\s+month(?![a-z])"
_NTH = r"(?P<day>[0-9]{1,40})(?:st|nd|rd|th)"

# What they mean


def _every(match: re.Match[str]) -> int:
    said = match.groupdict()
    if said.get("other"):
        return 2
    number = said.get("n")
    every = 1 if number is None else _SMALL.get(number) or whole(number) or 0
    if not 1 <= every <= MOST_BETWEEN:
        raise Invalid(OUT_OF_RANGE, n=MOST_BETWEEN, most=MOST_TIMES)
    return every


_ONE_WEEKDAY = re.compile(
    rf"(?P<to>(?:\s*(?:~|-|to(?![a-z])|through(?![a-z]))\s*))?"
    rf"(?:(?P<ja>[{WEEKDAYS}])(?:曜日?)?|(?P<en>{EN_WEEKDAY})s?(?![a-z]))"
)


def _weekdays(text: str) -> tuple[int, ...]:
    found: list[int] = []
    for match in _ONE_WEEKDAY.finditer(text):
        weekday = weekday_of(match)
        assert weekday is not None
        if match["to"] and found:
            found += [(found[-1] + step) % 7 for step in range(1, (weekday - found[-1]) % 7)]
        found.append(weekday)
    return tuple(sorted(set(found)))


def _weekly(match: re.Match[str]) -> Said:
    weekdays = _weekdays(match["days"] or "")
    return Said(Weekly(weekdays, _every(match)) if weekdays else None, "week", _every(match))


def _daily(match: re.Match[str]) -> Said:
    return Said(Weekly(tuple(range(7))), "week")


def _workdays(match: re.Match[str]) -> Said:
    """平日 are no holidays; of a weekday in English nobody can be sure."""
    return Said(Weekly(tuple(range(5))), "week", skips_holidays=match.group().startswith(("平日", "毎")))


_ONE_PLACE = re.compile(rf"(?P<nths>{_JA_NTHS})\s*の?\s*(?P<days>{_WEEKDAYS})")
_ONE_EN_PLACE = re.compile(rf"(?P<nths>{_EN_NTHS})\s+(?P<days>{_EN_DAYS})")


def _by_weekday(match: re.Match[str]) -> Said:
    places = [
        (nth, weekday)
        for one in (_ONE_EN_PLACE if match["places"].isascii() else _ONE_PLACE).finditer(match["places"])
        for nth in _nths(one["nths"])
        for weekday in _weekdays(one["days"])
    ]
    return Said(MonthlyByWeekday(in_order(tuple(places)), _every(match)), "month")


def _nths(text: str) -> list[int]:
    if text.isascii():
        return [_ORDINALS.get(word) or int(word[0]) for word in re.findall(_ORDINAL, text)]
    return [-1 if number == "最" else whole(number) or 0 for number in re.findall(rf"{N}|最", text)]


def _by_day(match: re.Match[str]) -> Said:
    return Said(MonthlyByDay(whole(match["day"]) or 0, _every(match)), "month")


def _month_end(match: re.Match[str]) -> Said:
    return Said(MonthlyByDay(31, _every(match)), "month")


def _monthly(match: re.Match[str]) -> Said:
    return Said(None, "month", _every(match))


def _yearly(match: re.Match[str]) -> Said:
    return Said(None, "year", _every(match))


def _unclear(match: re.Match[str]) -> Said:
    raise Unclear(SECOND, text=match.group().strip())


_Reader = Callable[[re.Match[str]], Said]
#: Tried from the top: those that say more come first.
_PATTERNS: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(pattern), reader)
    for pattern, reader in (
        (rf"{_JA_MONTH}{_OF}(?P<places>{_PLACE}(?:(?:\s|{_AND})*{_PLACE})*)", _by_weekday),
        (rf"{_JA_MONTH}{_OF}(?:月末日?|末日?|最終日|最後の日)", _month_end),
        (rf"{_JA_MONTH}{_OF}(?P<day>{N})\s*日(?![間曜])", _by_day),
        (_JA_MONTH, _monthly),
        (r"毎日|毎(?=[朝晩夜])", _daily),
        (r"毎週?\s*の?平日|平日(?:の?毎日|は毎日)?", _workdays),
        (rf"{_JA_WEEK}{_OF}(?P<days>{_WEEKDAYS})", _weekly),
        (rf"{_JA_WEEK}(?P<days>)", _weekly),
        (_JA_YEAR, _yearly),
        (rf"{_EN_MONTH}{_EN_OF}(?P<places>{_EN_PLACE})", _by_weekday),
        (rf"{_EN_MONTH}{_EN_OF}(?:last\s+day|end)(?![a-z])", _month_end),
        (rf"{_EN_MONTH}{_EN_OF}{_NTH}(?![a-z])", _by_day),
        (rf"(?:on\s+)?(?:the\s+)?(?P<places>{_EN_PLACE})\s+{_EVERY_MONTH}", _by_weekday),
        (rf"(?:every|each)\s+(?P<places>{_EN_PLACE})\s+(?:of|in)\s+(?:the|a)\s+month(?![a-z])", _by_weekday),
        (rf"(?:(?:on|at)\s+)?(?:the\s+)?(?:last\s+day|end)\s+{_EVERY_MONTH}", _month_end),
        (rf"(?:on\s+)?(?:the\s+)?{_NTH}\s+{_EVERY_MONTH}", _by_day),
        (_EN_MONTH, _monthly),
        (rf"every\s+(?:second|third|fourth|fifth|[2-5](?:nd|rd|th))\s+{_EN_DAYS}", _unclear),
        (rf"(?:every|each)\s+(?P<places>{_EN_PLACE})", _by_weekday),
        (rf"{_EN_WEEK}{_EN_OF}(?P<days>{_EN_DAYS})", _weekly),
        (rf"{_EN_WEEK}(?P<days>)", _weekly),
        (rf"(?:every|each)\s+(?:(?P<other>other)\s+)?(?P<days>{_EN_DAYS})", _weekly),
        (rf"(?:on\s+)?(?P<days>(?=[a-z]+days(?![a-z])){_EN_DAYS})", _weekly),
        (r"(?:every|each)\s+(?:weekday|workday)s?(?![a-z])|on\s+weekdays(?![a-z])", _workdays),
        (r"(?:every|each)\s+day(?![a-z])|daily(?![a-z])", _daily),
        (_EN_YEAR, _yearly),
    )
)


def said(text: str) -> tuple[Said, int, int] | None:
    """The words for a repeat in a tidied text, and where they begin and end; None if there are none.

    Raises:
        Unclear: they may mean two things.
        Invalid: it is repeated too seldom.
        ValueError: there is no such day: a sixth Saturday, the 32nd.
    """
    for pattern, reader in _PATTERNS:
        if match := pattern.search(text):
            return reader(match), match.start(), match.end()
    return None
