"""Taking back what may have arrived although the bot doesn't know it: the answer of Discord was lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import NoResultFound

from bot.db import Database
from bot.deliveries.models import Delivery, DeliveryState
from bot.errors import NotAllowed, NotFound
from bot.features import Services
from bot.features.announcements.correcting import CorrectionService
from bot.features.announcements.inbox import AcknowledgementService
from bot.features.announcements.models import Announcement, AnnouncementFile
from bot.features.announcements.outside import OutsideService
from bot.features.announcements.values import Content
from bot.features.people.actors import Actor
from tests.announcements.support import Setting, begin, two_lcs
from tests.announcements.test_service import rows, sent
from tests.support.clocks import FakeClock
from tests.support.people import NEWCOMER, OFFICER, actor
from tests.support.worlds import World, page_text


@pytest.fixture
async def officer(services: Services, database: Database) -> Actor:
    await two_lcs(services, database)
    return await actor(services, OFFICER)


async def lose_the_answer(database: Database, kind: str, at: Any, ago: timedelta, wait: timedelta) -> None:
    """It was attempted, and nobody knows whether it arrived. It is tried again after ``wait``."""
    async with database.writing() as session:
        await session.execute(
            update(Delivery)
            .where(Delivery.kind == kind)
            .values(
                state=DeliveryState.PENDING.value, attempted_at=at - ago, next_attempt_at=at + wait, attempts=1,
                channel_id=None, message_id=None, settled_at=None,
            )
        )  # fmt: skip


async def test_what_may_have_arrived_is_settled_first_and_counts_as_waiting(
    services: Services, database: Database, officer: Actor, clock: FakeClock
) -> None:
    announcement_id, corrections = await sent(services, officer), services[CorrectionService]
    await lose_the_answer(database, "announcements:message", clock.now(), timedelta(0), timedelta(minutes=1))
    await corrections.take_back(officer, announcement_id)
    assert [row.state for row in await rows(database, "announcements:message")] == ["pending"], "to be settled first"
    assert (await corrections.withdrawal(officer, announcement_id)).waiting == 1
    await corrections.delete_messages(announcement_id, 500)
    assert len(await rows(database, "announcements:withdraw")) == 1, "at last it is let be"
    await corrections.delete_messages(announcement_id, 40)
    later = (await rows(database, "announcements:withdraw"))[-1]
    assert later.due_at == clock.last + timedelta(hours=1), "an outage may be long"
    async with database.writing() as session:
        await session.execute(
            update(Delivery)
            .where(Delivery.kind == "announcements:message")
            .values(state=DeliveryState.SENT.value, channel_id=7_001, message_id=5)
        )
    await corrections.delete_messages(announcement_id, 41)
    assert (await corrections.withdrawal(officer, announcement_id)).waiting == 1
    assert [":delete:" in row.key for row in await rows(database, "announcements:message")] == [False, True]


async def test_what_certainly_has_not_gone_out_never_does(
    services: Services, database: Database, officer: Actor
) -> None:
    announcement_id = await sent(services, officer)
    await services[CorrectionService].take_back(officer, announcement_id)
    assert [row.state for row in await rows(database, "announcements:message")] == ["withdrawn"]
    assert (await services[CorrectionService].withdrawal(officer, announcement_id)).waiting == 0


async def test_a_correction_reaches_what_was_still_going_out(
    services: Services, database: Database, officer: Actor, clock: FakeClock
) -> None:
    announcement_id, corrections = await sent(services, officer), services[CorrectionService]
    await set_message(database, state=DeliveryState.CLAIMED.value, attempted_at=clock.now())
    await corrections.correct(officer, announcement_id, 0, Content("総会", "2日です", "", ""))
    await corrections.edit_messages(announcement_id, 1, 0)
    assert await changes(database, ":edit:") == [], "it has no number yet"
    await set_message(database, state=DeliveryState.SENT.value, channel_id=7_001, message_id=5)
    for turn in (1, 2):
        await corrections.edit_messages(announcement_id, 1, turn)
        assert await changes(database, ":edit:") == ["pending"], "a later look takes nothing back"
    await corrections.correct(officer, announcement_id, 1, Content("総会", "3日です", "", ""))
    await corrections.edit_messages(announcement_id, 2, 0)
    assert await changes(database, ":edit:") == ["withdrawn", "pending"], "of the older edition only"


async def test_who_may_not_change_it_learns_nothing_of_its_ways(
    services: Services, database: Database, officer: Actor
) -> None:
    announcement_id = await sent(services, officer)
    stranger = await actor(services, NEWCOMER)
    for ask in (services[OutsideService].routes, services[CorrectionService].withdrawal):
        with pytest.raises(NotAllowed):
            await ask(stranger, announcement_id)
        with pytest.raises(NotFound):
            await ask(officer, announcement_id + 1)


async def test_only_the_organisation_that_sent_a_file_reads_it(
    services: Services, database: Database, officer: Actor, clock: FakeClock
) -> None:
    readings, (file_id, draft_file) = services[AcknowledgementService], (1, 2)
    announcement_id = await sent(services, officer)
    async with database.writing() as session:
        for number in (file_id, draft_file):
            session.add(
                AnnouncementFile(
                    id=number, organisation_id=1, filename="plan.txt", content=b"plan", size=4, created_at=clock.now()
                )
            )
        await session.flush()
        (await session.get_one(Announcement, announcement_id)).file_id = file_id
    assert await readings.file(1, file_id) == ("plan.txt", b"plan")
    for organisation_id, number in ((2, file_id), (1, draft_file)):
        with pytest.raises(NoResultFound):
            await readings.file(organisation_id, number)


async def set_message(database: Database, **values: Any) -> None:
    async with database.writing() as session:
        await session.execute(update(Delivery).where(Delivery.kind == "announcements:message").values(**values))


async def changes(database: Database, which: str) -> list[str]:
    return [row.state for row in await rows(database, "announcements:message") if which in row.key]


@pytest.fixture
async def setting(world: World) -> Setting:
    return await begin(world)


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(minutes=10)])
async def test_a_message_whose_answer_was_lost_is_deleted_too(setting: Setting, ago: timedelta) -> None:
    await setting.send()
    assert setting.messages("東京大学")
    bot = setting.world.bot
    await lose_the_answer(bot.database, "announcements:message", bot.clock.now(), ago, timedelta(minutes=1))
    status = await setting.status()
    await setting.officer.click(status, label="取り下げる")
    await setting.officer.click(status, label="はい、すべて取り下げる")
    assert "削除中：**2**件" in page_text(status)
    await setting.go(hours=0.2)
    assert not setting.messages("東京大学")
    assert not setting.messages("京都大学")
    await setting.officer.click(status, label="最新の状況")
    assert "削除済み：**2**件" in page_text(status)
