"""The database's schema: where it stands, and bringing it up to date.

Alembic is heavy to import, so the usual start (nothing to do) only compares the revision in the database with the
file names in ``migrations/versions``: ``0001_foundation.py`` is revision ``0001``, and the last file is the newest.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import Database
from bot.errors import StartError

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent.parent / "migrations"
#: Any constant will do, as long as every process uses the same one.
_ADVISORY_LOCK = 7_203_174_591
#: How often SQLite's own wait for another writer may run out before a start gives up: about a minute together.
TRIES = 12


def revisions() -> list[str]:
    """All revisions that this program knows, oldest first."""
    return sorted(file.name.split("_", 1)[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without an ini file. ``connection`` is the one to migrate on."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["connection"] = connection
    return made


async def upgrade(database: Database) -> bool:
    """Bring the database up to date, in one transaction and under a lock; True if there was something to do.

    Raises:
        StartError: the database was made by a newer program than this.
    """
    for _ in range(TRIES):
        try:
            return await _upgrade(database)
        except OperationalError as error:
            # Another process is at it just now: its upgrade may take longer than a writer waits.
            if not (database.is_sqlite and "locked" in str(error.orig)):
                raise
    return await _upgrade(database)


async def _upgrade(database: Database) -> bool:
    newest = revisions()[-1]
    await database.prepare()
    async with database.engine.connect() as connection:
        if await _present(connection) == newest:
            return False
    async with database.writing() as session:
        connection = await session.connection()
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        if await _present(connection) == newest:
            return False
        await connection.run_sync(_run, "head")
    return True


def _run(connection: Connection, target: str) -> None:
    from alembic import command

    command.upgrade(config(connection), target)


async def recorded(connection: AsyncConnection) -> str | None:
    """The revision that the database says it has; None for an empty one."""

    def look(sync: Connection) -> str | None:
        if not inspect(sync).has_table("alembic_version"):
            return None
        return sync.execute(text("SELECT version_num FROM alembic_version")).scalar()

    return await connection.run_sync(look)


async def _present(connection: AsyncConnection) -> str | None:
    present = await recorded(connection)
    if present is not None and present not in revisions():
        raise StartError(
            f"The database ({present}) is newer than this program ({revisions()[-1]}). "
            "Start the newer program, or restore a backup from before the update."
        )
    return present
