"""Statements are compiled once for all databases of a test process, as a process of the bot compiles them once."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.util import LRUCache

from bot.db import Database


def share_compiled() -> None:
    """From now on each ``Database`` takes the compiled form of a statement from one cache. SQLAlchemy looks it up by
    statement and dialect, and each engine has a dialect object of its own: all of one database system count as one
    here. They are made alike, and the server is one."""
    for kind in (PGDialect_asyncpg, SQLiteDialect_aiosqlite):
        kind.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
        kind.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
    compiled: LRUCache[Any, Any] = LRUCache(5_000)
    engine = Database._engine

    def _engine(self: Database, **options: Any) -> Any:
        return engine(self, **options, execution_options={"compiled_cache": compiled})

    Database._engine = _engine  # type: ignore[method-assign]
