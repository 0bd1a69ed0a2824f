"""Dates as people write them in the reader's language."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from bot.errors import Invalid
from bot.i18n import N_, Words

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_WEEKDAYS = "月火水木金土日"


def long_date(day: date, words: Words) -> str:
    """``2026年11月21日(土)`` or ``Sat 21 Nov 2026``."""
    if words.language == "ja":
        return f"{day.year}年{day.month}月{day.day}日({_WEEKDAYS[day.weekday()]})"
    return f"{day:%a} {day.day} {day:%b %Y}"


def parse_days(text: str) -> list[date]:
    """All days written in ``text``, such as ``2026-04-01 ~ 2027/3/31`` or ``２０２６年４月１日``.

    Raises:
        Invalid: one of them is on no calendar.
    """
    found = []
    for match in _DAY.finditer(unicodedata.normalize("NFKC", text)):
        try:
            found.append(date(int(match[1]), int(match[2]), int(match[3])))
        except ValueError:
            raise Invalid(N_("There is no {text} on the calendar."), text=match.group()) from None
    return found
