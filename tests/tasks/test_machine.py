"""Tasks are set, ticked, unticked, moved and dropped, posts change hands, days pass with and without the bot: what is
said each morning is what a plain model says, once. ``TSUNAGU_TEST_HISTORIES`` runs more of them."""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, func, select

from bot.db import Database, fetch
from bot.deliveries.models import Delivery
from bot.errors import Conflict
from bot.features import Services
from bot.features.members.models import Contact
from bot.features.people.changes import change_by
from bot.features.people.models import Post, Term
from bot.features.tasks.models import Task
from bot.features.tasks.reminding import BUNDLE, TaskWatch
from bot.features.tasks.rules import GIVEN, check_day
from bot.features.tasks.service import NewTask, TaskDraft, TaskService, set_task
from tests.support.clocks import FakeClock
from tests.support.databases import Databases, postgres_url
from tests.support.members import join
from tests.support.people import NEWCOMER, OFFICER, OTHER, actor, appoint_to, represented_lc

T = TypeVar("T")
HISTORIES = int(os.environ.get("TSUNAGU_TEST_HISTORIES", "40"))
FIRST, SECOND = NEWCOMER, OTHER
NATION = 0


@dataclass
class Mirror:
    """A task as the model knows it. ``said`` and ``up``: when it was, since there was last something new to say."""

    due: date
    is_of_post: bool
    state: str = "open"
    said: date | None = None
    up: date | None = None
    overdue_said: int = 0
    went_up: int = 0

    def anew(self) -> None:
        self.said = self.up = None
        self.overdue_said = self.went_up = 0


