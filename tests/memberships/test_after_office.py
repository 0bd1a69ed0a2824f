"""After an office people stay members of the LC until they say otherwise."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from bot.db import Database
from bot.features import Services
from bot.features.handovers.asking import HandoverWatch
from bot.features.handovers.checklists import ChecklistService
from bot.features.handovers.service import HandoverService
from bot.features.local_committees.models import LcState, LocalCommittee
from bot.features.members.models import LcAnswer, Profile
from bot.features.members.service import MemberService
from bot.features.memberships.lc_stays import CarryService, LcStayService
from bot.features.memberships.models import LcStay, Membership, MembershipKind
from bot.features.memberships.queries import standings
from bot.features.memberships.renewals import RenewalService
from bot.features.memberships.rules import Standing
from bot.features.people.models import Term
from bot.features.people.rules import Right
from bot.features.people.terms import LC_MEMBER
from bot.features.posts.service import PostService
from tests.memberships.test_lc_stays import LAST, NEXT, UNTIL, to, until
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import NEWCOMER, OFFICER, OTHER, REPRESENTATIVE, actor, appoint_to

APRIL = date(2027, 4, 1)


async def morning(services: Services, clock: FakeClock, day: date) -> None:
    to(clock, day, 8)
    await services[HandoverWatch].look(1)


async def spring(services: Services, clock: FakeClock) -> None:
    """31 March 2027 and the morning after, as the bot's own work has them."""
    await morning(services, clock, LAST)
    to(clock, LAST, 12)
    await services[CarryService].carry(1, 2027)
    await morning(services, clock, APRIL)
    to(clock, APRIL, 9)
    await services[RenewalService].ask(1, 2027, 0)


async def term_of(services: Services, user: int) -> int:
    return (await services[HandoverService].mine(await actor(services, user)))[0].term_id


@pytest.mark.parametrize("post", ["lc_representative", "leo", "lc_treasurer"])
async def test_whose_only_tie_was_the_post_is_in_the_lc_until_april_is_answered(
    services: Services, lc: int, clock: FakeClock, post: str
) -> None:
    user = REPRESENTATIVE
    if post != "lc_representative":
        user = NEWCOMER
        await appoint_to(services, user, post, lc)
    card = await services[HandoverService].card(await actor(services, user), await term_of(services, user))
    assert (card.is_own, card.stays_in_lc) == (True, True)
    await spring(services, clock)
    former = await actor(services, user)
    assert (former.lc_ids, former.officer_of) == ([lc], [])
    # As every member of the LC, they create events.
    assert [right for right in Right if former.may(right, lc)] == [Right.MAKE_EVENTS]
    assert await until(services, user, lc) == UNTIL
    # The officers of the LC, or the nation where there are none, see who is silent.
    await appoint_to(services, OFFICER, "president", starts_on=APRIL, ends_on=NEXT)
    lines, _ = await services[LcStayService].silent(await actor(services, OFFICER), lc)
    assert len(lines) == (1 if user == REPRESENTATIVE else 2)
    to(clock, UNTIL + timedelta(days=1))
    assert (await actor(services, user)).lc_ids == [], "nobody stays in it without a word"


async def test_the_answer_of_april_is_theirs(services: Services, lc: int, clock: FakeClock, database: Database) -> None:
    await spring(services, clock)
    for user, stays in ((REPRESENTATIVE, True), (OTHER, False)):
        former = await actor(services, user)
        async with database.reading() as connection:
            stay_id = await connection.scalar(
                select(LcStay.id).join(Term, Term.id == LcStay.term_id).where(Term.person_id == former.person_id)
            )
        assert stay_id is not None
        await services[LcStayService].answer(former, stay_id, stays=stays)
    assert await until(services, REPRESENTATIVE, lc) == NEXT
    for day in (2, 3):
        await morning(services, clock, date(2027, 4, day))
    assert (await actor(services, OTHER)).lc_ids == [], "who has said no is not brought back"


