"""News that was taken back and is true again is said again; news that stays as it was is said once."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.db import Database, fetch
from bot.deliveries.models import Delivery
from bot.features import Services
from bot.features.handovers.asking import ASK_KIND, BEGINS_KIND, ENDS_KIND, VACANT_KIND, HandoverWatch
from bot.features.handovers.checklists import ChecklistService
from bot.features.handovers.service import HandoverService
from bot.features.members.models import Contact
from bot.features.members.mydata import MyDataService
from bot.features.people.terms import LC_REPRESENTATIVE
from bot.features.posts.catalogue import PostCatalogueService
from bot.features.posts.service import PostService
from tests.handovers.test_service import give_thread, my_term
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import NEWCOMER, OFFICER, REPRESENTATIVE, actor, appoint_to

# It is 21 November 2026; terms end on 31 March 2027, so the first notice is on 30 January.
APRIL, MARCH = date(2027, 4, 1), date(2028, 3, 31)
FIRST_NOTICE, APRIL_COMES = 71, 131


async def said(services: Services, database: Database) -> Counter[str]:
    """What the look of this morning, done twice, has added up to; to the nation's officers apart."""
    await services[HandoverWatch].look(1)
    await services[HandoverWatch].look(1)
    kinds = (ENDS_KIND, ASK_KIND, VACANT_KIND, BEGINS_KIND)
    async with database.reading() as connection:
        query = select(Delivery.kind, Delivery.recipient_kind).where(Delivery.kind.in_(kinds))
        rows = await fetch(connection, query)
    return Counter(row.kind if row.recipient_kind != "officers" else f"nation {row.kind}" for row in rows)


@pytest.fixture
async def told(services: Services, lc: int, clock: FakeClock, database: Database) -> Counter[str]:
    """The holder and their LC have heard that the term ends."""
    await give_thread(database, clock, lc)
    await join(services, REPRESENTATIVE, "代表 花", contact=Contact.DIRECT)
    clock.go(days=FIRST_NOTICE)
    first = await said(services, database)
    assert (first[ENDS_KIND], first[ASK_KIND]) == (1, 1)
    return first


@pytest.mark.parametrize("how", ["declined", "withdrawn", "forgotten"])
async def test_a_successor_who_was_named_and_does_not_follow(
    services: Services, clock: FakeClock, database: Database, told: Counter[str], how: str
) -> None:
    handovers, term = services[HandoverService], await my_term(services)
    for times in (1, 2):
        clock.go(days=1)
        holder = await actor(services, REPRESENTATIVE)
        card = await handovers.name(holder, term, NEWCOMER, "新人")
        assert await said(services, database) - told == Counter({ENDS_KIND: times - 1, ASK_KIND: times - 1})
        handover = card.ending.handover_id or 0
        if how == "forgotten":
            await services[MyDataService].delete(await join(services, NEWCOMER, "新人 葉"))
        elif how == "declined":
            await handovers.answer(await actor(services, NEWCOMER), handover, accept=False)
        else:
            await handovers.withdraw(holder, handover)
        assert await said(services, database) - told == Counter({ENDS_KIND: times, ASK_KIND: times})
    clock.go(days=30)
    assert (await said(services, database) - told)[ENDS_KIND] == 3, "and on the next day of notice as ever"


async def test_another_of_the_place_hears_nothing_of_it(
    services: Services, lc: int, clock: FakeClock, database: Database
) -> None:
    await join(services, REPRESENTATIVE, "代表 花", contact=Contact.DIRECT)
    await appoint_to(services, NEWCOMER + 3, "leo", lc)
    await join(services, NEWCOMER + 3, "担当 葉", contact=Contact.DIRECT)
    clock.go(days=FIRST_NOTICE)
    assert (await said(services, database))[ENDS_KIND] == 2
    handovers, holder = services[HandoverService], await actor(services, REPRESENTATIVE)
    card = await handovers.name(holder, await my_term(services), NEWCOMER, "新人")
    await handovers.withdraw(holder, card.ending.handover_id or 0)
    assert (await said(services, database))[ENDS_KIND] == 3


