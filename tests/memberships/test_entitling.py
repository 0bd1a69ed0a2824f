"""A membership gives rights, which are read with the person. Those that ship are data; these tests bring their own."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from bot.db import Database
from bot.errors import NotAllowed
from bot.features import Services
from bot.features.memberships import entitling
from bot.features.memberships.entitling import given
from bot.features.memberships.models import Answer, MembershipKind
from bot.features.memberships.renewals import RenewalService
from bot.features.memberships.rules import Span, kinds_at_once, standing_on, year_of
from bot.features.memberships.staff import LeavingStaffService
from bot.features.people.actors import Actor
from bot.features.people.changes import change_by
from bot.features.people.models import EVERYTHING
from bot.features.people.rules import LC_RIGHTS, Right, decide
from bot.features.people.terms import LC_MEMBER
from tests.memberships.test_leaving_staff import candidate, staff
from tests.support.clocks import FakeClock
from tests.support.people import (
    OFFICER,
    OTHER,
    REPRESENTATIVE,
    STUDENT,
    actor,
    appoint_to,
    found_organisation,
    represented_lc,
)
from tests.support.statements import statements_of

HANA, KEN, MEMBER, LEO = STUDENT + 10, STUDENT + 11, STUDENT + 12, STUDENT + 13
INDIVIDUAL, STAFF = MembershipKind.INDIVIDUAL, MembershipKind.STAFF
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
SPANS = st.builds(
    lambda kind, first, last, ended: Span(kind, min(first, last), max(first, last), ended),
    st.sampled_from([INDIVIDUAL, STAFF, MembershipKind.STAFF_CANDIDATE]),
    DAYS,
    DAYS | st.sampled_from([date(2026, 3, 31), date(2027, 3, 31), date(2028, 3, 31)]),
    st.booleans(),
)


@drawn(DAYS, st.lists(SPANS, max_size=5), st.integers(0, 90), st.sets(st.integers(2026, 2028)))
def test_a_right_holds_on_the_days_on_which_its_kind_counts(
    day: date, spans: list[Span], grace: int, left: set[int]
) -> None:
    answer = Answer.LEAVE if year_of(day) in left else None
    kinds = kinds_at_once(standing_on(day, spans, grace_days=grace, answer=answer).kind, is_officer=False)
    each = [(one, 0 if one.ends_on and one.ends_on.year in left else grace) for one in spans]
    for kind in (INDIVIDUAL, STAFF):
        found = list(given((), each, {kind: [Right.USE_SHEETS]}))
        assert decide(found, Right.USE_SHEETS, day).allowed == (kind in kinds)
        assert not decide(found, Right.KEEP_FEES, day).allowed


def test_the_rights_that_ship_are_none_that_only_posts_give() -> None:
    allowed = {LC_MEMBER, INDIVIDUAL, STAFF, MembershipKind.STAFF_CANDIDATE}
    assert set(entitling.RIGHTS) <= allowed
    given_away = {right for rights in entitling.RIGHTS.values() for right in rights}
    assert not given_away & {EVERYTHING, Right.APPOINT_NATION, Right.APPOINT_LC, Right.KEEP_FEES, Right.KEEP_PEOPLE}
    assert set(entitling.RIGHTS.get(LC_MEMBER, ())) <= LC_RIGHTS


@pytest.fixture
def rights(monkeypatch: pytest.MonkeyPatch) -> None:
    given_here = {STAFF: [Right.USE_SHEETS], LC_MEMBER: [Right.KEEP_TASKS]}
    monkeypatch.setattr(entitling, "RIGHTS", given_here)


@pytest.fixture
async def officer(services: Services, rights: None) -> Actor:
    await found_organisation(services, ends_on=date(2029, 3, 31))
    return await actor(services, OFFICER)


async def test_staff_have_it_everywhere_until_they_leave(
    services: Services, officer: Actor, database: Database, clock: FakeClock
) -> None:
    await staff(services, officer, HANA, "山田 花")
    ken = await candidate(services, officer, KEN, "例山 健")
    hana = await actor(services, HANA)
    assert (hana.may(Right.USE_SHEETS), ken.may(Right.USE_SHEETS)) == (True, False)
    assert not hana.may(Right.KEEP_FEES)
    async with change_by(services[LeavingStaffService], hana, Right.USE_SHEETS):
        pass
    clock.go(days=1)
    await services[LeavingStaffService].leave(await actor(services, HANA))
    with pytest.raises(NotAllowed):  # it was there when they came, and is gone in the transaction
        async with change_by(services[LeavingStaffService], hana, Right.USE_SHEETS):
            pytest.fail("it went on")
    assert not (await actor(services, HANA)).may(Right.USE_SHEETS)


async def test_staff_have_it_in_the_days_of_grace_unless_they_say_that_they_leave(
    services: Services, officer: Actor, clock: FakeClock
) -> None:
    for user, name in ((HANA, "山田 花"), (KEN, "例山 健")):
        await staff(services, officer, user, name)
    clock.go(days=(date(2027, 4, 10) - officer.today).days)
    await services[RenewalService].ask(officer.organisation.id, 2027, 0)
    await services[RenewalService].answer(await actor(services, KEN), stay=False)
    assert (await actor(services, HANA)).may(Right.USE_SHEETS)
    assert not (await actor(services, KEN)).may(Right.USE_SHEETS)
    clock.go(days=60)
    assert not (await actor(services, HANA)).may(Right.USE_SHEETS)


async def test_everybody_of_an_lc_has_it_there_alone(services: Services, rights: None) -> None:
    lc = await represented_lc(services)
    (other,) = (await actor(services, OTHER)).officer_of
    await appoint_to(services, MEMBER, LC_MEMBER, lc)
    await appoint_to(services, LEO, "leo", lc)
    for user in (MEMBER, LEO, REPRESENTATIVE):
        who = await actor(services, user)
        assert (who.may(Right.KEEP_TASKS, lc), who.may(Right.KEEP_TASKS, other), who.may(Right.KEEP_TASKS)) == (
            True,
            False,
            False,
        )
        assert who.lcs_where(Right.KEEP_TASKS) == [lc]
    assert not (await actor(services, MEMBER)).may(Right.ANSWER_FOR_LC, lc)


async def test_it_costs_no_further_statement(services: Services, officer: Actor, database: Database) -> None:
    await staff(services, officer, HANA, "山田 花")
    with statements_of(database) as statements:
        assert (await actor(services, HANA)).may(Right.USE_SHEETS)
    assert len(statements) == 1