async def test_whoever_resigns_or_is_ended_or_hands_over_early_is_a_member_at_once(
    services: Services, lc: int, clock: FakeClock
) -> None:
    officer, posts = await actor(services, OFFICER), services[PostService]
    await posts.end(officer, await term_of(services, REPRESENTATIVE), officer.today - timedelta(days=1))
    former = await actor(services, REPRESENTATIVE)
    assert (former.lc_ids, former.officer_of) == ([lc], []), "also where the day is over already"
    assert await until(services, REPRESENTATIVE, lc) == LAST
    # By the LC's own date.
    await appoint_to(services, NEWCOMER, "leo", lc)
    holder = await actor(services, NEWCOMER)
    await services[ChecklistService].set_date(holder, lc, (12, 1))
    handovers = services[HandoverService]
    await handovers.name(holder, await term_of(services, NEWCOMER), NEWCOMER + 1, "新人")
    newcomer = await actor(services, NEWCOMER + 1)
    (asked,) = await handovers.asked(newcomer)
    await handovers.answer(newcomer, asked.handover_id, accept=True)
    await morning(services, clock, date(2026, 11, 30))
    assert (await actor(services, NEWCOMER)).officer_of == [lc]
    to(clock, date(2026, 12, 1))
    assert ((await actor(services, NEWCOMER)).lc_ids, (await actor(services, NEWCOMER)).officer_of) == ([lc], [])
    # And in April all of them are asked like every member.
    await spring(services, clock)
    assert [await until(services, user, lc) for user in (REPRESENTATIVE, NEWCOMER)] == [UNTIL, UNTIL]


async def test_who_was_entered_by_mistake_becomes_no_member(services: Services, lc: int, clock: FakeClock) -> None:
    officer = await actor(services, OFFICER)
    await appoint_to(services, NEWCOMER, "lpo", lc, starts_on=officer.today)
    await services[PostService].end(officer, await term_of(services, NEWCOMER), officer.today)
    assert (await actor(services, NEWCOMER)).lc_ids == [lc], "to the end of that day"
    clock.go(days=1)
    await morning(services, clock, officer.today + timedelta(days=1))
    assert (await actor(services, NEWCOMER)).lc_ids == []


async def test_on_the_evening_of_31_march_and_after_an_outage_it_comes_out_the_same(
    services: Services, lc: int, clock: FakeClock
) -> None:
    await appoint_to(services, NEWCOMER, "leo", lc, ends_on=NEXT)
    await appoint_to(services, OFFICER, "president", starts_on=APRIL, ends_on=NEXT)
    to(clock, LAST, 12)
    await services[CarryService].carry(1, 2027)
    to(clock, LAST, 23)
    officer = await actor(services, OFFICER)
    await services[PostService].end(officer, await term_of(services, NEWCOMER), LAST)
    to(clock, APRIL)
    assert await until(services, NEWCOMER, lc) == UNTIL
    assert (await actor(services, REPRESENTATIVE)).lc_ids == [], "the bot was away"
    to(clock, date(2027, 4, 5))
    await asyncio.gather(*(services[HandoverWatch].look(1) for _ in range(2)))
    assert await until(services, REPRESENTATIVE, lc) == UNTIL


