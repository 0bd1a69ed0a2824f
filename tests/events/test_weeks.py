"""今週のまとめ: who gets it, once, and what is in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import delete, select

from bot.db import Database, fetch
from bot.deliveries.models import Delivery, RecipientKind
from bot.errors import NotAllowed
from bot.features import Services
from bot.features.events import weeks
from bot.features.events.models import Audience
from bot.features.events.service import EventService
from bot.features.events.weeks import WeekService
from bot.features.organisations.models import ServerPart
from bot.features.people.actors import Actor
from tests.announcements.support import part
from tests.events.support import CHANNEL, draft_of, people, posted
from tests.support.clocks import FakeClock
from tests.support.members import join
from tests.support.people import OFFICER, OTHER, actor

#: The day after the clock's first.
SUNDAY = date(2026, 11, 22)
EVENING = datetime.fromisoformat("2026-11-22T18:00+09:00")
THREAD, LC_CHANNEL = 7_002, 7_001


async def said(database: Database, kind: str) -> list[Any]:
    async with database.reading() as connection:
        query = select(*Delivery.__table__.c).where(Delivery.kind == kind).order_by(Delivery.id)
        return list(await fetch(connection, query))


@pytest.fixture
async def theirs(services: Services, database: Database, lc: int) -> int:
    """The other LC, which has a channel; the first has a channel and a thread."""
    other = (await actor(services, OTHER)).lc_ids[0]
    await part(database, f"channel:lc:{lc}", LC_CHANNEL)
    await part(database, f"thread:lc:{lc}", THREAD)
    await part(database, f"channel:lc:{other}", 7_011)
    return other


async def on_sunday(services: Services, clock: FakeClock, hours: float = 0) -> None:
    clock.go(seconds=(EVENING - clock.last).total_seconds() + hours * 3600)
    await services[WeekService].send(1, SUNDAY)


async def test_each_lc_gets_its_week_once_where_it_is_passed_on(
    services: Services, database: Database, clock: FakeClock, representative: Actor, lc: int, theirs: int
) -> None:
    own = await posted(services, representative, "11/25(水) 19時〜20時 部会")
    await posted(services, representative, "11/30(月) 19時〜20時 来週の部会")
    await on_sunday(services, clock)
    await services[WeekService].send(1, SUNDAY)
    (message,) = await said(database, weeks.WEEK)
    assert (message.recipient_kind, message.recipient_id) == (RecipientKind.THREAD, THREAD)
    assert message.is_budgeted
    week = await services[WeekService].week(1, lc, SUNDAY)
    assert week is not None
    assert [one.event_id for one in week.own] == [own.event_id]
    other = await services[WeekService].week(1, theirs, SUNDAY)
    assert other is not None
    assert other.count == 0


async def test_national_and_online_events_are_for_every_lc(
    services: Services, database: Database, clock: FakeClock, representative: Actor, lc: int, theirs: int
) -> None:
    officer = await join(services, OFFICER, "役員 花")
    national = await posted(services, officer, "11/28(土) 10時〜12時 全国会議 渋谷")
    online = await posted(services, representative, "11/26(木) 19時〜20時 Zoomで勉強会、誰でも")
    only = await draft_of(services, representative, "11/27(金) 19時〜20時 Zoomで部会")
    await services[EventService].edit(representative, only.event_id, only.version, audience=Audience.LC)
    only = (await services[EventService].draft(representative, only.event_id)).event
    await services[EventService].post(representative, only.event_id, only.version, CHANNEL)
    await on_sunday(services, clock)
    assert {one.recipient_id for one in await said(database, weeks.WEEK)} == {THREAD, 7_011}
    other = await services[WeekService].week(1, theirs, SUNDAY)
    assert other is not None
    assert [one.event_id for one in other.national] == [national.event_id]
    assert [one.event_id for one in other.online] == [online.event_id]
    assert other.own == []


async def test_nothing_is_said_where_there_is_nothing(
    services: Services, database: Database, clock: FakeClock, representative: Actor, theirs: int
) -> None:
    await posted(services, representative, "11/30(月) 19時〜20時 来週の部会")
    await on_sunday(services, clock)
    assert await said(database, weeks.WEEK) == []
    plans = [one.due_at for one in await said(database, weeks.SEND) if one.due_at > EVENING]
    assert plans == [datetime.fromisoformat("2026-11-29T18:00+09:00")], "the next Sunday is planned"


async def test_a_day_late_it_is_left_out(
    services: Services, database: Database, clock: FakeClock, representative: Actor, lc: int, theirs: int
) -> None:
    await posted(services, representative, "11/27(金) 19時〜20時 部会")
    await on_sunday(services, clock, hours=25)
    assert await said(database, weeks.WEEK) == []
    await services[WeekService].send(1, SUNDAY)
    assert await services[WeekService].week(1, lc, SUNDAY) is None
    assert len([one for one in await said(database, weeks.SEND) if one.due_at > clock.last]) == 1


async def test_some_hours_late_it_is_said(
    services: Services, database: Database, clock: FakeClock, representative: Actor, theirs: int
) -> None:
    await posted(services, representative, "11/27(金) 19時〜20時 部会")
    await on_sunday(services, clock, hours=20)
    assert len(await said(database, weeks.WEEK)) == 1


async def test_without_a_thread_it_goes_to_the_channel(
    services: Services, database: Database, clock: FakeClock, representative: Actor, lc: int, theirs: int
) -> None:
    await posted(services, representative, "11/27(金) 19時〜20時 部会")
    async with database.writing() as session:
        await session.execute(delete(ServerPart).where(ServerPart.key == f"thread:lc:{lc}"))
    await on_sunday(services, clock)
    (message,) = await said(database, weeks.WEEK)
    assert (message.recipient_kind, message.recipient_id) == (RecipientKind.CHANNEL, LC_CHANNEL)


async def test_officers_switch_it_off_for_their_lc(
    services: Services, database: Database, clock: FakeClock, representative: Actor, lc: int, theirs: int
) -> None:
    await posted(services, representative, "11/27(金) 19時〜20時 部会")
    service = services[WeekService]
    with pytest.raises(NotAllowed):
        await service.switch(await actor(services, OTHER), lc, on=False)
    await service.switch(representative, lc, on=False)
    await service.switch(representative, lc, on=False)
    assert (await service.own_week(representative, lc, SUNDAY)).is_off
    await on_sunday(services, clock)
    assert await said(database, weeks.WEEK) == []
    assert await service.week(1, lc, SUNDAY) is None
    await service.switch(representative, lc, on=True)
    assert (await service.own_week(representative, lc, SUNDAY)).is_off is False
    await service.send(1, SUNDAY)
    assert len(await said(database, weeks.WEEK)) == 1


async def test_only_its_members_read_the_week_of_an_lc(
    services: Services, representative: Actor, lc: int, theirs: int
) -> None:
    (student,) = await people(services, 1)
    for person in (student, await actor(services, OTHER)):
        with pytest.raises(NotAllowed):
            await services[WeekService].own_week(person, lc, SUNDAY)
