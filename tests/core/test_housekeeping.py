from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.backups.database import copies
from bot.backups.nightly import Newest
from bot.features import Services
from bot.features.contacts.service import ContactService
from bot.features.rosters.retention import RetentionService
from bot.housekeeping import _chore, forget, make_up_for_night
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


async def test_a_night_that_went_by_without_the_bot_is_made_up_for_once(world: World, tmp_path: Path) -> None:
    bot, newest = world.bot, Newest()
    bot.settings = bot.settings.model_copy(update={"backup_folder": tmp_path})
    await make_up_for_night(bot, newest)
    assert copies(tmp_path) == [], "a new place waits for its first night"
    for ago, made in ((timedelta(hours=20), False), (timedelta(days=8), True)):
        for old in copies(tmp_path):
            old.unlink()
        (tmp_path / f"tsunagu-{bot.clock.now() - ago:%Y%m%d-%H%M%S}.db").write_bytes(b"")
        for _ in range(2):
            await make_up_for_night(bot, newest)
            assert len(copies(tmp_path)) == 1 + made