async def test_who_goes_on_or_has_left_is_made_nothing(
    services: Services, lc: int, clock: FakeClock, database: Database
) -> None:
    gone = await join(services, NEWCOMER, "山田 花")
    await services[MemberService].answer_lc(gone, LcAnswer.NOT_IN)
    graduate = await join(services, NEWCOMER + 1, "例山 健", year=None)
    elsewhere = await join(services, NEWCOMER + 2, "候補 澪", school="京都大学")
    for one in (gone, graduate, elsewhere):
        user = one.caller.discord_user_id
        await appoint_to(services, user, "leo", lc)
        card = await services[HandoverService].card(await actor(services, user), await term_of(services, user))
        assert card.stays_in_lc is False, "and the page says so beforehand"
    await appoint_to(services, REPRESENTATIVE, "lore", lc, starts_on=APRIL, ends_on=NEXT)
    async with database.writing() as session:
        kyoto = (await actor(services, OTHER)).lc_ids[0]
        await session.execute(update(LocalCommittee).where(LocalCommittee.id == kyoto).values(state=LcState.LEFT.value))
        assert await session.scalar(select(Profile.id).limit(1)) is not None
    await spring(services, clock)
    for one in (gone, graduate, elsewhere):
        assert (await actor(services, one.caller.discord_user_id)).lc_ids == []
    assert (await actor(services, OTHER)).lc_ids == []
    held = [one.post_key for one in (await actor(services, REPRESENTATIVE)).holdings]
    assert LC_MEMBER not in held, "an officer still"
    national = await services[HandoverService].card(await actor(services, OFFICER), await term_of(services, OFFICER))
    assert national.stays_in_lc is None


async def standing(services: Services, database: Database, user: int) -> Standing:
    who = await actor(services, user)
    assert who.person_id is not None
    async with database.reading() as connection:
        return (await standings(connection, who.organisation.id, [who.person_id], who.today))[who.person_id]


async def test_whose_only_tie_was_a_post_of_the_nation_is_an_individual_member_until_april_is_answered(
    services: Services, lc: int, clock: FakeClock, database: Database
) -> None:
    await join(services, NEWCOMER, "全国 花子")
    await appoint_to(services, NEWCOMER, "neo")
    assert (await standing(services, database, NEWCOMER)).kind is MembershipKind.OFFICER
    await spring(services, clock)
    for day in (2, 3):
        await morning(services, clock, date(2027, 4, day))
    for user in (OFFICER, NEWCOMER):
        found = await standing(services, database, user)
        assert (found.kind, found.until, found.in_grace) == (MembershipKind.INDIVIDUAL, UNTIL, True)
        assert (await actor(services, user)).lc_ids == [], "nobody has confirmed that they are in an LC"
    former = await actor(services, NEWCOMER)
    assert not any(former.may(right) for right in Right)
    await services[RenewalService].answer(former, stay=False)
    await morning(services, clock, date(2027, 4, 4))
    assert (await standing(services, database, NEWCOMER)).kind is MembershipKind.FREE_LIST
    to(clock, UNTIL + timedelta(days=1))
    assert (await standing(services, database, OFFICER)).kind is MembershipKind.FREE_LIST, "not without a word"


async def test_who_is_something_else_besides_is_made_no_individual_member(
    services: Services, lc: int, clock: FakeClock, database: Database
) -> None:
    await appoint_to(services, REPRESENTATIVE, "neo")  # an officer of an LC, too
    await appoint_to(services, NEWCOMER, "neo")
    await appoint_to(services, NEWCOMER, "president", starts_on=APRIL, ends_on=NEXT)  # goes on
    officer = await actor(services, OFFICER)
    await appoint_to(services, NEWCOMER + 1, "neo", starts_on=officer.today)  # a slip, taken out at once
    await services[PostService].end(officer, await term_of(services, NEWCOMER + 1), officer.today)
    await spring(services, clock)
    async with database.reading() as connection:
        made = list(await connection.scalars(select(Membership.person_id)))
    assert made == [officer.person_id]


async def test_an_officer_of_the_nation_whose_post_is_ended_is_an_individual_member_at_once(
    services: Services, lc: int, clock: FakeClock, database: Database
) -> None:
    await appoint_to(services, NEWCOMER, "neo")
    officer = await actor(services, OFFICER)
    await services[PostService].end(officer, await term_of(services, NEWCOMER), officer.today - timedelta(days=1))
    found = await standing(services, database, NEWCOMER)
    assert (found.kind, found.until, found.in_grace) == (MembershipKind.INDIVIDUAL, LAST, False)
