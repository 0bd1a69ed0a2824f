from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.clock import local_date
from bot.db import Database, fetch
from bot.deliveries.models import Action, Delivery, DeliveryState
from bot.deliveries.values import Transient
from bot.features import Services
from bot.features.briefs.service import MESSAGE_KIND, MONDAY, BriefService
from tests.support.clocks import FakeClock
from tests.support.people import found_organisation


async def test_after_an_outage_there_is_one_brief_of_today(
    services: Services, database: Database, clock: FakeClock
) -> None:
    await found_organisation(services)
    today = local_date(clock.now(), "Asia/Tokyo")
    for day in (today - timedelta(days=10), today):
        await services[BriefService].make(1, day)
    async with database.reading() as connection:
        rows = await fetch(connection, select(Delivery.payload).where(Delivery.kind == MESSAGE_KIND))
    assert [row.payload["day"] for row in rows] == [today.isoformat()]


@pytest.mark.parametrize("later", [1, 2])  # a Sunday, edited; a Monday, made anew
async def test_a_brief_that_is_on_its_way_is_waited_for(
    services: Services, database: Database, clock: FakeClock, later: int
) -> None:
    """Else nobody would know which message to replace, and the officers would have two."""
    await found_organisation(services)
    briefs, today = services[BriefService], local_date(clock.now(), "Asia/Tokyo")
    next_day = today + timedelta(days=later)
    await briefs.make(1, today)
    await _settle(database, DeliveryState.CLAIMED)
    clock.go(days=later)
    with pytest.raises(Transient):
        await briefs.make(1, next_day)
    await _settle(database, DeliveryState.SENT, channel_id=1, message_id=2)
    await briefs.make(1, next_day)
    async with database.reading() as connection:
        query = select(Delivery.action, Delivery.message_id).where(Delivery.kind == MESSAGE_KIND).order_by(Delivery.id)
        first, *then = await fetch(connection, query)
    expected = [(Action.EDIT, 2)] if next_day.weekday() != MONDAY else [(Action.POST, None), (Action.DELETE, 2)]
    assert (first.action, [(row.action, row.message_id) for row in then]) == (Action.POST, expected)


async def test_an_earlier_brief_that_waits_long_holds_nothing_up(
    services: Services, database: Database, clock: FakeClock
) -> None:
    await found_organisation(services)
    briefs, today = services[BriefService], local_date(clock.now(), "Asia/Tokyo")
    await briefs.make(1, today)
    await _settle(database, DeliveryState.PENDING, next_attempt_at=clock.now() + timedelta(days=2))
    clock.go(days=1)
    await briefs.make(1, today + timedelta(days=1))
    async with database.reading() as connection:
        assert len(await fetch(connection, select(Delivery.id).where(Delivery.kind == MESSAGE_KIND))) == 2


async def _settle(database: Database, state: DeliveryState, **values: object) -> None:
    async with database.writing() as session:
        change = update(Delivery).where(Delivery.kind == MESSAGE_KIND, Delivery.action == Action.POST)
        await session.execute(change.values(state=state.value, **values))
