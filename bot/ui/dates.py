"""Dates and times as people write them in the reader's language, with their weekday."""

from __future__ import annotations

from datetime import date, datetime

from bot.i18n import Words

_WEEKDAYS = "月火水木金土日"


def short_date(day: date, words: Words) -> str:
    """``11月21日(土)`` or ``Sat 21 Nov``, for buttons among others of the same season."""
    if words.language == "ja":
        return f"{day.month}月{day.day}日({_WEEKDAYS[day.weekday()]})"
    return f"{day:%a} {day.day} {day:%b}"


def long_date(day: date, words: Words) -> str:
    """``2026年11月21日(土)`` or ``Sat 21 Nov 2026``."""
    short = short_date(day, words)
    return f"{day.year}年{short}" if words.language == "ja" else f"{short} {day.year}"


def typed_date(day: date, words: Words) -> str:
    """``2026年11月21日`` or ``21 Nov 2026``, as a field has it when its form opens: without the weekday, which would
    contradict another day that is typed over it. ``bot.times`` reads it again."""
    return f"{day.year}年{day.month}月{day.day}日" if words.language == "ja" else f"{day.day} {day:%b} {day.year}"


def long_time(local: datetime, words: Words) -> str:
    """``2026年11月21日(土) 19:00`` or ``Sat 21 Nov 2026, 19:00``, where Discord's own times aren't shown: in options of
    menus, in texts for LINE and mail. ``bot.times`` reads it again."""
    return _with_time(long_date(local, words), local, words)


def long_span(start: date, end: date | None, words: Words) -> str:
    """From when to when, as days or local times: ``2026年11月21日(土) 19:00〜21:00``, ``Sat 21 Nov 2026 – Mon 23 Nov``.
    The day and the year of the end are said where they are others. ``bot.times`` reads it again."""
    said = _with_time(long_date(start, words), start, words)
    if end is None or end == start:
        return said
    same_day = isinstance(end, datetime) and isinstance(start, datetime) and end.date() == start.date()
    day = short_date(end, words) if end.year == start.year else long_date(end, words)
    rest = f"{end:%H:%M}" if same_day else _with_time(day, end, words)
    return f"{said}〜{rest}" if words.language == "ja" else f"{said} – {rest}"


def _with_time(day: str, at: date, words: Words) -> str:
    if not isinstance(at, datetime):
        return day
    return f"{day} {at:%H:%M}" if words.language == "ja" else f"{day}, {at:%H:%M}"


def stamp(at: datetime, style: str = "F") -> str:
    """An instant as Discord shows it in each reader's own time: with its weekday, to the minute."""
    return f"<t:{int(at.replace(second=0, microsecond=0).timestamp())}:{style}>"
