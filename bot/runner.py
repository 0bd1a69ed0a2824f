"""What lives around the bot in a real process: the file's lock, the scheduler, the web server and the signals."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import discord
import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot import deletions, endpoint, schema
from bot import log as logging_setup
from bot.app import Bot, build
from bot.backups.nightly import Newest
from bot.clock import SystemClock
from bot.db import Database
from bot.errors import StartError
from bot.features.calendars.service import CalendarService
from bot.features.certificates.service import CertificateService
from bot.features.guests.service import GuestService
from bot.housekeeping import housekeeping
from bot.settings import Settings
from bot.signals import on_end
from bot.web.calendars import Calendars
from bot.web.certificates import Checks
from bot.web.guests import Guests
from bot.web.metrics import Numbers, exposition
from bot.web.server import Check, serving

log = structlog.get_logger("tsunagu.runner")

#: Seconds that running work has to finish after SIGTERM or Ctrl-C, and then the connections to close.
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
    except Timeout:  # before OSError, as it is one
        raise StartError(
            f"Another process is using {file}. Stop it first, or use PostgreSQL for several processes."
        ) from None
    except OSError as error:
        raise StartError(f"The database folder {file.parent} can't be used ({error.strerror}).") from None
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
            changed = await bring_up_to_date(database)
        finally:
            await database.close()
    print("The database is now up to date." if changed else "The database was already up to date.")


async def run(settings: Settings, *, worker_only: bool = False) -> None:
    """Run the bot on Discord until a signal ends it; ``worker_only`` sends what is due and has no gateway session.

    Raises:
        StartError: no token, one that Discord refuses, an intent that is switched off, a database, a name or an
            address that can't be used.
    """
    logging_setup.configure(settings)
    if settings.discord_token is None:
        raise StartError(
            "DISCORD_TOKEN isn't set. Set it to your bot's token, or run the demo without Discord: python -m bot demo"
        )
    if worker_only and settings.database_file is not None:
        raise StartError("Running several processes needs PostgreSQL. Set TSUNAGU_DATABASE_URL, or leave out --worker.")
    stop = asyncio.Event()
    on_end(stop.set)  # before anything is opened: whenever the signal comes, what is open is closed
    with only_process(settings.database_file):
        bot = build(settings, SystemClock())
        try:
            await bring_up_to_date(bot.database)  # not broken off: an end that comes now has to wait for it
            async with _only_of_this_name(bot):
                await _serve(bot, stop, worker_only=worker_only)
        finally:
            # The other side may not answer the good-bye; what matters has been done by now.
            with suppress(TimeoutError):
                await asyncio.wait_for(bot.close(), CLOSE_SECONDS)


async def _serve(bot: Bot, stop: asyncio.Event, *, worker_only: bool) -> None:
    settings = bot.settings
    assert settings.discord_token is not None
    if not await _done_before(stop, _log_in(bot, settings.discord_token.get_secret_value())):
        log.info("stopping")
        return
    endpoint.limit_silence(bot)
    deletions.keep(bot.database, settings.backup_folder)
    checks: dict[str, Check] = {"database": partial(_database, bot), "worker": partial(_worker, bot)}
    if worker_only:
        await bot.worker.start()
    else:
        checks["gateway"] = partial(_gateway, bot)
    newest = Newest()
    metrics = exposition(partial(_numbers, bot, newest))
    guests = Guests(bot.services[GuestService], settings.public_url)
    pages = [*Calendars(bot.services[CalendarService]).routes(), *guests.routes()]
    if settings.public_url is not None:
        pages += Checks(bot.services[CertificateService]).routes()
    async with (
        serving(settings.http_host, settings.http_port, checks, metrics, pages) as port,
        housekeeping(bot, newest, checks, worker_only=worker_only),
    ):
        log.info("health server", host=settings.http_host, port=port)
        await _until_signal(bot, stop, connect=not worker_only)


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
                f"Another process called {name} is using this database. Stop it, or give this one another name: "
                "TSUNAGU_PROCESS_NAME"
            )
        yield


async def bring_up_to_date(database: Database) -> bool:
    """``schema.upgrade``, with one line for each way in which a database can't be used."""
    try:
        return await schema.upgrade(database)
    except (OSError, SQLAlchemyError, sqlite3.Error, TypeError) as error:
        # TypeError: an option in the address that the driver doesn't know.
        log.debug("database trouble", exc_info=error)
        raise StartError(
            f"The database can't be used ({type(error).__name__}). Check TSUNAGU_DATABASE_URL, and that the database "
            "is running."
        ) from None


