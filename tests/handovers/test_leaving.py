"""Successors who delete their data leave first, and the post is free again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.db import Database
from bot.deliveries.models import Delivery, RecipientKind
from bot.errors import Conflict
from bot.features import Services
from bot.features.audit.models import AuditEntry
from bot.features.handovers.asking import ASK_KIND, ENDS_KIND, HandoverWatch
from bot.features.handovers.models import Handover
from bot.features.handovers.service import HandoverService
from bot.features.members.models import Contact
from bot.features.members.mydata import MyDataService, RequestService
from bot.features.people.models import Term
from bot.features.people.terms import LC_REPRESENTATIVE
from tests.handovers.test_service import APRIL, MARCH, my_term
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import NEWCOMER, OFFICER, REPRESENTATIVE, actor, appoint_to


async def said(database: Database) -> list[tuple[str, str]]:
    """What was said about ends of terms: kind and kind of recipient."""
    query = select(Delivery.kind, Delivery.recipient_kind).where(Delivery.kind.in_([ASK_KIND, ENDS_KIND]))
    async with database.reading() as connection:
        return [(row.kind, row.recipient_kind) for row in await connection.execute(query.order_by(Delivery.id))]


async def agree(services: Services, holder: int, successor: int = NEWCOMER) -> int:
    """Somebody is named by a holder and says yes; the id of the term that ends."""
    handovers, term = services[HandoverService], await my_term(services, holder)
    await handovers.name(await actor(services, holder), term, successor, "新人")
    (asked,) = await handovers.asked(await actor(services, successor))
    await handovers.answer(await actor(services, successor), asked.handover_id, accept=True)
    return term


@pytest.mark.parametrize("by_host", [False, True])
async def test_a_yes_is_taken_back_and_those_in_office_hear_of_it(
    services: Services, lc: int, database: Database, by_host: bool
) -> None:
    await join(services, OFFICER, "全国 太郎", contact=Contact.DIRECT)
    term = await agree(services, OFFICER)
    newcomer = await actor(services, NEWCOMER)
    assert await said(database) == []
    if by_host:
        requests = services[RequestService]
        somebody = await requests.find(None, discord_user_id=NEWCOMER)
        await requests.require_deletable(somebody)
        await requests.delete(somebody)
    else:
        services[MyDataService].require_deletable(newcomer)
        await services[MyDataService].delete(newcomer)
    card = await services[HandoverService].card(await actor(services, OFFICER), term)
    assert (card.ending.is_followed, card.ending.candidate, card.may_name) == (False, None, True)
    assert await said(database) == [(ASK_KIND, RecipientKind.OFFICERS), (ENDS_KIND, RecipientKind.PERSON)]
    async with database.reading() as connection:
        assert list(await connection.scalars(select(Handover.id))) == []
        assert not list(await connection.scalars(select(Term.id).where(Term.person_id == newcomer.person_id)))
        noted = list(await connection.scalars(select(AuditEntry.action).where(AuditEntry.action == "handover.decline")))
    assert len(noted) == 1
    # Another can be named and say yes.
    await agree(services, OFFICER, NEWCOMER + 1)
    card = await services[HandoverService].card(await actor(services, OFFICER), term)
    assert card.ending.is_followed


async def test_within_the_days_of_asking_the_morning_says_it_again(
    services: Services, lc: int, database: Database, clock: FakeClock
) -> None:
    clock.go(days=80)  # 50 days are left
    await services[HandoverWatch].look(1)
    before = await said(database)
    assert before == [(ASK_KIND, RecipientKind.OFFICERS)]
    term = await my_term(services, OFFICER)
    handovers = services[HandoverService]
    await handovers.name(await actor(services, OFFICER), term, NEWCOMER, "新人")
    (asked,) = await handovers.asked(await actor(services, NEWCOMER))
    await handovers.answer(await actor(services, NEWCOMER), asked.handover_id, accept=True)
    await services[MyDataService].delete(await actor(services, NEWCOMER))
    assert await said(database) == before
    await services[HandoverWatch].look(1)
    assert await said(database) == 2 * before


async def test_who_was_only_asked_and_who_was_appointed_ahead_leave_too(
    services: Services, lc: int, database: Database
) -> None:
    handovers, term = services[HandoverService], await my_term(services)
    await handovers.name(await actor(services, REPRESENTATIVE), term, NEWCOMER, "新人")
    await services[MyDataService].delete(await actor(services, NEWCOMER))
    card = await handovers.card(await actor(services, REPRESENTATIVE), term)
    assert (card.ending.candidate, card.may_name) == (None, True)
    await appoint_to(services, NEWCOMER + 1, LC_REPRESENTATIVE, lc, APRIL, MARCH)
    assert (await handovers.card(await actor(services, REPRESENTATIVE), term)).ending.is_followed
    await services[MyDataService].delete(await actor(services, NEWCOMER + 1))
    assert not (await handovers.card(await actor(services, REPRESENTATIVE), term)).ending.is_followed


async def test_who_holds_a_post_today_hands_it_over_first(services: Services, lc: int) -> None:
    with pytest.raises(Conflict):
        await services[MyDataService].delete(await actor(services, REPRESENTATIVE))
