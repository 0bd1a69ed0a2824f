"""One order of locks: the people first, then what is theirs. A deletion of data goes the same way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import event

from bot.db import Database
from bot.errors import UserError
from bot.features import Services
from bot.features.handovers.service import HandoverService
from bot.features.members.mydata import MyDataService
from bot.features.posts.service import PostService
from tests.handovers.test_service import my_term
from tests.support.people import NEWCOMER, OFFICER, REPRESENTATIVE, actor


def locks_of(database: Database) -> list[str]:
    """The tables whose rows are locked by name, in the order of the statements to come."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FOR UPDATE" in statement and "SKIP LOCKED" not in statement:
            of = statement.split("FOR UPDATE OF ")[1].split(maxsplit=1)[0] if "FOR UPDATE OF" in statement else ""
            found.append(of or statement.split("FROM ")[1].split(maxsplit=1)[0])

    event.listen(database._writer.sync_engine, "before_cursor_execute", note)
    return found


async def test_people_are_locked_before_their_terms_and_handovers(
    services: Services, lc: int, database: Database
) -> None:
    handovers, term = services[HandoverService], await my_term(services)
    await handovers.name(await actor(services, REPRESENTATIVE), term, NEWCOMER, "新人")
    newcomer = await actor(services, NEWCOMER)
    (asked,) = await handovers.asked(newcomer)
    officer = await actor(services, OFFICER)

    async def order(work: Callable[[], Awaitable[Any]]) -> list[str]:
        locks = locks_of(database)
        await work()
        return [table for table in dict.fromkeys(locks) if table in ("people", "terms", "handovers")]

    named = [] if database.is_sqlite else ["people", "terms", "handovers"]  # SQLite has one writer at a time
    assert await order(lambda: handovers.answer(newcomer, asked.handover_id, accept=True)) == named
    assert await order(lambda: services[PostService].end(officer, term, officer.today)) == named[:2]


async def test_a_yes_and_a_deletion_at_once_never_wait_for_each_other(
    services: Services, lc: int, database: Database
) -> None:
    """Whichever comes first, the other sees it: none of them is thrown out by the database."""
    handovers, term = services[HandoverService], await my_term(services)
    for number in range(6):
        user = NEWCOMER + number
        await handovers.name(await actor(services, REPRESENTATIVE), term, user, "新人")
        newcomer = await actor(services, user)
        (asked,) = await handovers.asked(newcomer)
        officer = await actor(services, OFFICER)
        await handovers.answer(newcomer, asked.handover_id, accept=True)
        (coming,) = [one for one in await services[PostService].terms(officer, lc) if one.starts_on > officer.today]
        results = await asyncio.gather(
            services[MyDataService].delete(await actor(services, user)),
            services[PostService].end(officer, coming.term_id, coming.starts_on + timedelta(days=1)),
            services[PostService].end(officer, term, officer.today + timedelta(days=90 - number)),
            return_exceptions=True,
        )
        assert all(isinstance(one, UserError) for one in results if one is not None), results
        assert not (await handovers.card(await actor(services, REPRESENTATIVE), term)).ending.is_followed
