"""Days and terms as they are typed where a day is asked for."""

from __future__ import annotations

from datetime import date

import pytest

from bot.errors import Invalid
from bot.times import Unclear, read_date, read_day, read_month_day, read_term

#: A Sunday.
TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    "text",
    ["2026-11-21 ~ 2027/3/31", "２０２６年１１月２１日〜2027.03.31", "from 2026-11-21 to 2027-3-31.",
     "2026年11月21日から2027年3月31日まで", "2026-11-21 2027-03-31", "2026-11-21、2027-03-31", "2026/11/21-2027/3/31",
     "令和8年11月21日〜令和9年3月31日", "2026-11-21(土) – 2027-03-31(水)", "21 Nov 2026 to 31 March 2027",
     "2026年11月21日〜3月31日"],
)  # fmt: skip
def test_a_term(text: str) -> None:
    assert read_term(text, TODAY) == (date(2026, 11, 21), date(2027, 3, 31))


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-11-21", "", "2026-11-21 19:00 ~ 20:00", "いつか",
             "2026-11-21 ~ 2027-03-31 ~ 2028-01-01", "2026-11-21 x 2027-03-31", "4月1日〜3月31日", "今日〜来月末"]
)  # fmt: skip
def test_what_is_no_term(text: str) -> None:
    with pytest.raises(Invalid):
        read_term(text, TODAY)


def test_a_term_that_is_turned_round_is_left_to_who_knows_what_it_is_of() -> None:
    assert read_term("2027-03-31 ~ 2026-11-21", TODAY) == (date(2027, 3, 31), date(2026, 11, 21))


@pytest.mark.parametrize("text", ["1 April", "4月1日", "4/1", "きのう", "土曜", "3日後"])
def test_a_day_that_is_kept_needs_its_year(text: str) -> None:
    with pytest.raises(Invalid, match="with its year"):
        read_date(text, TODAY)


@pytest.mark.parametrize("text", ["11/20", "11月1日", "１１／１"])
def test_of_a_day_that_is_over_the_year_is_asked_for_and_none_is_proposed(text: str) -> None:
    with pytest.raises(Invalid, match="with its year"):
        read_date(text, TODAY)


@pytest.mark.parametrize("text", ["2026-04-01 ~ 2027-03-31", "19:00"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(Invalid, match="enter one date"):
        read_date(text, TODAY)


@pytest.mark.parametrize("text", ["2027-04-01", "令和9年4月1日(木)", "1 April 2027", "Thu 1 Apr 2027", "20270401"])
def test_a_day_with_its_year(text: str) -> None:
    assert read_date(text, TODAY) == read_day(text, TODAY) == date(2027, 4, 1)


def test_a_wrong_weekday_is_asked_about() -> None:
    with pytest.raises(Unclear) as asked:
        read_day("2026-12-05(日)", TODAY)
    assert asked.value.params == {"day": date(2026, 12, 5), "other": date(2026, 12, 6)}


@pytest.mark.parametrize("text", ["11-01", "11/1", "11月1日", "１１．１", "十一月一日"])
def test_a_day_of_every_year(text: str) -> None:
    assert read_month_day(text) == (11, 1)


@pytest.mark.parametrize("text", ["2-29", "13-1", "0-1", "11", "2026-11-01", "x"])
def test_what_not_every_year_has(text: str) -> None:
    with pytest.raises(Invalid):
        read_month_day(text)
