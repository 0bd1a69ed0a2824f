"""What most tests begin with is made once in a test process, by the services; from then on its rows are copied."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Hashable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, TypeVar, cast

from bot.db import Database
from bot.features import Services
from tests.support.clocks import FakeClock

T = TypeVar("T")

#: The tables that have a page: after a VACUUM none of those has one in which nothing is left.
USED = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
    AND pg_relation_size(oid) > 0
"""
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"


@dataclass(frozen=True)
class _Copy:
    """``until``: what the clock showed last. ``rows``: an SQLite database in memory, or PostgreSQL's rows by table."""

    result: Any
    until: datetime
    rows: Any


_copies: dict[Hashable, _Copy] = {}


async def made_once(services: Services, what: Hashable, make: Callable[[], Awaitable[T]]) -> T:
    """What ``make`` does to an empty database, and what it returns; the clock goes on as if it had been done again.

    In a database that has rows, and on a clock that isn't ours, it is done."""
    database, clock = services._database, services._clock
    if not isinstance(clock, FakeClock) or not await _is_empty(database):
        return await make()
    key = (database.is_sqlite, clock.last, what)
    if key not in _copies:
        result = await make()
        _copies[key] = _Copy(result, clock.last, await (_file(database) if database.is_sqlite else _rows(database)))
        return result
    copy = _copies[key]
    if database.is_sqlite:
        with closing(sqlite3.connect(str(database.url.database))) as file:
            file.execute("PRAGMA synchronous=OFF")
            copy.rows.backup(file)
    else:
        await _write(database, *copy.rows)
    clock.go_to(copy.until)
    return cast("T", copy.result)


async def _is_empty(database: Database) -> bool:
    """Each id that was given, also one that is gone, is counted somewhere."""
    query = "SELECT 1 FROM sqlite_sequence WHERE seq > 0" if database.is_sqlite else _SEQUENCES
    async with database.reading() as connection:
        return (await connection.exec_driver_sql(query)).first() is None


async def _file(database: Database) -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:")
    with closing(sqlite3.connect(str(database.url.database))) as file:
        file.backup(copy)
    return copy


async def _rows(database: Database) -> tuple[dict[str, bytes], list[Any]]:
    """In the order in which they lie, and how far the sequences are."""
    async with database.engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        tables = {}
        for row in await driver.fetch(USED):
            await driver.copy_from_table(row[0], output=(output := BytesIO()), format="binary")
            tables[row[0]] = output.getvalue()
        return tables, await driver.fetch(_SEQUENCES)


async def _write(database: Database, tables: dict[str, bytes], sequences: list[Any]) -> None:
    async with database.engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        async with driver.transaction():
            await driver.execute("SET LOCAL session_replication_role = replica")  # references come in any order
            for table, rows in tables.items():
                await driver.copy_to_table(table, source=BytesIO(rows), format="binary")
            await driver.execute(";".join(f"SELECT setval('{name}', {last})" for name, last in sequences))
