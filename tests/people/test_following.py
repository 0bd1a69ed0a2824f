from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.features.people.terms import Tenure, followers

FIRST, LAST, NEXT = date(2026, 4, 1), date(2027, 3, 31), date(2027, 4, 1)
YEAR = timedelta(days=365)


def held(number: int, person: int, starts_on: date = FIRST, ends_on: date = LAST, *, single: bool = False) -> Tenure:
    return Tenure(number, person, ("leo", 7), single, starts_on, ends_on, ends_on)


def after(number: int, person: int, starts_on: date = NEXT) -> Tenure:
    return held(number, person, starts_on, starts_on + YEAR)


@given(st.integers(1, 6), st.data())
def test_each_holder_is_followed_by_whom_they_named_and_by_nobody_else(n: int, data: st.DataObject) -> None:
    named = data.draw(st.sets(st.integers(0, n - 1)))
    holders = [held(i, i) for i in range(n)]
    holders = [replace(one, named=frozenset({100 + i})) if i in named else one for i, one in enumerate(holders)]
    found = followers([*holders, *(after(100 + i, 100 + i) for i in named)])
    assert {i for i in range(n) if found.get(i)} == named
    assert all(found[i] == {100 + i} for i in named)


@given(st.integers(1, 6), st.integers(0, 8))
def test_those_appointed_for_later_count_once_there_is_one_for_each(holders: int, later: int) -> None:
    found = followers([*(held(i, i) for i in range(holders)), *(after(100 + i, 100 + i) for i in range(later))])
    assert len([i for i in range(holders) if found.get(i)]) == (holders if later >= holders else 0)


@given(st.integers(1, 4), st.integers(0, 4))
def test_who_goes_on_follows_themselves_and_nobody_beside_them(holders: int, going_on: int) -> None:
    on = range(min(holders, going_on))
    found = followers([*(held(i, i) for i in range(holders)), *(after(100 + i, i) for i in on)])
    assert {i for i in range(holders) if found.get(i)} == set(on)


def test_whoever_holds_the_post_beside_for_longer_is_no_successor() -> None:
    beside = held(2, 2, date(2026, 10, 1), date(2027, 9, 30))
    assert not followers([held(1, 1), beside]).get(1)
    assert followers([held(1, 1), beside, after(3, 3)]) == {1: {3}}, "the other's end is half a year away"


def test_a_successor_may_begin_some_days_early() -> None:
    assert followers([held(1, 1), after(2, 2, date(2027, 3, 15))]) == {1: {2}}


def test_a_single_post_is_followed_by_whoever_holds_it_next() -> None:
    assert followers([held(1, 1, single=True), replace(after(2, 2), is_single=True)]) == {1: {2}}


def test_a_successor_who_is_gone_before_the_end_follows_nobody() -> None:
    assert not followers([replace(held(1, 1), named=frozenset({2}))])
