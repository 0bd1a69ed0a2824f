from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot.clock import local_date
from bot.db import Database, fetch
from bot.deliveries.models import Delivery
from bot.features import Services
from bot.features.briefs.service import MESSAGE_KIND, BriefService
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
