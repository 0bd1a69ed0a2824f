"""Dates in the cells of sheets."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Invalid
from bot.times import Unclear, cell_day, day_in

TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-04-01", date(2026, 4, 1)),
        ("2026/4/1", date(2026, 4, 1)),
        ("２０２６年４月１日", date(2026, 4, 1)),
        ("2026.4.1", date(2026, 4, 1)),
        ("2026年4月1日(水)", date(2026, 4, 1)),
        ("令和8年4月1日", date(2026, 4, 1)),
        ("R8.4.1", date(2026, 4, 1)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("2026/4/1 0:00", date(2026, 4, 1)),
        ("2026-02-30", None),
        ("4月1日", None),
        ("来年", None),
        ("2026-04-01 ~ 2027-03-31", None),
    ],
)
def test_dates_as_people_write_them(text: str, day: date | None) -> None:
    assert day_in(text) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("45292", date(2024, 1, 1)),
        ("45292.5", date(2024, 1, 1)),
        ("４５２９２", date(2024, 1, 1)),
        ("H30.4.1", date(2018, 4, 1)),
        ("平成30年4月1日", date(2018, 4, 1)),
        ("s63/12/31", date(1988, 12, 31)),
        ("Ｒ元．５．１", date(2019, 5, 1)),
        ("R8-4-1", date(2026, 4, 1)),
        ("令和八年四月一日", date(2026, 4, 1)),
        ("2026/04/01 12:34:56", date(2026, 4, 1)),
        ("2026-04-01T12:34:56Z", date(2026, 4, 1)),
        ("2026-04-01 12:34:56.789", date(2026, 4, 1)),
        ("2026年4月1日 12時34分", date(2026, 4, 1)),
        ("2026/4/1 午後 3:05", date(2026, 4, 1)),
        ("2026/4/1 3:05:00 PM", date(2026, 4, 1)),
        ("20260401", date(2026, 4, 1)),
        ("2026/4/1（水）", date(2026, 4, 1)),
        ("2026/4/1 水曜日", date(2026, 4, 1)),
        ("1-Apr-2026", date(2026, 4, 1)),
        ("Apr 1, 2026", date(2026, 4, 1)),
        ("1 April 2026", date(2026, 4, 1)),
        ("4月1日", date(2026, 4, 1)),
        ("12/24", date(2025, 12, 24)),
        ("11月29日", date(2026, 11, 29)),
    ],
)
def test_dates_as_spreadsheets_write_them(text: str, day: date) -> None:
    assert cell_day(text, TODAY) == day


@pytest.mark.parametrize(
    "text",
    ["", "明日", "来週土曜", "3日後", "12345", "99999", "1500", "0", "-", "未定", "2026", "20261301", "4月",
     "土曜", "19:00", "2026/4/1/2", "99999/1/1", "令和0年4月1日", "令和99999年1月1日",
     "1" * 50, "2026-04-01 さくら", "x" * 999],
)  # fmt: skip
def test_what_is_no_date_in_a_sheet(text: str) -> None:
    assert day_in(text, TODAY) is None


def test_what_is_missing_or_contradicts_itself_is_said() -> None:
    with pytest.raises(Invalid, match="no year"):
        cell_day("4月1日")
    with pytest.raises(Unclear, match="weekday") as unclear:
        cell_day("2026/4/1(木)")
    assert (unclear.value.params["day"], unclear.value.params["other"]) == (date(2026, 4, 1), date(2026, 4, 2))


@given(st.dates(date(1982, 3, 1), date(2099, 12, 1)))
def test_serial_numbers_count_days(day: date) -> None:
    assert cell_day(str((day - date(1899, 12, 30)).days)) == day
    assert cell_day(str((day - date(1899, 12, 30)).days + 1)) == day + timedelta(days=1)


@given(st.text(max_size=60) | st.text("0123456789/.-年月日令和RHS( )水:", max_size=30))
def test_nothing_breaks(text: str) -> None:
    found = day_in(text, TODAY)
    assert found is None or isinstance(found, date)
