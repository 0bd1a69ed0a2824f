"""Dates and times as people write them in the reader's language, always with their weekday."""

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


def long_time(local: datetime, words: Words) -> str:
    """``2026年11月21日(土) 19:00`` or ``Sat 21 Nov 2026, 19:00``, where Discord's own times aren't shown: in options of
    menus, in texts for LINE and mail. ``bot.times`` reads it again."""
    joint = " " if words.language == "ja" else ", "
    return f"{long_date(local, words)}{joint}{local:%H:%M}"


def stamp(at: datetime, style: str = "F") -> str:
    """An instant as Discord shows it in each reader's own time: with its weekday, to the minute."""
    return f"<t:{int(at.replace(second=0, microsecond=0).timestamp())}:{style}>"
