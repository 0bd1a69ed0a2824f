"""Spring in an LC: nobody loses it over night or stays in it without a word, and its officers see who is silent."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.db import Database, fetch
from bot.deliveries.models import Delivery, DeliveryState, RecipientKind
from bot.errors import Conflict, NotAllowed
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.members.models import Contact, Kind, LcAnswer, Profile
from bot.features.members.service import MemberService
from bot.features.memberships import rules
from bot.features.memberships.lc_stays import ENDED, SILENT_JOB, TO_LC, CarryService, LcStayService, stays_unsaid
from bot.features.memberships.models import LcStay
from bot.features.memberships.queries import april_question
from bot.features.memberships.renewals import ASKING, RenewalService
from bot.features.memberships.service import MembershipService
from bot.features.memberships.values import OwnStay, Settings
from bot.features.people.actors import Actor
from bot.features.people.terms import CHANGED, LC_MEMBER
from bot.paging import digest_of
from tests.handovers.test_service import give_thread
from tests.support.clocks import FakeClock
from tests.support.homes import facts_of
from tests.support.members import join
from tests.support.people import OFFICER, OTHER, REPRESENTATIVE, STUDENT, actor, appoint_to

TOKYO = ZoneInfo("Asia/Tokyo")
HANA, KEN, MIO, GUEST = (STUDENT + 20 + number for number in range(4))
LAST, NEXT = date(2027, 3, 31), date(2028, 3, 31)
#: Sixty days of grace.
UNTIL = date(2027, 5, 30)


def to(clock: FakeClock, day: date, hour: int = 12) -> None:
    at = datetime(day.year, day.month, day.day, hour, tzinfo=TOKYO)
    clock.go(seconds=(at - clock.now()).total_seconds())


@pytest.fixture
async def spring(services: Services, lc: int, clock: FakeClock) -> LcStayService:
    """1 April 2027 in an LC of three members, whose representative and the nation's officer stay in office."""
    for user, name in ((HANA, "山田 花"), (KEN, "例山 健"), (MIO, "候補 澪")):
        await join(services, user, name, contact=Contact.DIRECT if user == KEN else Contact.NOT)
        await appoint_to(services, user, LC_MEMBER, lc)
        await services[MemberService].answer_lc(await actor(services, user), LcAnswer.IN)
    await appoint_to(services, REPRESENTATIVE, "leo", lc, starts_on=LAST, ends_on=NEXT)
    await appoint_to(services, OFFICER, "president", starts_on=LAST, ends_on=NEXT)
    to(clock, LAST)
    await services[CarryService].carry(1, 2027)
    to(clock, date(2027, 4, 1))
    await services[RenewalService].ask(1, 2027, 0)
    return services[LcStayService]


async def asked(services: Services, user: int) -> tuple[OwnStay, ...]:
    return (await services[MembershipService].own(await actor(services, user))).stays


async def until(services: Services, user: int, lc: int) -> date | None:
    """The last day of the membership, as long as it runs."""
    current = (await actor(services, user)).current
    return next((one.ends_on for one in current if (one.post_key, one.lc_id) == (LC_MEMBER, lc)), None)


async def april(services: Services, who: Actor) -> tuple[bool, bool]:
    """Does the question wait for them at home, and have they joined?"""
    (one,) = await facts_of(services, who, april_question)
    return bool(one.n), bool(one.of)


