"""Who is written to directly about a handover: those alone who asked for it, and nobody too often."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.db import Database, fetch
from bot.deliveries.models import Delivery, RecipientKind
from bot.features import Services
from bot.features.handovers.asking import BEGINS_KIND, ENDS_KIND, FOLLOW_KIND, DirectWordService, HandoverWatch
from bot.features.handovers.service import HandoverService
from bot.features.members.models import Contact
from bot.features.members.service import MemberService
from tests.handovers.test_service import give_thread, my_term
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import NEWCOMER, REPRESENTATIVE, actor, appoint_to

# It is 21 November 2026; terms end on 31 March 2027.
LAST = date(2027, 3, 31)
KINDS = (ENDS_KIND, FOLLOW_KIND, BEGINS_KIND)


async def words(database: Database) -> list[tuple[str, int]]:
    async with database.reading() as connection:
        query = select(Delivery.kind, Delivery.recipient_id, Delivery.recipient_kind, Delivery.is_budgeted)
        rows = await fetch(connection, query.where(Delivery.kind.in_(KINDS)).order_by(Delivery.id))
    assert all((row.recipient_kind, row.is_budgeted) == (RecipientKind.PERSON, True) for row in rows)
    return [(row.kind, row.recipient_id) for row in rows]


@pytest.mark.parametrize("contact", [Contact.DIRECT, Contact.CHANNEL, Contact.NOT])
async def test_a_holder_who_asked_for_it_is_told_on_three_days(
    services: Services, lc: int, clock: FakeClock, database: Database, contact: Contact
) -> None:
    await join(services, REPRESENTATIVE, "代表 花", contact=contact)
    watch = services[HandoverWatch]
    told = []
    for day in range(131):
        before = len(await words(database))
        await watch.look(1)
        await watch.look(1)
        told += [130 - day] * (len(await words(database)) - before)
        clock.go(days=1)
    assert told == ([60, 30, 7] if contact is Contact.DIRECT else [])
    assert {user for _, user in await words(database)} <= {REPRESENTATIVE}


async def test_what_no_longer_holds_isnt_said(
    services: Services, lc: int, clock: FakeClock, database: Database
) -> None:
    holder = await join(services, REPRESENTATIVE, "代表 花", contact=Contact.DIRECT)
    term = await my_term(services)
    await give_thread(database, clock, lc)
    clock.go(days=71)
    await services[HandoverWatch].look(1)
    async with database.reading() as connection:
        (row,) = await fetch(
            connection, select(Delivery.payload, Delivery.fallback_id, Delivery.is_reminder).where(
                Delivery.kind == ENDS_KIND
            )
        )  # fmt: skip
    assert (row.payload, row.fallback_id, row.is_reminder) == ({"term": term, "last": "2027-03-31"}, 32, True)
    direct, today = services[DirectWordService], date(2027, 1, 31)
    assert await direct.ending(1, term, LAST, today) is not None
    assert await direct.ending(1, term, LAST - timedelta(days=1), today) is None, "the LC's own date has moved it"
    assert await direct.ending(2, term, LAST, today) is None
    await services[HandoverService].name(holder, term, NEWCOMER, "新人")
    newcomer = await actor(services, NEWCOMER)
    (asked,) = await services[HandoverService].asked(newcomer)
    assert await direct.asked(1, asked.handover_id, today) == asked
    await services[HandoverService].answer(newcomer, asked.handover_id, accept=True)
    assert await direct.asked(1, asked.handover_id, today) is None
    assert await direct.ending(1, term, LAST, today) is None


async def test_a_successor_who_asked_for_it_hears_the_question_and_that_access_has_passed(
    services: Services, lc: int, clock: FakeClock, database: Database
) -> None:
    handovers, watch = services[HandoverService], services[HandoverWatch]
    holder = await actor(services, REPRESENTATIVE)
    newcomer = await join(services, NEWCOMER, "新人 葉", contact=Contact.DIRECT)
    await handovers.name(holder, await my_term(services), NEWCOMER, "新人")
    assert await words(database) == [(FOLLOW_KIND, NEWCOMER)]
    (asked,) = await handovers.asked(newcomer)
    await handovers.answer(newcomer, asked.handover_id, accept=True)
    await appoint_to(services, NEWCOMER + 1, "leo", lc, starts_on=date(2027, 4, 1), ends_on=date(2028, 3, 31))
    for _ in range(135):
        await watch.look(1)
        if clock.now().date() < date(2027, 3, 31):
            assert len(await words(database)) == 1
        clock.go(days=1)
    assert await words(database) == [(FOLLOW_KIND, NEWCOMER), (BEGINS_KIND, NEWCOMER)]


async def test_who_says_yes_on_the_day_itself_or_changes_their_mind_hears_nothing_more(
    services: Services, lc: int, clock: FakeClock, database: Database
) -> None:
    handovers = services[HandoverService]
    await appoint_to(services, REPRESENTATIVE, "leo", lc)
    newcomer = await join(services, NEWCOMER, "新人 葉", contact=Contact.DIRECT)
    holder = await actor(services, REPRESENTATIVE)
    first, second = await handovers.mine(holder)
    await handovers.name(holder, first.term_id, NEWCOMER, "新人")
    await services[MemberService].choose_contact(newcomer, Contact.NOT)
    await handovers.name(holder, second.term_id, NEWCOMER, "新人")
    assert len(await words(database)) == 1
    one, other = await handovers.asked(newcomer)
    await handovers.answer(newcomer, one.handover_id, accept=True)
    clock.go(days=131)  # 1 April
    await handovers.answer(await actor(services, NEWCOMER), other.handover_id, accept=True)
    await services[HandoverWatch].look(1)
    assert len(await words(database)) == 1, "they don't want it any more"
    await services[MemberService].choose_contact(await actor(services, NEWCOMER), Contact.DIRECT)
    await services[HandoverWatch].look(1)
    assert [kind for kind, _ in await words(database)] == [FOLLOW_KIND, BEGINS_KIND], "the one they took on before"
