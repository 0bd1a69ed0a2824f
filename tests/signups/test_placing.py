"""The rules by which places are given, kept in three ways: as they are set, in a draft, and in a sign-up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.deliveries.schedule import instant
from bot.errors import Invalid
from bot.features.signups.models import Mode, QuotaKind
from bot.features.signups.placing import PlaceRules, Seats, as_json, check, from_json, moved, quotas_of, rules_in
from bot.features.signups.rules import MOST, Group

ZONE, LC = "Asia/Tokyo", 7
CLOSES = datetime.fromisoformat("2026-12-05T19:00")
MINUTE = timedelta(minutes=1)
FIRST_YEARS = Seats(QuotaKind.RESERVED, 10, 1, 1, until=datetime.fromisoformat("2026-12-01T00:00"))

times = st.integers(0, 60 * 24 * 60).map(lambda minutes: datetime.fromisoformat("2026-11-01T00:00") + minutes * MINUTE)
years = st.tuples(st.integers(1, 6), st.integers(1, 6)).map(sorted)
seats = st.builds(
    lambda kind, n, span, is_lc, until: Seats(
        kind,
        n,
        span[0] if span else None,
        span[1] if span else None,
        is_lc=is_lc or span is None,
        until=until if kind is QuotaKind.RESERVED else None,
    ),
    st.sampled_from([QuotaKind.RESERVED, QuotaKind.AT_MOST]),
    st.integers(1, 30),
    st.none() | years,
    st.booleans(),
    st.none() | times,
)
rules = st.builds(
    PlaceRules,
    st.sampled_from(Mode),
    st.none() | st.integers(0, 400),
    st.integers(0, 20),
    st.none() | st.integers(1, 9),
    st.lists(seats, max_size=4).map(tuple),
    st.none() | times,
    st.integers(0, 48),
)


@given(rules)
def test_a_draft_keeps_them(them: PlaceRules) -> None:
    assert from_json(as_json(them), them.limit) == them


@given(rules)
def test_a_sign_up_keeps_them(them: PlaceRules) -> None:
    groups = [
        Group(one.kind, one.seats, one.lc_id, one.first_year, one.last_year, one.until)
        for one in quotas_of(them, LC, ZONE)
    ]
    kept = rules_in(
        groups,
        ZONE,
        mode=them.mode.value,
        limit=them.limit,
        held=them.held,
        opens_at=None if them.opens is None else instant(them.opens, ZONE),
        last_call_hours=them.last_call_hours or None,
    )
    assert kept == them


@given(rules, st.integers(-10_000, 10_000))
def test_moved_there_and_back_they_are_the_same(them: PlaceRules, minutes: int) -> None:
    assert moved(moved(them, minutes * MINUTE), -minutes * MINUTE) == them


@given(rules)
def test_what_is_accepted_can_be_kept_to(them: PlaceRules) -> None:
    try:
        check(them, CLOSES)
    except Invalid:
        return
    kept = them.held + sum(one.seats for one in them.groups if one.kind is QuotaKind.RESERVED)
    assert kept <= (them.limit or 0)
    assert them.limit is None or (them.per_lc or 0) <= them.limit
    assert them.opens is None or them.opens < CLOSES
    assert len({one.group for one in them.groups}) == len(them.groups)


def test_without_an_lc_nobody_is_a_member_of_it() -> None:
    them = PlaceRules(groups=(Seats(QuotaKind.AT_MOST, 3, is_lc=True),))
    assert quotas_of(them, None, ZONE) == []


def test_what_cannot_be_kept_to_is_said() -> None:
    right = PlaceRules(limit=20, held=2, groups=(FIRST_YEARS,), opens=datetime.fromisoformat("2026-11-25T21:00"))
    check(right, CLOSES)
    wrong = {
        "would be kept": replace(right, limit=11),
        "where there is a limit": replace(right, limit=None),
        "places in all": replace(right, per_lc=21),
        "at least one": replace(right, per_lc=0),
        "open after": replace(right, opens=CLOSES),
        "until sign-up closes": replace(right, groups=(replace(FIRST_YEARS, until=CLOSES + MINUTE),)),
        "years of study": replace(right, groups=(replace(FIRST_YEARS, first_year=3),)),
        "for whom": replace(right, groups=(replace(FIRST_YEARS, first_year=None, last_year=None),)),
        "these people already": replace(right, groups=(replace(FIRST_YEARS, seats=3), replace(FIRST_YEARS, seats=2))),
        "number of hours": replace(right, last_call_hours=1000),
    }
    for told, them in wrong.items():
        with pytest.raises(Invalid, match=told):
            check(them, CLOSES)


@pytest.mark.parametrize(
    "wrong",
    [
        PlaceRules(limit=MOST + 1),
        PlaceRules(limit=MOST, held=MOST + 1),
        PlaceRules(limit=-1),
        PlaceRules(limit=5, held=-1),
        PlaceRules(per_lc=MOST + 1),
        PlaceRules(groups=(Seats(QuotaKind.AT_MOST, MOST + 1, 1, 1),)),
    ],
)
def test_no_number_is_above_the_most(wrong: PlaceRules) -> None:
    with pytest.raises(Invalid) as refused:
        check(wrong, None)
    assert refused.value.params == {"n": MOST}
    check(PlaceRules(limit=MOST, per_lc=MOST), None)
