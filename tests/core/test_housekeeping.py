from __future__ import annotations

import asyncio
import logging

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.housekeeping import _chore


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