class World:
    """A database with an organisation, in which each history begins without tasks. ``FIRST`` and ``SECOND`` take turns
    in a post of the LC, and the tasks of a person are ``FIRST``'s; the national officer sets all."""

    def __init__(self, url: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.database = Database(url)
        self.ids: dict[int, int] = {}
        self.run(self._build())

    def run(self, work: Awaitable[T]) -> T:
        return self.loop.run_until_complete(work)

    async def _build(self) -> None:
        services = Services(self.database, FakeClock())
        self.lc = await represented_lc(services)
        for user in (OFFICER, FIRST, SECOND):
            joined = await join(services, user, f"見本 {user % 10}", contact=Contact.DIRECT)
            assert joined.person_id is not None
            self.ids[user] = joined.person_id
        async with self.database.reading() as connection:
            self.post = await connection.scalar(select(Post.id).where(Post.key == "lpo")) or 0

    async def empty(self) -> None:
        async with self.database.writing() as session:
            for query in (delete(Task), delete(Delivery), delete(Term).where(Term.post_id == self.post)):
                await session.execute(query.execution_options(synchronize_session=False))

    def close(self) -> None:
        self.run(self.database.close())
        self.loop.close()


class Histories(RuleBasedStateMachine):
    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.services = Services(self.world.database, self.clock)
        self.tasks: dict[int, Mirror] = {}
        self.holder: int | None = None
        self.world.run(self.world.empty())

    @initialize()
    def begin(self) -> None:
        self.hand_over(FIRST)

    @property
    def today(self) -> date:
        return (self.clock.last + timedelta(hours=9)).date()

    @property
    def service(self) -> TaskService:
        return self.services[TaskService]

    def by_officer(self, method: str, *args: Any) -> Any:
        async def call() -> Any:
            return await getattr(self.service, method)(await actor(self.services, OFFICER), *args)

        return self.world.run(call())

    def one(self, number: int) -> tuple[int, Mirror]:
        ids = sorted(self.tasks)
        return ids[number % len(ids)], self.tasks[ids[number % len(ids)]]

    @rule(in_days=st.integers(0, 12), of_post=st.booleans())
    def set_by_hand(self, in_days: int, of_post: bool) -> None:
        due = self.today + timedelta(days=in_days)
        draft = TaskDraft("鍵", due, person_id=self.world.ids[FIRST])
        if of_post:
            draft = TaskDraft("鍵", due, self.world.post, self.world.lc)
        self.tasks[self.by_officer("set", draft)] = Mirror(due, of_post)

    @rule(in_days=st.integers(0, 12), subject=st.integers(1, 2))
    def set_for_a_subject(self, in_days: int, subject: int) -> None:
        due = self.today + timedelta(days=in_days)

        async def put() -> int | None:
            async with change_by(self.service, await actor(self.services, OFFICER)) as change:
                new = NewTask(GIVEN, "event", subject, due, "鍵", post_id=self.world.post, lc_id=self.world.lc)
                return await set_task(change, new)

        made = self.world.run(put())
        if made is not None:
            self.tasks[made] = Mirror(due, is_of_post=True)

    @precondition(lambda self: self.tasks)
    @rule(number=st.integers(0, 9), wanted=st.sampled_from(["done", "open", "done", "open", "dropped"]))
    def change(self, number: int, wanted: str) -> None:
        task_id, mirror = self.one(number)
        method = {"done": "tick", "open": "untick", "dropped": "drop"}[wanted]
        may = (mirror.state, wanted) in {("open", "done"), ("done", "open"), ("open", "dropped")}
        may |= mirror.state == wanted != "dropped"
        if not may:
            with pytest.raises(Conflict):
                self.by_officer(method, task_id)
            return
        self.by_officer(method, task_id)
        if mirror.state == "done" and wanted == "open":
            mirror.anew()
        mirror.state = wanted

    @precondition(lambda self: any(one.state == "open" for one in self.tasks.values()))
    @rule(number=st.integers(0, 9), in_days=st.integers(0, 12))
    def move(self, number: int, in_days: int) -> None:
        task_id, mirror = self.one(number)
        due = self.today + timedelta(days=in_days)
        check_day(due, self.today)
        if mirror.state != "open":
            with pytest.raises(Conflict):
                self.by_officer("move_anchor", task_id, due)
            return
        self.by_officer("move_anchor", task_id, due)
        if due != mirror.due:
            mirror.due = due
            mirror.anew()

    @rule(to=st.sampled_from([FIRST, SECOND, None]))
    def hand_over(self, to: int | None) -> None:
        async def do() -> None:
            async with self.world.database.writing() as session:
                query = delete(Term).where(Term.post_id == self.world.post)
                await session.execute(query.execution_options(synchronize_session=False))
            if to is not None:
                await appoint_to(self.services, to, "lpo", self.world.lc, self.today, date(2027, 3, 31))

        self.world.run(do())
        self.holder = to

    @rule(away=st.sampled_from([0, 0, 0, 0, 1, 3, 9]))
    def mornings_pass(self, away: int) -> None:
        """The bot is away for some mornings; on the next one it looks, twice."""
        morning = datetime.combine(self.today + timedelta(days=away + 1), datetime.min.time(), self.clock.last.tzinfo)
        if morning.date() > date(2027, 3, 20):
            return
        self.clock.go(seconds=(morning - timedelta(hours=1) - self.clock.last).total_seconds())
        expected = self._expected()
        for _ in range(2):
            self.world.run(self.services[TaskWatch].look(1))
            assert self.world.run(self._said()) == expected

    def _expected(self) -> dict[int, set[int]]:
        """What each reader is told today: the id of a person's record, or ``NATION``."""
        found: dict[int, set[int]] = defaultdict(set)
        today, ids = self.today, self.world.ids
        for task_id, one in self.tasks.items():
            doer = self.holder if one.is_of_post else FIRST
            if one.state != "open":
                continue
            if doer is not None and GIVEN.reminds(one.due, one.said, today):
                one.said = today
                one.overdue_said += today > one.due
                found[ids[doer]].add(task_id)
            if one.up is None and (doer is None or GIVEN.goes_up(one.due, today)):
                one.up = today
                one.went_up += 1
                found[NATION if one.is_of_post else ids[OFFICER]].add(task_id)
        return dict(found)

    async def _said(self) -> dict[int, set[int]]:
        """What went out today, and says when it does."""
        query = select(Delivery.payload).where(Delivery.kind == BUNDLE, Delivery.key.endswith(self.today.isoformat()))
        async with self.world.database.reading() as connection:
            rows = await fetch(connection, query)
        found: dict[int, set[int]] = {}
        for row in rows:
            reader = row.payload.get("person", NATION)
            assert reader not in found, "one message a reader and day"
            lines = await self.services[TaskWatch].bundle(1, row.payload, self.today)
            found[reader] = {line.task_id for line in lines}
        return found

    @invariant()
    def overdue_and_up_at_most_once(self) -> None:
        assert all(one.overdue_said <= 1 and one.went_up <= 1 for one in self.tasks.values())

    @invariant()
    def one_task_for_each_key(self) -> None:
        async def most() -> int:
            key = (Task.subject_kind, Task.subject_id, Task.template, Task.occurrence)
            query = select(func.count().label("n")).where(Task.subject_id.is_not(None)).group_by(*key)
            async with self.world.database.reading() as connection:
                return max((row.n for row in await fetch(connection, query)), default=0)

        assert self.world.run(most()) <= 1

    @invariant()
    def states_are_those_of_the_model(self) -> None:
        async def states() -> dict[int, str]:
            async with self.world.database.reading() as connection:
                return {row.id: row.state for row in await fetch(connection, select(Task.id, Task.state))}

        assert self.world.run(states()) == {task_id: one.state for task_id, one in self.tasks.items()}


@pytest.mark.parametrize("system", ["sqlite", "postgresql"])
def test_whatever_happens_each_thing_is_said_once(system: str, databases: Databases, tmp_path: Path) -> None:
    if system == "postgresql" and postgres_url() is None:
        pytest.skip("PostgreSQL is not installed, and TSUNAGU_TEST_POSTGRES_URL names none")
    url = asyncio.run(databases.postgres() if system == "postgresql" else databases.sqlite_file(tmp_path / "tasks.db"))
    world = World(url)
    try:
        Histories.world = world
        run_state_machine_as_test(
            Histories,
            settings=settings(
                max_examples=HISTORIES, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )
    finally:
        world.close()
