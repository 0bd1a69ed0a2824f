from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.people import rules
from bot.features.people.models import EVERYTHING, Level, Reach
from bot.features.people.rules import LC_RIGHTS, NATION, Entitlement, Holding, Right, Scope

days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
lcs = st.none() | st.integers(1, 3)
committees = st.none() | st.sampled_from(["scoph", "scope"])
scopes = st.builds(Scope, lcs, committees, st.none() | st.tuples(st.just("project"), st.integers(1, 3)))
given_rights = st.frozensets(
    st.tuples(st.sampled_from([EVERYTHING, *Right]), st.sampled_from([one.value for one in Reach])), max_size=4
)
#: All that officers could do before an organisation could say so.
ALL_OF_IT = frozenset({(EVERYTHING, Reach.PLACE.value)})
spans = st.tuples(days, days).map(lambda span: (min(span), max(span)))


@st.composite
def holdings(draw: st.DrawFn, rights: st.SearchStrategy[frozenset[tuple[str, str]]] = given_rights) -> Holding:
    level = draw(st.sampled_from(Level))
    starts, ends = draw(spans)
    return Holding(
        post_key=draw(st.sampled_from(["a", "b"])),
        name_ja="役",
        name_en="post",
        level=level,
        is_officer=draw(st.booleans()),
        lc_id=draw(st.integers(1, 3)) if level is Level.LC else None,
        starts_on=starts,
        ends_on=ends,
        committee=draw(committees),
        rights=draw(rights),
        represented=draw(st.frozensets(spans, max_size=2)),
    )


@st.composite
def entitlements(draw: st.DrawFn) -> Entitlement:
    starts, ends = draw(spans)
    return Entitlement(draw(st.sampled_from(Right)), draw(scopes), starts, draw(st.just(ends) | st.none()))


sources = st.lists(holdings() | entitlements(), max_size=6)


@given(st.lists(holdings(st.just(ALL_OF_IT)), max_size=6), st.sampled_from(Right), days, lcs)
def test_a_post_that_allows_everything_reaches_its_level(
    held: list[Holding], right: Right, today: date, lc_id: int | None
) -> None:
    decision = rules.decide(held, right, today, Scope(lc_id))
    in_office = [h for h in held if h.is_officer and h.starts_on <= today <= h.ends_on]
    reaches = [
        h
        for h in in_office
        if h.level is Level.NATION or (right in LC_RIGHTS and lc_id is not None and h.lc_id == lc_id)
    ]
    assert decision.allowed == bool(reaches)
    if decision.ended is not None:
        assert not decision.allowed
        assert decision.ended in held
        assert decision.ended.ends_on < today


@given(sources, st.sampled_from(Right), days, scopes)
def test_each_right_comes_from_something_that_holds_that_day_and_reaches_there(
    held: list[Holding | Entitlement], right: Right, today: date, scope: Scope
) -> None:
    """The same said another way: by what each row of the tables means."""
    reasons = []
    for one in held:
        if isinstance(one, Entitlement):
            there = one.scope
            if one.right is right and one.starts_on <= today and (one.ends_on is None or today <= one.ends_on):
                reasons.append(there)
        elif one.is_officer and one.starts_on <= today <= one.ends_on:
            of_level = one.level is Level.NATION or right in LC_RIGHTS
            vacant = not any(first <= today <= last for first, last in one.represented)
            for name, reach in one.rights:
                if not of_level or name not in (EVERYTHING, right):
                    continue
                if reach == Reach.PLACE or (reach == Reach.STAND_IN and vacant):
                    reasons.append(Scope(one.lc_id))
                elif reach == Reach.COMMITTEE and one.committee is not None:
                    reasons.append(Scope(one.lc_id, one.committee))
    assert rules.decide(held, right, today, scope).allowed == any(there.covers(scope) for there in reasons)


@given(scopes, scopes, scopes)
def test_scopes_narrow(one: Scope, other: Scope, third: Scope) -> None:
    assert NATION.covers(one)
    assert one.covers(one)
    if one.covers(other) and other.covers(one):
        assert one == other
    if one.covers(other) and other.covers(third):
        assert one.covers(third)


#: Where somebody has a right, and what it reaches of these, in their order.
PLACES = {
    "the nation": Scope(),
    "LC 1": Scope(1),
    "LC 2": Scope(2),
    "SCOPH": Scope(committee="scoph"),
    "SCOPH in LC 1": Scope(1, "scoph"),
    "SCOPE in LC 1": Scope(1, "scope"),
    "a project of SCOPH in LC 1": Scope(1, "scoph", ("project", 4)),
    "another project of LC 1": Scope(1, None, ("project", 5)),
}
REACHED = [
    (Scope(), set(PLACES)),
    (
        Scope(1),
        {"LC 1", "SCOPH in LC 1", "SCOPE in LC 1", "a project of SCOPH in LC 1", "another project of LC 1"},
    ),
    (Scope(committee="scoph"), {"SCOPH", "SCOPH in LC 1", "a project of SCOPH in LC 1"}),
    (Scope(1, "scoph"), {"SCOPH in LC 1", "a project of SCOPH in LC 1"}),
    (Scope(subject=("project", 4)), {"a project of SCOPH in LC 1"}),
]


