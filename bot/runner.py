"""What lives around the bot in a real process: the file's lock, the scheduler, the web server and the signals."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path

import aiohttp
import discord
import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot import backups, deletions, endpoint, schema
from bot import log as logging_setup
from bot.app import Bot, build
from bot.clock import SystemClock
from bot.db import Database
from bot.deliveries.housekeeping import purge
from bot.errors import StartError
from bot.settings import Settings
from bot.web.metrics import Numbers, exposition
from bot.web.server import Check, serving

log = structlog.get_logger("tsunagu.runner")

#: Seconds that what is in hand has, after SIGTERM or Ctrl-C, to come to its end, and then the connections to close.
GRACE_SECONDS = 7.0
CLOSE_SECONDS = 2.0


@contextmanager
def only_process(file: Path | None) -> Iterator[None]:
    """Hold the SQLite file for this process alone. Released by the system too when the process dies.

    Raises:
        StartError: another process holds it.
    """
    if file is None:
        yield
        return
    from filelock import FileLock, Timeout

    lock = FileLock(f"{file}.lock")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:  # before OSError, of which it is one
        raise StartError(
            f"Another process is using {file}. Stop it first, or use PostgreSQL for several processes."
        ) from None
    except OSError as error:
        raise StartError(f"The folder of the database, {file.parent}, can't be used ({error.strerror}).") from None
    try:
        yield
    finally:
        lock.release()


async def migrate(settings: Settings) -> None:
    """Bring the database up to date and say what was done."""
    logging_setup.configure(settings)
    with only_process(settings.database_file):
        database = Database(settings.database_url)
        try:
            changed = await _upgrade(database)
        finally:
            await database.close()
    print("The database is up to date now." if changed else "The database was up to date already.")


async def back_up(settings: Settings) -> None:
    """Copy the database now, whether or not the bot is running, and say where."""
    logging_setup.configure(settings)
    print(await backups.backup(settings.database_url, settings.backup_folder, SystemClock().now()))


async def restore(settings: Settings, source: Path | None) -> None:
    """Put a copy (the newest, if none is named) in the place of the database. The bot has to be stopped.

    Raises:
        StartError: the bot is running, or the copy can't be used; nothing has been changed then.
    """
    logging_setup.configure(settings)
    if source is None:
        found = backups.copies(settings.backup_folder)
        if not found:
            raise StartError(f"There is no backup in {settings.backup_folder}.")
        source = found[0]
    clock = SystemClock()
    with only_process(settings.database_file):
        deleted = await deletions.known(settings.database_url, settings.backup_folder, clock)
        aside = await backups.restore(settings.database_url, source, clock.now())
        database = Database(settings.database_url)
        try:
            await _upgrade(database)
            count = await deletions.apply(database, clock, deleted)
        finally:
            await database.close()
    print(f"Restored {source}." + (f" What was there before is now {aside}." if aside else ""))
    if count:
        print(f"Deleted again what people had deleted since then: {count}.")


async def run(settings: Settings, *, worker_only: bool = False) -> None:
    """Run the bot on Discord until a signal ends it; ``worker_only`` sends what is due and has no gateway session.

    Raises:
        StartError: no token, one that Discord refuses, an intent that is switched off, a database, a name or an
            address that can't be used.
    """
    logging_setup.configure(settings)
    if settings.discord_token is None:
        raise StartError(
            "DISCORD_TOKEN is not set. Set it to your bot's token, or run the demo without Discord: python -m bot demo"
        )
    if worker_only and settings.database_file is not None:
        raise StartError("Several processes need PostgreSQL: set TSUNAGU_DATABASE_URL, or leave --worker out.")
    with only_process(settings.database_file):
        bot = build(settings, SystemClock())
        try:
            await _upgrade(bot.database)
            async with _only_of_this_name(bot):
                await _serve(bot, worker_only=worker_only)
        finally:
            # The other side may not answer the good-bye; what matters has been done by now.
            with suppress(TimeoutError):
                await asyncio.wait_for(bot.close(), CLOSE_SECONDS)


async def _serve(bot: Bot, *, worker_only: bool) -> None:
    settings = bot.settings
    assert settings.discord_token is not None
    await _log_in(bot, settings.discord_token.get_secret_value())
    endpoint.limit_silence(bot)
    deletions.keep(bot.database, settings.backup_folder)
    checks: dict[str, Check] = {"database": partial(_database, bot), "worker": partial(_worker, bot)}
    if worker_only:
        await bot.worker.start()
    else:
        checks["gateway"] = partial(_gateway, bot)
    metrics = exposition(partial(_numbers, bot))
    async with (
        serving(settings.http_host, settings.http_port, checks, metrics) as port,
        _housekeeping(bot, worker_only=worker_only),
    ):
        log.info("health server", host=settings.http_host, port=port)
        await _until_signal(bot, connect=not worker_only)


@asynccontextmanager
async def _only_of_this_name(bot: Bot) -> AsyncIterator[None]:
    """On PostgreSQL, several processes may share the work: each under a name of its own.

    Raises:
        StartError: a process of this name is running.
    """
    if bot.database.is_sqlite:
        yield
        return
    name = bot.settings.process_name
    async with bot.database.engine.connect() as connection:
        lock = text("SELECT pg_try_advisory_lock(hashtext(:name))")
        if not await connection.scalar(lock, {"name": f"tsunagu {name}"}):
            raise StartError(
                f"Another process called {name} uses this database. Stop it, or give this one another name: "
                "TSUNAGU_PROCESS_NAME"
            )
        yield


async def _upgrade(database: Database) -> bool:
    try:
        return await schema.upgrade(database)
    except (OSError, SQLAlchemyError, sqlite3.Error, TypeError) as error:
        # TypeError: an option in the address that the driver doesn't know.
        log.debug("database trouble", exc_info=error)
        raise StartError(
            f"The database can't be used ({type(error).__name__}). Check TSUNAGU_DATABASE_URL, and that it is running."
        ) from None


async def _log_in(bot: Bot, token: str) -> None:
    try:
        await bot.login(token)
    except discord.LoginFailure:
        raise StartError("Discord refuses the DISCORD_TOKEN. Copy it again from the Developer Portal.") from None
    except (aiohttp.ClientError, TimeoutError) as error:
        raise StartError(
            f"Discord can't be reached ({type(error).__name__}). Check the network and try again."
        ) from None
    except discord.HTTPException as error:
        raise StartError(f"Discord doesn't let the bot in just now (HTTP {error.status}). Try again later.") from None
    except discord.app_commands.AppCommandError as error:
        log.debug("command set refused", exc_info=error)
        raise StartError(
            "Discord refuses the commands. Please report it with a log at TSUNAGU_LOG_LEVEL=debug."
        ) from None


async def _until_signal(bot: Bot, *, connect: bool) -> None:
    """Be connected until SIGTERM or Ctrl-C; then let what is in hand come to its end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    connection = asyncio.create_task(bot.connect() if connect else stop.wait(), name="gateway")
    stopping = asyncio.create_task(stop.wait(), name="signals")
    try:
        await asyncio.wait({connection, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if connection.done() and not stop.is_set():
            await connection
            return
        log.info("stopping")
        connection.cancel()  # nothing new comes in from here on; the connection for answers stays
        in_hand = endpoint.handlers_in_hand()
        sending = asyncio.create_task(bot.worker.stop(GRACE_SECONDS - 1), name="worker's end")
        if in_hand := in_hand | {sending}:
            _, late = await asyncio.wait(in_hand, timeout=GRACE_SECONDS)
            if late:
                log.warning("stopped before everything was done", unfinished=len(late))
    except discord.PrivilegedIntentsRequired:
        raise StartError(
            "Discord refuses the connection: switch on “Server Members Intent” for the bot in the Developer Portal."
        ) from None
    finally:
        stopping.cancel()
        connection.cancel()
        await asyncio.gather(stopping, connection, return_exceptions=True)


async def _gateway(bot: Bot) -> str | None:
    return None if bot.is_ready() and not bot.is_closed() else "not connected to Discord"


async def _database(bot: Bot) -> str | None:
    try:
        async with bot.database.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except (OSError, SQLAlchemyError) as error:
        return f"no answer ({type(error).__name__})"
    return None


async def _worker(bot: Bot) -> str | None:
    return bot.worker.trouble


def _numbers(bot: Bot) -> Numbers:
    return Numbers(
        ready=bot.is_ready() and not bot.is_closed(),
        servers=len(bot.guilds),
        members=sum(guild.member_count or 0 for guild in bot.guilds),
        interactions=dict(bot.interactions),
        errors=dict(bot.errors),
    )


async def _beat(url: str) -> None:
    """Tell whoever watches from outside that the bot is up. A beat that fails is no trouble of the bot's own."""
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as http, http.get(url) as answer:
            if answer.status >= 400:
                log.warning("heartbeat refused", status=answer.status)
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("heartbeat failed", reason=type(error).__name__)


async def _beat_if_ready(bot: Bot, url: str) -> None:
    if await _gateway(bot) is None and await _database(bot) is None:
        await _beat(url)


@asynccontextmanager
async def _housekeeping(bot: Bot, *, worker_only: bool) -> AsyncIterator[None]:
    """Regular chores, in memory only: what must not be lost stands in the database, never in a scheduler."""
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": 3600})
    scheduler.add_job(_look_after, "interval", seconds=1 if worker_only else 30, args=[bot], id="deliveries")
    if not worker_only:
        if bot.database.is_sqlite:
            scheduler.add_job(bot.database.optimise, "interval", hours=24, id="optimise")
        scheduler.add_job(_purge, "cron", hour=19, minute=0, args=[bot], id="purge")  # 04:00 in Tokyo
        scheduler.add_job(_nightly, "cron", hour=18, minute=30, args=[bot], id="backup")  # 03:30 in Tokyo
    if url := bot.settings.heartbeat_url:
        address, every = url.get_secret_value(), bot.settings.heartbeat_seconds
        first = bot.clock.now()
        scheduler.add_job(_beat_if_ready, "interval", seconds=every, args=[bot, address], next_run_time=first)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


async def _nightly(bot: Bot) -> None:
    """The copy of the night. One that fails is an error in the log; the next night tries again."""
    try:
        file = await backups.backup(bot.settings.database_url, bot.settings.backup_folder, bot.clock.now())
    except StartError as error:
        log.error("backup failed", reason=str(error))
    else:
        log.info("backup made", file=str(file), bytes=file.stat().st_size)


async def _look_after(bot: Bot) -> None:
    """What a process that shares its database can't hear of: rows of others, and claims that others left behind."""
    try:
        await bot.worker.look_after()
    except (OSError, SQLAlchemyError) as error:
        log.error("deliveries not looked after", reason=type(error).__name__)


async def _purge(bot: Bot) -> None:
    try:
        count = await purge(bot.database, bot.clock.now())
    except (OSError, SQLAlchemyError) as error:
        log.error("old deliveries not purged", reason=type(error).__name__)
    else:
        log.info("old deliveries purged", count=count)
