from __future__ import annotations

from datetime import date, timedelta

import jpholiday
import pytest

from bot.features.events.holidays import _NAMES, holiday
from bot.i18n import words_for

TOKYO = "Asia/Tokyo"


@pytest.mark.parametrize(
    ("day", "japanese", "english"),
    [
        (date(2026, 9, 22), "国民の休日", "National holiday"),
        (date(2027, 3, 22), "振替休日", "Substitute holiday"),
        (date(2026, 11, 23), "勤労感謝の日", "Labour Thanksgiving Day"),
        (date(2027, 1, 1), "元日", "New Year's Day"),
        (date(2019, 10, 22), "祝日", "Public holiday"),
    ],
)
def test_a_holiday_has_its_name_in_both_languages(day: date, japanese: str, english: str) -> None:
    name = holiday(day, TOKYO)
    assert name is not None
    assert (words_for("ja")(name), words_for("en")(name)) == (japanese, english)


def test_other_days_and_other_places_have_none() -> None:
    assert holiday(date(2026, 11, 24), TOKYO) is None
    assert holiday(date(2026, 11, 23), "Europe/Berlin") is None
    assert holiday(date(2026, 11, 23), "Asia/Seoul") is None


def test_days_that_nobody_can_reckon_are_none() -> None:
    for day in (date.min, date.max, date(1948, 1, 1), date(2151, 1, 1)):
        assert holiday(day, TOKYO) is None


def test_every_name_of_the_years_to_come_is_known() -> None:
    """A new holiday in the library fails here, and gets its words."""
    names = {name for year in range(2022, 2100) for _, name in jpholiday.year_holidays(year)}
    assert {name for name in names if not name.endswith("振替休日")} == set(_NAMES)


def test_a_year_has_its_holidays() -> None:
    year = [date(2026, 1, 1) + timedelta(days=at) for at in range(365)]
    assert sum(holiday(day, TOKYO) is not None for day in year) == 18