@pytest.mark.parametrize(("scope", "reached"), REACHED)
def test_how_far_a_right_reaches(scope: Scope, reached: set[str]) -> None:
    assert {name for name, place in PLACES.items() if scope.covers(place)} == reached


def post(level: Level, *rights: tuple[str, Reach], **changes: object) -> Holding:
    first, last = date(2026, 4, 1), date(2027, 3, 31)
    lc_id = 1 if level is Level.LC else None
    given_here = frozenset((right, reach.value) for right, reach in rights)
    held = Holding("x", "役", "post", level, True, lc_id, first, last, "scoph", given_here)
    return replace(held, **changes)  # type: ignore[arg-type]


TODAY = date(2026, 11, 21)
TABLE = [
    # what the post gives, what is asked, for what; may they?
    (post(Level.NATION, (EVERYTHING, Reach.PLACE)), Right.KEEP_FEES, Scope(), True),
    (post(Level.NATION, (Right.KEEP_FEES, Reach.PLACE)), Right.KEEP_FEES, Scope(), True),
    (post(Level.NATION, (Right.KEEP_FEES, Reach.PLACE)), Right.EDIT_LC, Scope(1), False),
    (post(Level.NATION, (EVERYTHING, Reach.COMMITTEE)), Right.EDIT_LC, Scope(1), False),
    (post(Level.NATION, (EVERYTHING, Reach.COMMITTEE)), Right.ANSWER_FOR_LC, Scope(2, "scoph"), True),
    (post(Level.NATION, (EVERYTHING, Reach.COMMITTEE)), Right.ANSWER_FOR_LC, Scope(2, "scope"), False),
    (post(Level.NATION, (EVERYTHING, Reach.COMMITTEE), committee=None), Right.ANSWER_FOR_LC, Scope(2), False),
    (post(Level.LC, (EVERYTHING, Reach.PLACE)), Right.EDIT_LC, Scope(1), True),
    (post(Level.LC, (EVERYTHING, Reach.PLACE)), Right.EDIT_LC, Scope(2), False),
    (post(Level.LC, (EVERYTHING, Reach.PLACE)), Right.EDIT_LC, Scope(), False),
    (post(Level.LC, (EVERYTHING, Reach.PLACE)), Right.KEEP_FEES, Scope(1), False),
    (post(Level.LC, (Right.KEEP_FEES, Reach.PLACE)), Right.KEEP_FEES, Scope(1), False),
    (post(Level.LC, (EVERYTHING, Reach.PLACE), lc_id=None), Right.EDIT_LC, Scope(), False),
    (post(Level.LC, (EVERYTHING, Reach.COMMITTEE)), Right.ANSWER_FOR_LC, Scope(1, "scoph"), True),
    (post(Level.LC, (EVERYTHING, Reach.COMMITTEE)), Right.ANSWER_FOR_LC, Scope(2, "scoph"), False),
    (post(Level.LC, (EVERYTHING, Reach.STAND_IN)), Right.EDIT_LC, Scope(1), True),
    (
        post(Level.LC, (EVERYTHING, Reach.STAND_IN), represented=frozenset({(TODAY, TODAY)})),
        Right.EDIT_LC,
        Scope(1),
        False,
    ),
    (
        post(Level.LC, (EVERYTHING, Reach.STAND_IN), represented=frozenset({(date(2025, 4, 1), date(2026, 11, 20))})),
        Right.EDIT_LC,
        Scope(1),
        True,
    ),
    (post(Level.NATION, (EVERYTHING, Reach.PLACE), is_officer=False), Right.KEEP_FEES, Scope(), False),
    (post(Level.NATION), Right.SEE_OFFICERS, Scope(), False),
    (post(Level.NATION, ("a right of a later version", Reach.PLACE)), Right.SEE_OFFICERS, Scope(), False),
]


@pytest.mark.parametrize(("held", "right", "scope", "may"), TABLE)
def test_what_posts_give(held: Holding, right: Right, scope: Scope, may: bool) -> None:
    assert rules.decide([held], right, TODAY, scope).allowed is may


def test_a_membership_gives_a_right_as_a_grant_does() -> None:
    """Whatever it is by, it is a right, a scope and days: staff, for example, who may do something everywhere."""
    staff = Entitlement(Right.TICK_STAFF_STEPS, NATION, TODAY, None)
    assert rules.decide([staff], Right.TICK_STAFF_STEPS, TODAY, Scope(3)).allowed
    assert not rules.decide([staff], Right.KEEP_FEES, TODAY).allowed
    assert not rules.decide([staff], Right.TICK_STAFF_STEPS, TODAY - timedelta(days=1)).allowed


@given(sources, days)
def test_nobody_keeps_access_by_being_forgotten(held: list[Holding | Entitlement], today: date) -> None:
    dated = [one for one in held if one.ends_on is not None]
    after = max((one.ends_on for one in dated if one.ends_on), default=today) + timedelta(days=1)
    for right, lc_id in product(Right, (None, 1)):
        assert not rules.decide(dated, right, after, Scope(lc_id)).allowed


@given(days)
def test_the_fiscal_year_holds_its_day(today: date) -> None:
    first, last = rules.fiscal_year(today)
    assert first <= today <= last
    assert (first.month, first.day, last.month, last.day) == (4, 1, 3, 31)
    assert last.year == first.year + 1
