"""A process ends while others still use the database: no transaction is half done, and nobody calls it an error."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.db import Database, fetch
from bot.features import Services
from bot.features.organisations.models import Organisation
from tests.support.clocks import FakeClock
from tests.support.people import found_organisation


async def _write(database: Database, who: int) -> None:
    n = 0
    while True:
        n += 1
        async with database.writing() as session:
            session.info["n"] = f"{who}:{n}"
            await session.execute(update(Organisation).values(name_ja=f"{who}:{n}"))
            await fetch(session, select(Organisation.id))


async def _read(database: Database) -> None:
    while True:
        async with database.reading() as connection:
            await fetch(connection, select(Organisation.id))


async def _live(url: str, turns: int, heard: list[str]) -> None:
    """Users of the database are cut off after some turns of the loop: half of them before the end, half by the end."""

    def hear(info: Mapping[Any, Any]) -> None:
        heard.append(info["n"])
        at_it.set()

    database, at_it = Database(url), asyncio.Event()
    database.on_commit.append(hear)
    users = [asyncio.create_task(_write(database, n)) for n in range(4)]
    users += [asyncio.create_task(_read(database)) for _ in range(2)]
    await at_it.wait()
    for _ in range(turns):
        await asyncio.sleep(0)
    for user in users[::2]:
        user.cancel()
    await database.close()


async def test_an_end_in_the_midst_of_transactions_is_no_error(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await found_organisation(Services(database, FakeClock()))
    url = database.url.render_as_string(hide_password=False)
    heard = ["none"]
    with caplog.at_level(logging.WARNING):
        for turns in range(24):
            await asyncio.to_thread(asyncio.run, _live(url, turns, heard))
    assert [record.getMessage() for record in caplog.records] == []
    async with database.reading() as connection:
        (row,) = await fetch(connection, select(Organisation.name_ja))
    assert row.name_ja == heard[-1], "who listens for commits hears of one in whose midst its task was cancelled"


async def test_nothing_begins_at_a_database_that_is_being_closed(database_url: str) -> None:
    database = Database(database_url)
    await database.close()
    for begun in (database.writing(), database.reading()):
        with pytest.raises(asyncio.CancelledError):
            await begun.__aenter__()