async def ready_for_use(settings: Settings, database: Database) -> None:
    """For a command beside the bot: a database that nobody uses is brought up to date; one that is in use has been.

    Raises:
        StartError: it can't be used, or the bot that uses it is of another version.
    """
    try:
        with only_process(settings.database_file):
            await bring_up_to_date(database)
    except StartError:
        async with database.engine.connect() as connection:
            if await schema.recorded(connection) != schema.revisions()[-1]:
                raise


async def _log_in(bot: Bot, token: str) -> None:
    try:
        await bot.login(token)
    except discord.LoginFailure:
        raise StartError("Discord rejected the DISCORD_TOKEN. Copy it again from the Developer Portal.") from None
    except (aiohttp.ClientError, TimeoutError) as error:
        raise StartError(
            f"Discord can't be reached ({type(error).__name__}). Check the network and try again."
        ) from None
    except discord.HTTPException as error:
        raise StartError(
            f"Discord isn't letting the bot in right now (HTTP {error.status}). Try again later."
        ) from None
    except discord.app_commands.AppCommandError as error:
        log.debug("command set refused", exc_info=error)
        raise StartError(
            "Discord rejected the commands. Please report this with a log at TSUNAGU_LOG_LEVEL=debug."
        ) from None


async def _done_before(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> bool:
    """Do the work, or break it off when the process is told to end; was it done?"""
    working = asyncio.create_task(work, name="start")
    stopping = asyncio.create_task(stop.wait(), name="signals")
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            await working
            return True
        return False
    finally:
        stopping.cancel()
        working.cancel()
        await asyncio.gather(stopping, working, return_exceptions=True)


async def _until_signal(bot: Bot, stop: asyncio.Event, *, connect: bool) -> None:
    """Be connected until SIGTERM or Ctrl-C; then let running work finish."""
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
            "Discord rejected the connection. Turn on “Server Members Intent” for the bot in the Developer Portal."
        ) from None
    finally:
        stopping.cancel()
        connection.cancel()
        await asyncio.gather(stopping, connection, return_exceptions=True)


async def _gateway(bot: Bot) -> str | None:
    return None if bot.is_ready() and not bot.is_closed() else "not connected to Discord"


async def _database(bot: Bot) -> str | None:
    try:
        async with bot.database.reading() as connection:
            await connection.execute(text("SELECT 1"))
    except (OSError, SQLAlchemyError) as error:
        return f"no answer ({type(error).__name__})"
    return None


async def _worker(bot: Bot) -> str | None:
    return bot.worker.trouble


def _numbers(bot: Bot, newest: Newest) -> Numbers:
    now = bot.clock.now()
    return Numbers(
        ready=bot.is_ready() and not bot.is_closed(),
        servers=len(bot.guilds),
        members=sum(guild.member_count or 0 for guild in bot.guilds),
        interactions=dict(bot.interactions),
        errors=dict(bot.errors),
        deliveries=dict(bot.worker.counts),
        deliveries_due=bot.worker.backlog[0],
        deliveries_late=bot.worker.backlog[1],
        backup_age=(now - newest.here).total_seconds() if newest.here else None,
        backup_copy_age=(now - newest.elsewhere).total_seconds() if newest.elsewhere else None,
    )
