"""Which statements reach a database meanwhile: tests count them, and never how long they take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from bot.db import Database


@contextmanager
def statements_of(database: Database) -> Iterator[list[str]]:
    """What is read and written, each on one line, in its order; that a transaction begins is none."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):
            found.append(" ".join(statement.split()))

    engines = {database.engine.sync_engine, database._writer.sync_engine}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
