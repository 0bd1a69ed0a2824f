"""The chores of a real process, by the clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.app import Bot
from bot.backups.nightly import Newest, copy_tonight, look
from bot.db import Database
from bot.deliveries.housekeeping import purge
from bot.features.attendance.checking_in import CheckInService
from bot.features.contacts.service import ContactService
from bot.features.members.arrivals import ArrivalService
from bot.features.members.hello import HELLO
from bot.features.record_keeping.retention import RetentionService
from bot.features.record_keeping.service import RosterService
from bot.features.sheets.service import SheetService
from bot.features.symposia.watching import SymposiumWatch
from bot.web.server import Check

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

#: When the copy of each night is made: 03:30 in Tokyo.
COPIED_AT = time(18, 30, tzinfo=UTC)

log = structlog.get_logger("tsunagu.housekeeping")


async def _beat(url: str) -> None:
    """Tell the outside monitor that the bot is up. A beat that fails is no trouble of the bot's own."""
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as http, http.get(url) as answer:
            if answer.status >= 400:
                log.warning("heartbeat refused", status=answer.status)
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("heartbeat failed", reason=type(error).__name__)


async def _beat_if_ready(checks: Mapping[str, Check], url: str) -> None:
    if all([await check() is None for check in checks.values()]):
        await _beat(url)


@asynccontextmanager
async def housekeeping(
    bot: Bot, newest: Newest, checks: Mapping[str, Check], *, worker_only: bool
) -> AsyncIterator[None]:
    """Regular chores, in memory only. Work that must not be lost stands in the database, never in a scheduler."""
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": 3600})
    every = 30 if bot.database.is_sqlite else 1 if worker_only else 5  # others may enqueue, or die with claimed rows
    scheduler.add_job(_chore(_look_after), "interval", seconds=every, args=[bot], id="deliveries")
    if not worker_only:
        _add_chores(scheduler, bot, newest)
    if url := bot.settings.heartbeat_url:
        address, every = url.get_secret_value(), bot.settings.heartbeat_seconds
        first = bot.clock.now()
        scheduler.add_job(
            _chore(_beat_if_ready), "interval", seconds=every, args=[checks, address], next_run_time=first
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


def _chore(work: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[None]]:
    """At the end the scheduler cancels what runs, and logs that as an error with a traceback. A stop is no error: the
    next start does what was cut off."""

    @wraps(work)
    async def run(*args: Any) -> None:
        try:
            await work(*args)
        except asyncio.CancelledError:
            log.info("chore cut off by the end", chore=work.__name__)

    return run


def _add_chores(scheduler: AsyncIOScheduler, bot: Bot, newest: Newest) -> None:
    """What one process does for all."""
    copying = [bot.settings, bot.clock, newest]
    if bot.database.is_sqlite:
        scheduler.add_job(_chore(_optimise), "interval", hours=24, args=[bot.database], id="optimise")
    # A machine that slept does them when it wakes, once; a process that wasn't there does them when it starts.
    nightly: dict[str, Any] = {"trigger": "cron", "misfire_grace_time": None}
    scheduler.add_job(_chore(forget), hour=18, minute=15, args=[bot], id="forget", **nightly)  # 03:15 in Tokyo
    hour, minute = COPIED_AT.hour, COPIED_AT.minute
    scheduler.add_job(_chore(copy_tonight), hour=hour, minute=minute, args=copying, id="backup", **nightly)
    scheduler.add_job(_chore(make_up_for_night), args=[bot, newest], id="missed")
    # Copies are made by hand too, and somebody may empty a folder: what /metrics says is looked up again.
    scheduler.add_job(
        _chore(look), "interval", hours=1, args=[bot.settings, newest], next_run_time=bot.clock.now(), id="look"
    )
    scheduler.add_job(_chore(bot.role_keeper.look_everywhere), "interval", hours=1, id="roles")
    scheduler.add_job(_chore(bot.services[SheetService].forget_expired), "interval", minutes=10, id="sheets")
    scheduler.add_job(_chore(_purge), hour=19, minute=0, args=[bot], id="purge", **nightly)  # 04:00 in Tokyo


async def forget(bot: Bot) -> None:
    """Before the copy of the night: delete rows whose time is over."""
    chores: dict[str, Callable[[], Awaitable[int | tuple[int, int]]]] = {
        "holder_contacts": bot.services[ContactService].forget_ended,
        "arrivals": bot.services[ArrivalService].forget_greeted,
        "unclaimed_records": bot.services[RosterService].forget_expired,
        "wrong_codes": bot.services[CheckInService].forget_wrong_codes,
        "guests_of_symposia": bot.services[SymposiumWatch].look,
        "people_asked_and_taken_out": bot.services[RetentionService].run,
    }
    done: dict[str, int | tuple[int, int]] = {}
    for name, chore in chores.items():
        try:
            done[name] = await chore()
        except Exception:  # the others don't wait for it; the next night tries it again
            log.exception("not forgotten", what=name)
    log.info("forgotten", **done)


def last_night(now: datetime) -> datetime:
    """The last time for a copy that has passed."""
    tonight = datetime.combine(now.astimezone(UTC), COPIED_AT)
    return tonight if tonight <= now else tonight - timedelta(days=1)


async def make_up_for_night(bot: Bot, newest: Newest) -> None:
    """At the start, do what a night was for: a machine that is off every night would never have a copy, or forget.

    Forgetting and purging change nothing when they are done again, and cost little where nothing is due: so they are
    done at each start, and nobody has to remember when they were last. They hang on no copy, which may fail. A copy is
    made if there is none since the last night; a new place has none, and gets its first.
    """
    await forget(bot)
    await _purge(bot)
    await look(bot.settings, newest)
    if newest.here is None or newest.here < last_night(bot.clock.now()):
        await copy_tonight(bot.settings, bot.clock, newest)


async def _look_after(bot: Bot) -> None:
    """What a process that shares its database can't hear of: rows of others, and claims that others left behind."""
    try:
        await bot.worker.look_after()
    except (OSError, SQLAlchemyError) as error:
        log.error("deliveries not looked after", reason=type(error).__name__)


async def _purge(bot: Bot) -> None:
    try:
        count = await purge(bot.database, bot.clock.now(), standing=(HELLO,))
    except (OSError, SQLAlchemyError) as error:
        log.error("old deliveries not purged", reason=type(error).__name__)
    else:
        log.info("old deliveries purged", count=count)


async def _optimise(database: Database) -> None:
    """Let SQLite renew the statistics by which it plans its queries."""
    async with database.reading() as connection:
        await connection.execute(text("PRAGMA optimize"))
