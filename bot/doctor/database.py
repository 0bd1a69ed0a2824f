"""Is the database there, up to date, and can it be written? Nothing is written to find out."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import schema
from bot.clock import SystemClock
from bot.db import Database
from bot.doctor.report import Report
from bot.errors import StartError
from bot.features.organisations.parts import KnownServer, ServerService
from bot.settings import Settings

_MEGABYTE = 1024 * 1024
_SECONDS = 15


async def check(report: Report, settings: Settings) -> list[KnownServer] | None:
    """Returns the servers that the database knows; None if it can't tell."""
    words = report.words
    file = settings.database_file
    if file is not None and not file.is_file():
        report.problem(
            words("There's no database at {file}.", file=file.absolute()),
            words(
                "That's normal before the first start: “python -m bot run” creates it. If you had one "
                "before, don't start the bot yet. Check that TSUNAGU_DATABASE_URL is right and that the disk "
                "or volume is mounted."
            ),
        )
        return None
    try:
        async with asyncio.timeout(_SECONDS), _opened(settings) as database, database.reading() as connection:
            if file is None:
                await _postgres(report, connection)
            else:
                await connection.execute(text("SELECT count(*) FROM sqlite_master"))
                _file(report, file)
            if not await _is_up_to_date(report, connection):
                return None
            return await ServerService(database, SystemClock()).known()
    except StartError:
        report.problem(
            words("The PostgreSQL driver isn't installed."), words("Run: pip install -r requirements/postgres.txt")
        )
    except (OSError, TimeoutError, SQLAlchemyError, TypeError) as error:
        advice = (
            words("Stop the bot and restore a backup: python -m bot restore")
            if file
            else words(
                "Check that TSUNAGU_DATABASE_URL is right, and that PostgreSQL is running and accepts "
                "connections from this machine."
            )
        )
        report.problem(words("Can't read the database ({reason}).", reason=type(error).__name__), advice)
    return None


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Database]:
    database = Database(_read_only(settings))
    try:
        yield database
    finally:
        await database.close()


def _read_only(settings: Settings) -> str:
    """The same database, in a way that leaves nothing behind.

    While the bot runs, its journal lies beside the file and is read along. Where there is none, SQLite would make one
    even for a reader, which might then belong to another user than the bot's: ``immutable`` keeps it from that.
    """
    file = settings.database_file
    if file is None:
        return settings.database_url
    options = {"mode": "ro", "uri": "true"}
    if not file.with_name(f"{file.name}-wal").exists():
        options["immutable"] = "1"
    url = make_url(settings.database_url).set(database=file.absolute().as_uri()).update_query_dict(options)
    return url.render_as_string(hide_password=False)


def _file(report: Report, file: Path) -> None:
    words = report.words
    report.ok(words("The database {file} can be read.", file=file.absolute()))
    closed = [str(path) for path in (file, file.parent) if not os.access(path, os.W_OK)]
    if closed:
        report.problem(
            words("Can't write to: {paths}", paths=", ".join(closed)),
            words(
                "Make the user that runs the bot the owner of the file and its folder, and check that the "
                "disk isn't read-only."
            ),
        )
    if not _has_write_ahead_log(file):
        report.notice(
            words("Its write-ahead log (WAL) is off."),
            words(
                "It turns on at the next start. If it stays off, the file is on a network drive: move it to "
                "a local disk."
            ),
        )
    size, free = file.stat().st_size, shutil.disk_usage(file.parent).free
    if free < 2 * size + 100 * _MEGABYTE:
        report.problem(
            words("Only {free} MB are left on its disk.", free=free // _MEGABYTE),
            words("Free up some space. Without it, changes can't be saved and backups fail. The database "
                  "itself takes up {size} MB.",
                  size=size // _MEGABYTE),
        )  # fmt: skip
    else:
        report.ok(words("{free} MB are free on its disk.", free=free // _MEGABYTE))


def _has_write_ahead_log(file: Path) -> bool:
    """As the file's own header says: bytes 18 and 19 are 2."""
    with file.open("rb") as header:
        return header.read(20)[18:] == b"\x02\x02"


async def _postgres(report: Report, connection: AsyncConnection) -> None:
    words = report.words
    version = str(await connection.scalar(text("SHOW server_version"))).split()[0]
    report.ok(words("Connected to PostgreSQL {version}.", version=version))
    closed = await connection.scalar(text("SHOW transaction_read_only"))
    may = await connection.scalar(text("SELECT has_schema_privilege(current_schema(), 'CREATE')"))
    if closed != "off" or not may:
        report.problem(
            words("The bot isn't allowed to write to this database."),
            words(
                "Make its user the owner of the database (ALTER DATABASE … OWNER TO …), and connect to the "
                "primary, not a replica."
            ),
        )


async def _is_up_to_date(report: Report, connection: AsyncConnection) -> bool:
    words, known = report.words, schema.revisions()
    present = await schema.recorded(connection)
    if present == known[-1]:
        report.ok(words("The schema is up to date ({revision}).", revision=present))
        return True
    if present is None:
        report.problem(words("The database is empty."), words("Run: python -m bot migrate"))
    elif present in known:
        report.notice(
            words(
                "The schema is at version {present}, but the program needs {newest}.", present=present, newest=known[-1]
            ),
            words(
                "Make a backup (python -m bot backup), then restart the bot. It updates the database when it starts."
            ),
        )
    else:
        report.problem(
            words("The database ({present}) is newer than this program ({newest}).",
                  present=present, newest=known[-1]),
            words("Start the newer program, or restore a backup from before the update (python -m bot restore)."),
        )  # fmt: skip
    return False
