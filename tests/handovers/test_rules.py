from __future__ import annotations

from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.features.handovers.rules import REMEMBERED, is_year_day, last_day, next_term, notice_due
from bot.features.people.models import EVERYTHING, Level, Reach
from bot.features.people.rules import GRACE_DAYS, Holding, Right, Scope, decide, may_name_successor

days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
year_days = st.tuples(st.integers(1, 12), st.integers(1, 31)).filter(lambda pair: is_year_day(*pair))


@given(days, st.integers(0, 500), year_days)
def test_the_lcs_own_date_only_brings_the_end_forward(today: date, left: int, own: tuple[int, int]) -> None:
    ends_on = today + timedelta(days=left)
    last = last_day(ends_on, own, today)
    assert today <= last <= ends_on
    following = last + timedelta(days=1)
    assert last == ends_on or (following.month, following.day) == own
    assert last_day(ends_on, None, today) == ends_on


@given(days, st.none() | year_days)
def test_a_term_lasts_a_year_at_most_and_ends_where_the_next_begins(
    starts_on: date, own: tuple[int, int] | None
) -> None:
    first, last = next_term(starts_on, own)
    assert first == starts_on
    assert timedelta(0) <= last - first < timedelta(days=366)
    following = last + timedelta(days=1)
    assert (following.month, following.day) == (own or (4, 1))


@given(st.integers(-100, 400), st.sets(st.integers(1, 365), min_size=1, max_size=5))
def test_each_notice_is_due_from_its_day_on_until_the_next(left: int, notices: set[int]) -> None:
    due, passed = notice_due(left, notices), [day - left for day in notices if day >= left]
    if left < 0 or left > max(notices) or min(passed) > REMEMBERED:
        assert due is None, "it would be forgotten that it was said"
    else:
        assert due in notices
        assert due >= left
        assert not any(left <= other < due for other in notices)


@given(days, st.integers(-60, 60), st.sampled_from(Right), st.booleans())
def test_after_the_end_only_the_right_to_name_a_successor_stays_for_thirty_days(
    today: date, days_after: int, right: Right, is_mine: bool
) -> None:
    assume(days_after > 0)
    ended = today - timedelta(days=days_after)
    everything = frozenset({(EVERYTHING, Reach.PLACE.value)})
    holding = Holding("leo", "LEO", "LEO", Level.LC, True, 7, ended - timedelta(days=300), ended, rights=everything)
    post_key = "leo" if is_mine else "lore"
    assert may_name_successor([holding], post_key, 7, today) == (is_mine and days_after <= GRACE_DAYS)
    assert not decide([holding], right, today, Scope(7)).allowed


def test_every_year_has_the_day() -> None:
    assert [is_year_day(*day) for day in ((11, 1), (2, 28), (2, 29), (13, 1), (4, 31))] == [
        True, True, False, False, False,
    ]  # fmt: skip