async def test_nobody_loses_the_lc_over_night_and_nobody_stays_in_it_without_a_word(
    services: Services, spring: LcStayService, lc: int, clock: FakeClock, database: Database
) -> None:
    for user in (HANA, KEN, MIO):
        (stay,) = await asked(services, user)
        assert (stay.lc_ja, stay.until) == ("東京大学", UNTIL)
        assert await until(services, user, lc) == UNTIL
    hana, ken = await actor(services, HANA), await actor(services, KEN)
    await spring.answer(hana, (await asked(services, HANA))[0].stay_id, stays=True)
    await spring.answer(ken, (await asked(services, KEN))[0].stay_id, stays=False)
    assert [await until(services, user, lc) for user in (HANA, KEN)] == [NEXT, date(2027, 4, 1)]
    to(clock, UNTIL)
    assert await until(services, MIO, lc) == UNTIL
    to(clock, UNTIL + timedelta(days=1))
    assert [await until(services, user, lc) for user in (HANA, KEN, MIO)] == [NEXT, None, None]
    assert await asked(services, MIO) == (), "from then on it is a question to the officers again"
    async with database.reading() as connection:
        rows = await fetch(connection, select(Profile.lc_answer).order_by(Profile.id))
        noted = await connection.scalars(
            select(AuditEntry.action).where(AuditEntry.action.like("lc_stay.%")).order_by(AuditEntry.id)
        )
        assert list(noted) == ["lc_stay.carry", "lc_stay.stay", "lc_stay.leave"]
    assert [row.lc_answer for row in rows] == [LcAnswer.IN, LcAnswer.NOT_IN, LcAnswer.IN]


async def test_an_answer_counts_once_and_only_the_members_own(
    services: Services, spring: LcStayService, lc: int, clock: FakeClock
) -> None:
    hana = await actor(services, HANA)
    (mine,), (theirs,) = await asked(services, HANA), await asked(services, KEN)
    with pytest.raises(Conflict):
        await spring.answer(hana, theirs.stay_id, stays=False)
    both = await asyncio.gather(
        spring.answer(hana, mine.stay_id, stays=True),
        spring.decide(await actor(services, REPRESENTATIVE), [mine.stay_id], stays=False),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Conflict) for one in both) == 1
    with pytest.raises(Conflict):
        await spring.answer(hana, mine.stay_id, stays=False)
    to(clock, UNTIL + timedelta(days=1))
    with pytest.raises(Conflict):
        await spring.answer(await actor(services, KEN), theirs.stay_id, stays=True)


async def test_who_moved_or_graduated_is_in_no_lc(
    services: Services, spring: LcStayService, lc: int, database: Database
) -> None:
    hana, ken = await actor(services, HANA), await actor(services, KEN)
    await spring.answer(hana, (await asked(services, HANA))[0].stay_id, stays=False, moved=True)
    await services[RenewalService].graduated(ken)
    assert await asked(services, KEN) == ()
    today = date(2027, 4, 1)
    assert [await until(services, user, lc) for user in (HANA, KEN, MIO)] == [today, today, UNTIL]
    async with database.reading() as connection:
        rows = await fetch(connection, select(Profile.kind, Profile.lc_answer).order_by(Profile.id))
    assert [(row.kind, row.lc_answer) for row in rows[:2]] == [(Kind.STUDENT, None), (Kind.GRADUATE, None)]


async def test_the_lcs_officers_see_who_is_silent_and_speak_for_them(
    services: Services, spring: LcStayService, lc: int, database: Database
) -> None:
    leader = await actor(services, REPRESENTATIVE)
    lines, total = await spring.silent(leader)
    assert (sorted(line.name for line in lines), total) == (["例山 健", "候補 澪", "山田 花"], 3)
    by_name = {line.name: line.stay_id for line in lines}
    await spring.answer(await actor(services, HANA), by_name["山田 花"], stays=True)
    for stranger in (OTHER, KEN):
        who = await actor(services, stranger)
        assert await spring.silent(who) == ([], 0)
        with pytest.raises(NotAllowed):
            await spring.silent(who, lc)
        with pytest.raises(NotAllowed):
            await spring.decide(who, [by_name["候補 澪"]], stays=True)
    officer = await actor(services, OFFICER)
    assert await spring.silent(officer) == ([], 0), "this LC has officers of its own"
    assert (await spring.silent(officer, lc))[1] == 2
    assert await spring.decide(leader, [*by_name.values(), 999], stays=True) == 2, "who has answered, has answered"
    with pytest.raises(Conflict):
        await spring.decide(leader, by_name.values(), stays=False)
    assert [await until(services, user, lc) for user in (HANA, KEN, MIO)] == [NEXT, NEXT, NEXT]
    assert await spring.silent(leader) == ([], 0)


