"""A fresh, migrated database for each test, on both systems."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from sqlalchemy import text
from sqlalchemy.engine import make_url

from bot import schema
from bot.db import Database
from bot.features import import_models
from tests.support.founding import USED

import_models()


def postgres_url() -> str | None:
    return os.environ.get("TSUNAGU_TEST_POSTGRES_URL")


class Databases:
    """One template per worker process; each test gets a copy (SQLite) or an emptied one (PostgreSQL)."""

    def __init__(self, folder: Path, worker: str) -> None:
        self._folder = folder
        self._worker = worker
        self._sqlite_template: Path | None = None
        self._postgres_ready = False

    async def sqlite_file(self, target: Path) -> str:
        """Put a migrated file at ``target`` and return its address."""
        if self._sqlite_template is None:
            template = self._folder / "template.db"
            database = Database(f"sqlite+aiosqlite:///{template}")
            await schema.upgrade(database)
            async with database.engine.connect() as connection:
                await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            await database.close()
            self._sqlite_template = template
        shutil.copy(self._sqlite_template, target)
        return f"sqlite+aiosqlite:///{target}"

    async def empty_postgres(self, suffix: str = "") -> str:
        """The address of a new, empty database of this worker on the test cluster."""
        base = postgres_url()
        assert base is not None
        name = f"tsunagu_{self._worker}{suffix}"
        admin = Database(base)
        async with admin.engine.connect() as connection:
            autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await autocommit.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            await autocommit.execute(text(f"CREATE DATABASE {name}"))
        await admin.close()
        return make_url(base).set(database=name).render_as_string(hide_password=False)

    async def postgres(self) -> str:
        """The address of this worker's migrated database, with all rows gone."""
        if not self._postgres_ready:
            self._postgres_url = await self.empty_postgres()
            database = Database(self._postgres_url)
            await schema.upgrade(database)
            await database.close()
            self._postgres_ready = True
        else:
            await _empty(self._postgres_url)
        return self._postgres_url


_FROM_ONE = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)
    FROM pg_sequences WHERE last_value IS NOT NULL
"""


async def _empty(url: str) -> None:
    """Take all rows away, and what they leave behind: rows of the next test lie in the order in which they come. To
    TRUNCATE takes eight times as long, as PostgreSQL makes new files for each table and index, even an empty one."""
    connection = await asyncpg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        tables = [row["relname"] for row in await connection.fetch(USED)]
        if tables:
            # Without triggers: those of the history refuse, and references are deleted, too.
            deletions = "".join(f"DELETE FROM {table};" for table in tables)  # noqa: S608
            await connection.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {deletions} COMMIT")
            await connection.execute(f"VACUUM {', '.join(tables)}")
        await connection.execute(_FROM_ONE)
    finally:
        await connection.close()


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()
