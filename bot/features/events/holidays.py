"""Japan's public holidays, as far as the law says them today."""

from __future__ import annotations

from datetime import date

import jpholiday

from bot.i18n import N_

_JAPAN = ("Asia/Tokyo", "Japan")
#: The years for which the law (of 1948) and the equinoxes are reckoned.
_KNOWN = range(1949, 2151)
_SUBSTITUTE = N_("Substitute holiday")
_OTHER = N_("Public holiday")
_NAMES = {
    "元日": N_("New Year's Day"),
    "成人の日": N_("Coming of Age Day"),
    "建国記念の日": N_("National Foundation Day"),
    "天皇誕生日": N_("The Emperor's Birthday"),
    "春分の日": N_("Vernal Equinox Day"),
    "昭和の日": N_("Showa Day"),
    "憲法記念日": N_("Constitution Memorial Day"),
    "みどりの日": N_("Greenery Day"),
    "こどもの日": N_("Children's Day"),
    "海の日": N_("Marine Day"),
    "山の日": N_("Mountain Day"),
    "敬老の日": N_("Respect for the Aged Day"),
    "秋分の日": N_("Autumnal Equinox Day"),
    "スポーツの日": N_("Sports Day"),
    "文化の日": N_("Culture Day"),
    "勤労感謝の日": N_("Labour Thanksgiving Day"),
    "国民の休日": N_("National holiday"),
}


def holiday(day: date, time_zone: str) -> str | None:
    """The name of the holiday on a day, as a message for ``Words``; None if it is none, or the place isn't in Japan.

    The days of the equinoxes are official from the February of the year before. Until then they are reckoned.
    Source: jpholiday.
    """
    if time_zone not in _JAPAN or day.year not in _KNOWN:
        return None
    name = jpholiday.is_holiday_name(day)
    if name is None:
        return None
    return _SUBSTITUTE if name.endswith("振替休日") else _NAMES.get(name, _OTHER)