async def test_a_successor_whose_term_is_taken_away(
    services: Services, lc: int, clock: FakeClock, database: Database, told: Counter[str]
) -> None:
    clock.go(days=40)
    after = await said(services, database)
    officer = await actor(services, OFFICER)
    today = officer.today
    appointed = await services[PostService].add(officer, NEWCOMER, "新人", "leo", lc, today - timedelta(days=9), MARCH)
    await appoint_to(services, REPRESENTATIVE, "leo", lc)
    assert await said(services, database) - after == Counter()
    await services[PostService].end(officer, appointed.term_id, today)
    again = await said(services, database) - after
    assert again == Counter({ENDS_KIND: 1, ASK_KIND: 2}), "the post has nobody again; and one term ends today"


async def test_a_day_that_was_moved_away_and_back(
    services: Services, lc: int, clock: FakeClock, database: Database, told: Counter[str]
) -> None:
    checklists, holder = services[ChecklistService], await actor(services, REPRESENTATIVE)
    await checklists.set_date(holder, lc, (4, 1))
    assert await said(services, database) == told, "it is the same day"
    await checklists.set_date(holder, lc, (2, 20))
    moved = await said(services, database) - told
    assert moved == Counter({ENDS_KIND: 1, ASK_KIND: 1})
    await checklists.set_date(holder, lc, None)
    assert await said(services, database) - told == Counter({ENDS_KIND: 2, ASK_KIND: 2})


async def test_a_post_of_which_it_is_said_late_that_it_ended(
    services: Services, lc: int, clock: FakeClock, database: Database
) -> None:
    await give_thread(database, clock, lc)
    await appoint_to(services, OFFICER, "national_officer", None, starts_on=APRIL, ends_on=MARCH)
    await appoint_to(services, REPRESENTATIVE, LC_REPRESENTATIVE, lc, starts_on=APRIL, ends_on=MARCH)
    await appoint_to(services, NEWCOMER + 1, "leo", lc)
    await appoint_to(services, NEWCOMER, "lpo", lc, ends_on=MARCH)
    clock.go(days=APRIL_COMES)
    first = await said(services, database)
    assert first[VACANT_KIND] == 1
    officer = await actor(services, OFFICER)
    clock.go(days=1)
    assert await said(services, database) == first
    (lpo,) = [one for one in await services[PostService].terms(officer, lc) if one.post_en.startswith("LPO")]
    await services[PostService].end(officer, lpo.term_id, APRIL - timedelta(days=1))
    assert await said(services, database) - first == Counter({VACANT_KIND: 1})
    clock.go(days=7)
    assert await said(services, database) - first == Counter({VACANT_KIND: 1, f"nation {VACANT_KIND}": 1})


async def test_a_post_that_is_given_again(services: Services, lc: int, clock: FakeClock, database: Database) -> None:
    await give_thread(database, clock, lc)
    await appoint_to(services, OFFICER, "national_officer", None, starts_on=APRIL, ends_on=MARCH)
    await appoint_to(services, REPRESENTATIVE, LC_REPRESENTATIVE, lc, starts_on=APRIL, ends_on=MARCH)
    await appoint_to(services, NEWCOMER, "leo", lc)
    clock.go(days=APRIL_COMES)
    first = await said(services, database)
    catalogue, officer = services[PostCatalogueService], await actor(services, OFFICER)
    (post,) = [one for one in await catalogue.entries(officer) if one.key == "leo"]
    for retired in (True, False):
        await catalogue.retire(officer, post.post_id, retired=retired)
        clock.go(days=1)
        again = await said(services, database) - first
        assert again == (Counter() if retired else Counter({VACANT_KIND: 1}))


async def test_a_term_begins_once_whatever_becomes_of_its_end(
    services: Services, lc: int, clock: FakeClock, database: Database
) -> None:
    handovers = services[HandoverService]
    newcomer = await join(services, NEWCOMER, "新人 葉", contact=Contact.DIRECT)
    card = await handovers.name(await actor(services, REPRESENTATIVE), await my_term(services), NEWCOMER, "新人")
    await handovers.answer(newcomer, card.ending.handover_id or 0, accept=True)
    await appoint_to(services, OFFICER, "national_officer", None, starts_on=APRIL, ends_on=MARCH)
    clock.go(days=APRIL_COMES)
    assert (await said(services, database))[BEGINS_KIND] == 1
    officer = await actor(services, OFFICER)
    (term,) = await services[PostService].terms(officer, lc)
    await services[PostService].end(officer, term.term_id, APRIL + timedelta(days=40))
    clock.go(days=1)
    assert (await said(services, database))[BEGINS_KIND] == 1
