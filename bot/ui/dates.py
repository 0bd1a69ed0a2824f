"""Dates as people write them in the reader's language."""

from __future__ import annotations

from datetime import date

from bot.i18n import Words

_WEEKDAYS = "月火水木金土日"


def long_date(day: date, words: Words) -> str:
    """``2026年11月21日(土)`` or ``Sat 21 Nov 2026``."""
    if words.language == "ja":
        return f"{day.year}年{day.month}月{day.day}日({_WEEKDAYS[day.weekday()]})"
    return f"{day:%a} {day.day} {day:%b %Y}"
