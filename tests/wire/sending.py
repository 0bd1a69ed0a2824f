"""``python -m tests.wire.sending``: the process of ``python -m bot run``, with a renderer for the tests' deliveries.

Everything else is the real thing. One argument, JSON: see ``Options``. Standard input takes JSON lines that change the
clock (``{"clock": -3600}``: seconds; what is due is done then, and the chores) or how large the SQLite
file may become (``{"pages": 120}``; 0: any size).
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import event

from bot import runner, settings
from bot.app import Bot, build
from bot.backups.nightly import Newest, copy_tonight
from bot.clock import Clock
from bot.deliveries.housekeeping import purge
from bot.deliveries.models import WorkerSign
from bot.deliveries.values import Due
from bot.deliveries.worker import Worker
from bot.errors import StartError
from bot.features.memberships import renewals
from bot.features.sheets.service import SheetService
from bot.housekeeping import forget
from bot.ui import chunking
from bot.ui.home import home_button
from bot.ui.pages import Page
from bot.ui.renderers import Message, Occasion
from bot.ui.sender import DiscordSender
from tests.support.answering import watched
from tests.wire.watched import report

log = structlog.get_logger("tsunagu.tests")

KIND = "wire:test"
#: The hour of the copy of the night, UTC.
COPY_AT = timedelta(hours=18, minutes=30)


@dataclass(frozen=True)
class Options:
    """``lease``, ``nonce_trusted``, ``heartbeat_timeout``, ``chunk_wait``: seconds, where the real ones would take a
    test too long. ``clock``: seconds by which it is ahead from the first moment; ``april_batch``: people asked in one
    transaction."""

    worker: bool = False
    clock: float = 0
    april_batch: int = renewals.BATCH
    lease: float = 120
    nonce_trusted: float = 60
    heartbeat_timeout: float = 60
    chunk_wait: float = 60


class MovedClock:
    def __init__(self, seconds: float = 0) -> None:
        self.by = timedelta(seconds=seconds)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.by


def main() -> int:
    options = Options(**json.loads(sys.argv[1]))

    def build_for_tests(loaded: settings.Settings, _clock: Clock) -> Bot:
        clock = MovedClock(options.clock)
        bot = build(loaded, clock)

        async def render(occasion: Occasion, due: Due) -> Message:
            # The footer names the process, so that a test sees who sent what. Every other message has a button that
            # carries its mark.
            rows = [[home_button(occasion.words)]] if due.id % 2 else []
            return Message(Page(title="お知らせ", text=due.key, footer=loaded.process_name, rows=rows))

        bot.renderers.register(KIND, render)
        bot._connection.heartbeat_timeout = options.heartbeat_timeout
        bot.worker = Worker(
            bot.database,
            clock,
            DiscordSender(bot),
            name=loaded.process_name,
            rate=loaded.send_rate,
            direct_rate=loaded.direct_message_rate,
            lease=timedelta(seconds=options.lease),
            nonce_trusted=options.nonce_trusted,
        )
        _listen(bot, clock)
        return bot

    renewals.BATCH = options.april_batch
    chunking.CHUNK_WAIT = options.chunk_wait
    runner.build = build_for_tests  # type: ignore[attr-defined, assignment]
    try:
        with watched(report):
            asyncio.run(runner.run(settings.load(), worker_only=options.worker))
    except StartError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _listen(bot: Bot, clock: MovedClock) -> None:
    """Do what standard input says."""
    pages: dict[str, int] = {}
    chores: list[asyncio.Task[None]] = []

    def limit(connection: Any) -> None:
        if "most" in pages:
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages['most'] or 1_073_741_823}")

    def read() -> None:
        lines = os.read(sys.stdin.fileno(), 65_536).decode().splitlines()
        if not lines:
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        for line in lines:
            order = json.loads(line)
            if "clock" in order:
                clock.by += timedelta(seconds=order["clock"])
                chores.append(asyncio.get_running_loop().create_task(_time_has_passed(bot, clock, order["clock"])))
            if "days" in order:
                chores.append(asyncio.get_running_loop().create_task(_live_through(bot, clock, order["days"])))
            if "pages" in order:
                pages["most"] = order["pages"]
            if "wake" in order:
                bot.worker.wake()

    event.listen(bot.database._writer.sync_engine, "begin", limit, insert=True)
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), read)


async def _live_through(bot: Bot, clock: MovedClock, seconds: float) -> None:
    """Let so much time pass with the worker alive: it has signed. Else what fell due would look like an outage, or not,
    by whether it was sent before the next sign."""
    by = timedelta(seconds=seconds)
    async with bot.database.writing() as session:
        session.add(WorkerSign(name=f"moved to {clock.now() + by}", seen_at=clock.now() + by))
    clock.by += by
    await _time_has_passed(bot, clock, seconds)


async def _time_has_passed(bot: Bot, clock: MovedClock, seconds: float) -> None:
    """What timers would have done meanwhile: they go by the machine's own clock, and know nothing of a moved one."""
    bot.worker.wake()
    if bot.is_ready():
        await bot.role_keeper.look_everywhere()
        await bot.services[SheetService].forget_expired()
        await forget(bot)
        await purge(bot.database, clock.now())
        now = clock.now()
        if (now - COPY_AT).date() > (now - COPY_AT - timedelta(seconds=seconds)).date():
            await copy_tonight(bot.settings, clock, Newest())
    log.info("clock moved", now=clock.now().isoformat())


if __name__ == "__main__":
    sys.exit(main())
