from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from bot.backups.database import copies
from bot.backups.nightly import Newest
from bot.deliveries.housekeeping import KEPT
from bot.deliveries.models import Delivery, DeliveryState
from bot.features import Services
from bot.features.contacts.service import ContactService
from bot.features.record_keeping.retention import RetentionService
from bot.housekeeping import COPIED_AT, _chore, forget, last_night, make_up_for_night
from tests.support.deliveries import new, put, states
from tests.support.people import found_organisation
from tests.support.worlds import World


async def test_a_chore_of_the_night_that_fails_ends_no_other(
    monkeypatch: pytest.MonkeyPatch, services: Services
) -> None:
    done: list[str] = []

    async def fails(_self: ContactService) -> int:
        raise RuntimeError

    async def run(_self: RetentionService) -> tuple[int, int]:
        done.append("retention")
        return 0, 0

    monkeypatch.setattr(ContactService, "forget_ended", fails)
    monkeypatch.setattr(RetentionService, "run", run)
    bot: Any = SimpleNamespace(services=services)
    await forget(bot)
    assert done == ["retention"]


async def test_a_chore_that_the_end_cuts_off_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    scheduler = AsyncIOScheduler(timezone="UTC")
    scheduler.add_job(_chore(work))
    with caplog.at_level(logging.INFO):
        scheduler.start()
        await begun.wait()
        scheduler.shutdown(wait=False)
        await ended.wait()
        await asyncio.sleep(0)  # the scheduler writes down what became of it
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@given(st.datetimes(timezones=st.just(ZoneInfo("Asia/Tokyo")), min_value=datetime(2026, 1, 1)))  # noqa: DTZ001
def test_the_last_night_is_the_last_time_for_a_copy_that_has_passed(now: datetime) -> None:
    night = last_night(now)
    assert timedelta() <= now - night < timedelta(days=1)
    assert night.astimezone(UTC).timetz() == COPIED_AT


async def test_a_new_place_gets_its_first_copy_at_the_start_and_no_second(world: World, tmp_path: Path) -> None:
    bot, newest = world.bot, Newest()
    bot.settings = bot.settings.model_copy(update={"backup_folder": tmp_path / "new"})
    for _ in range(2):
        await make_up_for_night(bot, newest)
        assert len(copies(tmp_path / "new")) == 1
        assert newest.here is not None


@pytest.mark.parametrize(
    ("after_the_night", "missed"),
    [
        (timedelta(seconds=-1), True),
        (timedelta(hours=-9), True),
        (timedelta(days=-8), True),
        (timedelta(), False),
    ],
    ids=["made by hand just before", "made at yesterday's start", "of a week ago", "made in the night"],
)
async def test_a_night_that_went_by_without_the_bot_is_made_up_for_once(
    world: World, tmp_path: Path, after_the_night: timedelta, missed: bool
) -> None:
    bot, newest = world.bot, Newest()
    bot.settings = bot.settings.model_copy(update={"backup_folder": tmp_path})
    made = last_night(bot.clock.now()) + after_the_night
    (tmp_path / f"tsunagu-{made:%Y%m%d-%H%M%S}.db").write_bytes(b"")
    for _ in range(2):
        await make_up_for_night(bot, newest)
        assert len(copies(tmp_path)) == 1 + missed


async def test_a_machine_that_is_on_by_day_only_has_a_copy_of_every_day(world: World, tmp_path: Path) -> None:
    bot = world.bot
    bot.settings = bot.settings.model_copy(update={"backup_folder": tmp_path})
    for day in range(1, 4):
        await make_up_for_night(bot, Newest())
        assert len(copies(tmp_path)) == day
        await world.env.advance_time(timedelta(days=1).total_seconds())


async def test_where_copies_fail_a_night_is_made_up_for_all_the_same(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    forgotten: list[str] = []

    async def run(_self: RetentionService) -> tuple[int, int]:
        forgotten.append("retention")
        return 0, 0

    monkeypatch.setattr(RetentionService, "run", run)
    bot, database = world.bot, world.bot.database
    (tmp_path / "full").write_bytes(b"")  # no folder, so that no copy can be made in it
    bot.settings = bot.settings.model_copy(update={"backup_folder": tmp_path / "full"})
    today = bot.clock.now().date()
    await found_organisation(bot.services, starts_on=today, ends_on=today + timedelta(days=300))
    await put(database, bot.clock, new("old", bot.clock.now()))
    async with database.writing() as session:
        await session.execute(
            update(Delivery).values(state=DeliveryState.SENT, settled_at=bot.clock.now() - KEPT - timedelta(days=1))
        )
    world.expects_faults = True
    await make_up_for_night(bot, Newest())
    assert "backup failed" in caplog.text
    assert forgotten == ["retention"]
    assert await states(database) == {}