async def test_whom_an_officer_takes_out_is_told_if_they_want_it(
    services: Services, spring: LcStayService, lc: int, database: Database
) -> None:
    leader = await actor(services, REPRESENTATIVE)
    lines, _ = await spring.silent(leader)
    await spring.decide(leader, [line.stay_id for line in lines if line.name != "山田 花"], stays=False)
    async with database.reading() as connection:
        (told,) = await fetch(
            connection,
            select(Delivery.recipient_id, Delivery.is_budgeted, Delivery.payload).where(Delivery.kind == ENDED),
        )
    assert (told.recipient_id, told.is_budgeted) == (KEN, True)
    assert await spring.ended(told.payload["stay"]) == ("東京大学", "The University of Tokyo")
    (mine,) = await asked(services, HANA)
    assert await spring.ended(mine.stay_id) is None


async def test_an_lc_without_officers_is_the_nations(services: Services, lc: int, clock: FakeClock) -> None:
    lonely = (await services[LocalCommitteeService].show(await actor(services, OFFICER), "北海道大学")).lc_id
    await appoint_to(services, OFFICER, "president", starts_on=LAST, ends_on=NEXT)
    await join(services, HANA, "山田 花", school="北海道大学")
    await appoint_to(services, HANA, LC_MEMBER, lonely)
    to(clock, LAST)
    await services[CarryService].carry(1, 2027)
    officer = await actor(services, OFFICER)
    assert (await services[LcStayService].silent(officer))[1] == 0, "nobody is asked before 1 April"
    to(clock, date(2027, 4, 1))
    officer = await actor(services, OFFICER)
    lines, _ = await services[LcStayService].silent(officer)
    assert [line.name for line in lines] == ["山田 花"]
    assert [(one.lc_id, one.n) for one in await facts_of(services, officer, stays_unsaid)] == [(lonely, 1)]
    assert await services[LcStayService].decide(officer, [lines[0].stay_id], stays=True) == 1


async def test_keeping_all_shown_keeps_nobody_who_was_not_shown(services: Services, lc: int, clock: FakeClock) -> None:
    """An LC between loses its last officer after the list was shown."""
    lonely = (await services[LocalCommitteeService].show(await actor(services, OFFICER), "北海道大学")).lc_id
    await appoint_to(services, OFFICER, "president", starts_on=LAST, ends_on=NEXT)
    await appoint_to(services, REPRESENTATIVE, "leo", lc, starts_on=LAST, ends_on=date(2027, 4, 1))
    for user, name, school, at in (
        (HANA, "山田 花", "北海道大学", lonely),
        (KEN, "例山 健", "東京大学", lc),
        (MIO, "候補 澪", "北海道大学", lonely),
    ):
        await join(services, user, name, school=school)
        await appoint_to(services, user, LC_MEMBER, at)
    to(clock, LAST)
    await services[CarryService].carry(1, 2027)
    to(clock, date(2027, 4, 1))
    spring, officer = services[LcStayService], await actor(services, OFFICER)
    lines, _ = await spring.silent(officer)
    assert [line.name for line in lines] == ["山田 花", "候補 澪"]
    seen = lines[0].stay_id, lines[-1].stay_id, digest_of(line.stay_id for line in lines)
    to(clock, date(2027, 4, 2))
    officer = await actor(services, OFFICER)
    assert await spring.keep_shown(officer, *seen) == 0
    lines, total = await spring.silent(officer)
    assert ([line.name for line in lines], total) == (["山田 花", "例山 健", "候補 澪"], 3)
    seen = lines[0].stay_id, lines[-1].stay_id, digest_of(line.stay_id for line in lines)
    assert await spring.keep_shown(officer, *seen) == 3
    assert await spring.keep_shown(officer, *seen) == 0
    assert [await until(services, user, at) for user, at in ((HANA, lonely), (KEN, lc), (MIO, lonely))] == [NEXT] * 3


