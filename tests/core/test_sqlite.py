"""SQLite is asked by one turn of its thread for each statement."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import delete, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.db import Database, fetch
from bot.features.people.models import Preference
from tests.support.databases import opened

SAYS = (Preference.discord_user_id, Preference.language)


@pytest.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[Database]:
    async with opened(sqlite_url) as database:
        yield database


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a thread of SQLite was given to do."""
    found: list[str] = []
    execute: Any = aiosqlite.Connection._execute

    async def noted(self: Any, work: Any, *arguments: Any, **named: Any) -> Any:
        found.append(getattr(work, "__name__", repr(work)))
        return await execute(self, work, *arguments, **named)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", noted)
    return found


async def test_a_statement_is_one_turn(sqlite: Database, turns: list[str]) -> None:
    async with sqlite.reading() as connection:
        turns.clear()  # that it was opened
        assert not await fetch(connection, select(*SAYS))
        assert len(turns) == 1
    async with sqlite.writing() as session:
        assert not await fetch(session, select(*SAYS))
        turns.clear()  # that it was opened, too, and the transaction begun
        await session.execute(insert(Preference).values(discord_user_id=1, language="ja"))
        assert len(turns) == 1


async def test_rows_and_counts_are_known_after_the_turn_of_a_statement(sqlite: Database) -> None:
    """Rows of RETURNING, the numbers of many new rows, and how many rows went."""
    several = [{"discord_user_id": user, "language": "en"} for user in (5, 6, 7)]
    async with sqlite.writing() as session:
        made = await session.scalars(insert(Preference).returning(Preference.id), several)
        assert len(set(made)) == 3
        session.add_all([Preference(discord_user_id=8, language="ja"), Preference(discord_user_id=9)])
        await session.flush()
        gone: Any = await session.execute(delete(Preference).where(Preference.discord_user_id < 7))
        assert gone.rowcount == 2
    async with sqlite.reading() as connection:
        found: Any = await connection.execute(select(*SAYS).order_by(Preference.discord_user_id))
        assert list(found.keys()) == ["discord_user_id", "language"]
        assert [tuple(row) for row in found] == [(7, "en"), (8, "ja"), (9, None)]


async def test_many_rows_without_an_answer(sqlite: Database) -> None:
    several = [{"discord_user_id": user} for user in range(300)]
    async with sqlite.writing() as session:
        connection = await session.connection()
        await connection.execute(insert(Preference), several)
    async with sqlite.reading() as reader:
        assert len(await fetch(reader, select(Preference.id))) == 300


async def test_after_an_error_the_connection_goes_on(sqlite: Database) -> None:
    async with sqlite.writing() as session:
        await session.execute(insert(Preference).values(discord_user_id=1))
        with pytest.raises(IntegrityError):
            await session.execute(insert(Preference).values(discord_user_id=1))
        await session.rollback()
    async with sqlite.reading() as connection:
        with pytest.raises(OperationalError):
            await connection.execute(text("SELECT nothing"))
        assert not await fetch(connection, select(*SAYS))


async def test_after_an_error_among_the_rows_the_connection_sees_what_is_new(sqlite: Database) -> None:
    async with sqlite.writing() as session:
        await session.execute(insert(Preference), [{"discord_user_id": user} for user in (1, 2, 3)])
    broken = text("SELECT CAST(x'ff' AS TEXT) FROM preferences WHERE discord_user_id > 1")
    async with sqlite.reading() as connection:
        with pytest.raises(OperationalError):
            await fetch(connection, broken)
        async with sqlite.writing() as session:
            await session.execute(delete(Preference).where(Preference.discord_user_id > 1))
        assert [row.discord_user_id for row in await fetch(connection, select(Preference.discord_user_id))] == [1]
