"""Repeats as people say them, and their occurrences with the holiday that one falls on."""

from __future__ import annotations

from datetime import date, datetime

from bot.features.events.holidays import holiday
from bot.features.events.repeats import MonthlyByDay, MonthlyByWeekday, Pattern, Repeat, Weekly, Yearly
from bot.i18n import Words
from bot.times.days import WEEKDAYS
from bot.ui.dates import long_date, long_time

_MONDAY = date(2024, 1, 1)


def described(repeat: Repeat, words: Words) -> str:
    """Within a line: ``毎週 月・木、2027年3月31日(水)まで``, ``every week on Monday, until Wed 31 Mar 2027``."""
    text = _pattern(repeat.pattern, words)
    if repeat.until is not None:
        text = words("{repeat}, until {day}", repeat=text, day=long_date(repeat.until, words))
    if repeat.times is not None:
        text = words.plural("{repeat}, {n} time", "{repeat}, {n} times", repeat.times, repeat=text)
    return words("{repeat}, except on public holidays", repeat=text) if repeat.skips_holidays else text


def dated(local: datetime, time_zone: str, words: Words) -> str:
    """An occurrence, with its holiday: ``2026年11月23日(月) 19:00（勤労感謝の日）``."""
    return _with_holiday(long_time(local, words), local.date(), time_zone, words)


def dated_day(day: date, time_zone: str, words: Words) -> str:
    """One of whole days."""
    return _with_holiday(long_date(day, words), day, time_zone, words)


def _with_holiday(text: str, day: date, time_zone: str, words: Words) -> str:
    name = holiday(day, time_zone)
    return words("{day} ({holiday})", day=text, holiday=words(name)) if name else text


def _pattern(pattern: Pattern, words: Words) -> str:
    match pattern:
        case Weekly():
            return _weekly(pattern, words)
        case MonthlyByWeekday():
            return words("{often} on {day}", often=_months(pattern.every, words), day=_places(pattern, words))
        case MonthlyByDay():
            return words("{often} on {day}", often=_months(pattern.every, words), day=_of_month(pattern.day, words))
        case Yearly():
            return words("{often} on {day}", often=_years(pattern.every, words), day=_of_year(pattern, words))


def _weekly(pattern: Weekly, words: Words) -> str:
    if pattern == Weekly(tuple(range(7))):
        return words("every day")
    often = words("every {n} weeks", n=pattern.every)
    if pattern.every <= 2:
        often = words("every week") if pattern.every == 1 else words("every 2 weeks")
    return words("{often} on {weekdays}", often=often, weekdays=_weekdays(pattern.weekdays, words))


def _months(every: int, words: Words) -> str:
    if every <= 2:
        return words("every month") if every == 1 else words("every 2 months")
    return words("every {n} months", n=every)


def _years(every: int, words: Words) -> str:
    if every <= 2:
        return words("every year") if every == 1 else words("every 2 years")
    return words("every {n} years", n=every)


def _weekdays(weekdays: tuple[int, ...], words: Words) -> str:
    """``月曜``, ``月・木``, ``Monday and Thursday``."""
    if words.language == "ja":
        return "・".join(WEEKDAYS[one] for one in weekdays) + ("曜" if len(weekdays) == 1 else "")
    return _and([f"{_MONDAY.replace(day=1 + one):%A}" for one in weekdays])


def _places(pattern: MonthlyByWeekday, words: Words) -> str:
    """``第1・第3土曜``, ``the 1st and 3rd Saturday``: those of one weekday together."""
    by_weekday: dict[int, list[int]] = {}
    for nth, weekday in pattern.places:
        by_weekday.setdefault(weekday, []).append(nth)
    if words.language == "ja":
        return "・".join(
            "・".join("最終" if nth == -1 else f"第{nth}" for nth in nths) + _weekdays((weekday,), words)
            for weekday, nths in by_weekday.items()
        )
    return "the " + _and([
        f"{_and(['last' if nth == -1 else _ordinal(nth) for nth in nths])} {_weekdays((weekday,), words)}"
        for weekday, nths in by_weekday.items()
    ])  # fmt: skip


def _of_month(day: int, words: Words) -> str:
    if day == 31:
        return words("the last day")
    nth = f"{day}日" if words.language == "ja" else _ordinal(day)
    return words("the {nth} (or the last day)", nth=nth) if day > 28 else words("the {nth}", nth=nth)


def _of_year(pattern: Yearly, words: Words) -> str:
    if (pattern.month, pattern.day) == (2, 29):
        return words("29 February (28 in other years)")
    if words.language == "ja":
        return f"{pattern.month}月{pattern.day}日"
    return f"{pattern.day} {date(2024, pattern.month, 1):%B}"


def _and(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _ordinal(number: int) -> str:
    ending = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