async def test_who_says_on_their_card_that_they_are_not_in_it_isnt_asked_again(
    services: Services, spring: LcStayService, lc: int
) -> None:
    hana = await actor(services, HANA)
    (stay,) = await asked(services, HANA)
    await services[MemberService].answer_lc(hana, LcAnswer.NOT_IN)
    assert await asked(services, HANA) == ()
    assert await services[RenewalService].open_questions(hana.person_id or 0, 2027) == (True, False)
    with pytest.raises(Conflict):
        await spring.answer(hana, stay.stay_id, stays=True)
    assert (await spring.silent(await actor(services, REPRESENTATIVE)))[1] == 2


async def deliveries(database: Database, kind: str) -> list[tuple[str, int, DeliveryState]]:
    async with database.reading() as connection:
        query = select(Delivery.recipient_kind, Delivery.recipient_id, Delivery.state).where(Delivery.kind == kind)
        return [tuple(row) for row in await fetch(connection, query.order_by(Delivery.id))]


async def test_two_weeks_before_the_grace_ends_the_lc_hears_how_many_are_silent(
    services: Services, spring: LcStayService, lc: int, clock: FakeClock, database: Database
) -> None:
    async with database.reading() as connection:
        (job,) = await fetch(connection, select(Delivery.due_at).where(Delivery.kind == SILENT_JOB))
    assert job.due_at.astimezone(TOKYO) == datetime(2027, 5, 16, 9, tzinfo=TOKYO)
    other = (await services[LocalCommitteeService].show(await actor(services, OFFICER), "京都大学")).lc_id
    await give_thread(database, clock, lc)
    to(clock, date(2027, 5, 16))
    carrying, today = services[CarryService], date(2027, 5, 16)
    for _ in range(2):
        await carrying.tell_lcs(1, 2027)
    assert await deliveries(database, TO_LC) == [(RecipientKind.THREAD, 32, DeliveryState.PENDING)]
    assert await carrying.count_silent(1, lc, today) == (3, UNTIL)
    assert await carrying.count_silent(1, other, today) == (0, None)
    leader = await actor(services, REPRESENTATIVE)
    lines, _ = await spring.silent(leader)
    await spring.decide(leader, [line.stay_id for line in lines], stays=True)
    assert await carrying.count_silent(1, lc, today) == (0, None), "what has been answered isn't said"


async def test_reminders_stop_when_both_questions_are_answered(
    services: Services, spring: LcStayService, lc: int, database: Database
) -> None:
    renewals, ken = services[RenewalService], await actor(services, KEN)
    person = ken.person_id or 0
    states = [state for _, _, state in await deliveries(database, ASKING)]
    assert states == [DeliveryState.PENDING] * 3
    await renewals.answer(ken, stay=True, year_of_study=3)
    assert await renewals.open_questions(person, 2027) == (False, True)
    assert await april(services, ken) == (True, True)
    assert [state for _, _, state in await deliveries(database, ASKING)] == states, "the LC is still to be answered"
    await spring.answer(ken, (await asked(services, KEN))[0].stay_id, stays=True)
    assert not await renewals.is_open(person, 2027)
    assert await april(services, ken) == (False, True)
    assert {state for _, _, state in await deliveries(database, ASKING)} == {DeliveryState.WITHDRAWN}


