"""What is shown is read again as what it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.deliveries.schedule import instant, local_time
from bot.i18n import words_for
from bot.times import Moment, read, read_day
from bot.ui.dates import long_date, long_time, short_date, stamp

#: Wednesday 2 December 2026, 19:00 in Tokyo.
NOW = datetime(2026, 12, 2, 10, tzinfo=UTC)


def test_one_form_in_each_language() -> None:
    at = datetime.fromisoformat("2026-12-03 19:00")
    assert long_time(at, words_for("ja")) == "2026年12月3日(木) 19:00"
    assert long_time(at, words_for("en")) == "Thu 3 Dec 2026, 19:00"
    assert short_date(at, words_for("ja")) == "12月3日(木)"
    assert short_date(at, words_for("en")) == "Thu 3 Dec"
    assert stamp(instant(at, "Asia/Tokyo") + timedelta(seconds=36)) == stamp(instant(at, "Asia/Tokyo"))


@given(minutes=st.integers(-10_000_000, 10_000_000), language=st.sampled_from(["ja", "en"]))
@settings(deadline=None)
def test_a_moment_that_is_shown_is_read_again(minutes: int, language: str) -> None:
    local = local_time(NOW, "Asia/Tokyo") + timedelta(minutes=minutes)
    assert read(long_time(local, words_for(language)), NOW, "Asia/Tokyo") == Moment(local, instant(local, "Asia/Tokyo"))


@given(day=st.dates(date(1970, 1, 1), date(2199, 1, 1)), language=st.sampled_from(["ja", "en"]))
def test_a_day_that_is_shown_is_read_again(day: date, language: str) -> None:
    assert read_day(long_date(day, words_for(language)), date(2026, 12, 2)) == day


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_day_of_this_season_is_read_again(language: str) -> None:
    for days in range(300):
        day = date(2026, 12, 2) + timedelta(days=days)
        assert read_day(short_date(day, words_for(language)), date(2026, 12, 2)) == day
