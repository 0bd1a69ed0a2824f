from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.features.people import rules
from bot.features.people.models import Level
from bot.features.people.rules import Holding, Right

#: All but the one that is about a single post and outlives it (tests/handovers).
LASTING = [right for right in Right if right is not Right.NAME_SUCCESSOR]
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@st.composite
def holdings(draw: st.DrawFn) -> Holding:
    level = draw(st.sampled_from(Level))
    starts, ends = sorted([draw(days), draw(days)])
    return Holding(
        post_key=draw(st.sampled_from(["a", "b"])),
        name_ja="役",
        name_en="post",
        level=level,
        is_officer=draw(st.booleans()),
        lc_id=draw(st.integers(1, 3)) if level is Level.LC else None,
        starts_on=starts,
        ends_on=ends,
    )


@given(st.lists(holdings(), max_size=6), st.sampled_from(LASTING), days, st.none() | st.integers(1, 3))
def test_a_right_needs_an_officers_post_of_that_reach_held_that_day(
    held: list[Holding], right: Right, today: date, lc_id: int | None
) -> None:
    decision = rules.decide(held, right, today, lc_id)
    in_office = [h for h in held if h.is_officer and h.starts_on <= today <= h.ends_on]
    reaches = [
        h
        for h in in_office
        if h.level is Level.NATION or (rules.NEEDED_LEVEL[right] is Level.LC and lc_id is not None and h.lc_id == lc_id)
    ]
    assert decision.allowed == bool(reaches)
    if decision.ended is not None:
        assert not decision.allowed
        assert decision.ended in held
        assert decision.ended.ends_on < today


@given(st.lists(holdings(), max_size=6), days)
def test_nobody_keeps_access_by_being_forgotten(held: list[Holding], today: date) -> None:
    after = max((h.ends_on for h in held), default=today) + timedelta(days=1)
    for right in LASTING:
        assert not rules.decide(held, right, after, 1).allowed


@given(days)
def test_the_fiscal_year_holds_its_day(today: date) -> None:
    first, last = rules.fiscal_year(today)
    assert first <= today <= last
    assert (first.month, first.day, last.month, last.day) == (4, 1, 3, 31)
    assert last.year == first.year + 1