async def test_a_former_officer_who_never_joined_is_asked_at_home_too(
    services: Services, lc: int, clock: FakeClock
) -> None:
    """Their office made them a member of the LC: see ``after_office``. They answer once they have joined."""
    await appoint_to(services, OTHER, LC_MEMBER, lc)
    to(clock, LAST)
    assert await april(services, await actor(services, OTHER)) == (False, False)
    await services[CarryService].carry(1, 2027)
    to(clock, date(2027, 4, 1))
    assert await april(services, await actor(services, OTHER)) == (True, False)
    await join(services, OTHER, "元代 表", lc=LcAnswer.IN)
    assert await april(services, await actor(services, OTHER)) == (True, True)
    (stay,) = await asked(services, OTHER)
    await services[LcStayService].answer(await actor(services, OTHER), stay.stay_id, stays=True)
    assert await until(services, OTHER, lc) == NEXT


async def test_the_work_of_31_march_comes_out_the_same_however_late_and_often(
    services: Services, lc: int, clock: FakeClock, database: Database
) -> None:
    carrying = services[CarryService]
    await join(services, HANA, "山田 花")
    await appoint_to(services, HANA, LC_MEMBER, lc)
    await appoint_to(services, KEN, LC_MEMBER, lc)
    await appoint_to(services, KEN, LC_MEMBER, lc, starts_on=date(2027, 4, 1), ends_on=NEXT)
    await appoint_to(services, GUEST, LC_MEMBER, lc, ends_on=date(2027, 3, 30))
    seen: list[set[int | None]] = []
    database.on_commit.append(lambda info: seen.extend(info.get(CHANGED, {}).values()))
    to(clock, date(2027, 4, 5))
    assert await until(services, HANA, lc) is None
    await asyncio.gather(*(carrying.carry(1, 2027) for _ in range(3)))
    assert await until(services, HANA, lc) == UNTIL
    assert seen == [{None}], "whose channels were gone gets them back"
    async with database.reading() as connection:
        assert len(await fetch(connection, select(LcStay.id))) == 1, "not who is in it next year or left before"
    await carrying.carry(1, 2027)
    await services[RenewalService].ask(1, 2027, 0)
    async with database.reading() as connection:
        assert len(await fetch(connection, select(LcStay.id))) == 1


@pytest.mark.parametrize(("grace", "day"), [(0, LAST), (60, UNTIL + timedelta(days=1))])
async def test_without_grace_or_after_it_nothing_is_carried(
    services: Services, lc: int, clock: FakeClock, database: Database, grace: int, day: date
) -> None:
    officer = await actor(services, OFFICER)
    await services[MembershipService].change_settings(officer, Settings(1500, "", grace, 1))
    await appoint_to(services, HANA, LC_MEMBER, lc)
    to(clock, day)
    await services[CarryService].carry(1, 2027)
    async with database.reading() as connection:
        assert await fetch(connection, select(LcStay.id)) == []


@given(st.integers(2024, 2040), st.integers(1, 180))
def test_lcs_are_told_in_april_at_the_earliest_and_before_it_is_over(year: int, grace: int) -> None:
    until = rules.first_day(year) - timedelta(days=1) + timedelta(days=grace)
    told = rules.told_on(year, until)
    assert rules.first_day(year) <= told <= until
    assert (until - told).days <= rules.TOLD_BEFORE


def test_a_year_on_is_proposed_and_after_the_last_that_one_has_graduated() -> None:
    proposed = [rules.proposed_year(year) for year in (None, 1, 2, 3, 4, 5, 6)]
    assert proposed == [None, 2, 3, 4, 5, 6, None]


async def test_the_question_ends_with_the_day_of_the_organisation_not_of_utc(
    services: Services, spring: LcStayService, clock: FakeClock
) -> None:
    renewals, ken = services[RenewalService], await actor(services, KEN)
    person = ken.person_id or 0
    to(clock, UNTIL, 23)
    assert (await renewals.open_questions(person, 2027))[1]
    to(clock, UNTIL + timedelta(days=1), 1)  # in UTC it is still the day before
    assert not (await renewals.open_questions(person, 2027))[1]
