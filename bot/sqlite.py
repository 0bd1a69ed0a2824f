"""SQLite by one turn of its thread for each statement.

aiosqlite makes each call to SQLite in a thread of its own, and SQLAlchemy makes four calls for a statement: it opens a
cursor, executes, fetches and closes. A turn of the thread costs more than many a statement does.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from functools import partial
from typing import Any, cast

import aiosqlite


class _Cursor(aiosqlite.Cursor):
    """Where it executes it also fetches all rows, as SQLAlchemy does next, and closes. It can't be fetched from bit by
    bit (``AsyncConnection.stream``)."""

    def __init__(self, connection: _Connection) -> None:
        super().__init__(connection, cast("sqlite3.Cursor", None))  # there is one from the first statement on
        self._rows: Sequence[sqlite3.Row] = ()

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> _Cursor:
        self._cursor, self._rows = await self._turn(_run, self._conn._conn, sql, parameters or ())
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> _Cursor:
        self._cursor = await self._turn(_run_many, self._conn._conn, sql, parameters)
        return self

    async def fetchall(self) -> Sequence[sqlite3.Row]:
        return self._rows

    async def close(self) -> None:
        """It is."""

    async def _turn(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return await self._execute(work, *arguments)  # type: ignore[no-untyped-call]


class _Connection(aiosqlite.Connection):
    def cursor(self) -> _Cursor:  # type: ignore[override] # it needn't be waited for
        return _Cursor(self)


def _run(connection: sqlite3.Connection, sql: str, parameters: Any) -> tuple[sqlite3.Cursor, Sequence[sqlite3.Row]]:
    # Closed after an error, too: a statement left in the midst of its rows holds the connection at what it saw. What
    # the cursor tells of the statement stays.
    with closing(connection.execute(sql, parameters)) as cursor:
        return cursor, cursor.fetchall() if cursor.description else ()


def _run_many(connection: sqlite3.Connection, sql: str, parameters: Any) -> sqlite3.Cursor:
    with closing(connection.executemany(sql, parameters)) as cursor:
        return cursor


def connection_to(database: str, **options: Any) -> aiosqlite.Connection:
    """As ``aiosqlite.connect``, to be awaited; its thread doesn't keep the process from ending."""
    connection = _Connection(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
    connection._thread.daemon = True
    return connection
