"""Series of events over weeks and months: whatever somebody edits, moves, leaves out or calls off, and however long
nobody looks, what a series promises holds after each step. ``TSUNAGU_TEST_HISTORIES`` runs more."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select, update

from bot.db import Database, fetch
from bot.deliveries.models import Delivery
from bot.deliveries.schedule import instant, local_time
from bot.errors import UserError
from bot.features import Services
from bot.features.events import series
from bot.features.events.models import Event, EventSeries, EventState
from bot.features.events.repeating import RepeatingService
from bot.features.events.repeats import (
    MonthlyByDay,
    MonthlyByWeekday,
    Pattern,
    Repeat,
    Weekly,
    Yearly,
    as_text,
    from_text,
    occurrences,
)
from bot.features.events.rules import When, column, time_columns
from bot.features.events.service import EventService
from bot.features.people.models import Grant
from tests.events.support import CHANNEL, draft_of
from tests.support.clocks import FakeClock
from tests.support.databases import Databases, postgres_url
from tests.support.people import REPRESENTATIVE, actor, represented_lc

T = TypeVar("T")
HISTORIES = max(1, int(os.environ.get("TSUNAGU_TEST_HISTORIES", "250")) // 25)
STEPS = 12
ZONES = ["Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
PATTERNS: st.SearchStrategy[Pattern] = st.one_of(
    st.builds(Weekly, st.sets(st.integers(0, 6), min_size=1, max_size=3).map(lambda days: tuple(sorted(days)))),
    st.builds(Weekly, st.integers(0, 6).map(lambda day: (day,)), st.integers(1, 5)),
    st.builds(MonthlyByWeekday, st.tuples(st.tuples(st.sampled_from([1, 3, 5, -1]), st.integers(0, 6)))),
    st.builds(MonthlyByDay, st.integers(1, 31), st.integers(1, 3)),
    st.builds(Yearly, st.integers(1, 12), st.integers(1, 28)),
)
REPEATS = st.one_of(
    st.builds(Repeat, PATTERNS, st.none(), st.none(), st.booleans()),
    st.builds(Repeat, PATTERNS, st.none(), st.integers(1, 20), st.booleans()),
    st.builds(Repeat, PATTERNS, st.dates(date(2027, 1, 1), date(2028, 12, 31)), st.none(), st.booleans()),
)
WHICH = st.integers(0, 11)


class World:
    """A database with an LC, in which each history begins without events."""

    def __init__(self, url: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.database = Database(url)
        self.run(represented_lc(Services(self.database, FakeClock())))

    def run(self, work: Awaitable[T]) -> T:
        return self.loop.run_until_complete(work)

    async def empty(self) -> None:
        async with self.database.writing() as session:
            for table in (Delivery, Grant, Event, EventSeries):
                await session.execute(delete(table).execution_options(synchronize_session=False))

    async def rows(self, table: Any) -> Sequence[Any]:
        async with self.database.reading() as connection:
            return await fetch(connection, select(*table.__table__.c).order_by(table.id))

    def close(self) -> None:
        self.run(self.database.close())
        self.loop.close()


class Histories(RuleBasedStateMachine):
    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        services = Services(self.world.database, self.clock)
        self.services, self.events, self.repeating = services, services[EventService], services[RepeatingService]
        self.alone: dict[int, tuple[str, str]] = {}
        self.cancelled: set[int] = set()
        self.sequences: dict[int, tuple[int, str]] = {}
        self.moved_alone = 0
        self.zone = ZONES[0]
        self.begun = False

    @initialize(repeat=REPEATS, zone=st.sampled_from(ZONES), hour=st.sampled_from([0, 2, 19, 23]))
    def begin(self, repeat: Repeat, zone: str, hour: int) -> None:
        self.zone = zone
        self.world.run(self.world.empty())
        self.begun = self.world.run(self._begin(repeat, zone, hour))

    async def _begin(self, repeat: Repeat, zone: str, hour: int) -> bool:
        first = next(occurrences(repeat, datetime.fromisoformat(f"2026-11-23T{hour:02}:30"), zone, limit=1), None)
        if first is None:
            return False
        maker = await actor(self.services, REPRESENTATIVE)
        draft = await draft_of(self.services, maker, "12/5 19時〜20時 勉強会")
        columns = time_columns(When(first, first + timedelta(hours=1), False), zone) | {"pasted": ""}
        async with self.world.database.writing() as session:
            this = update(Event).where(Event.id == draft.event_id)
            await session.execute(this.values(repeat=as_text(repeat), time_zone=zone, **columns))
        await self.events.post(maker, draft.event_id, draft.version, CHANNEL)
        return True

    # --- what people do -----------------------------------------------------------------------------------------------

    @rule(which=WHICH, place=st.sampled_from(["A棟", "B棟", "講堂"]))
    def edit_one(self, which: int, place: str) -> None:
        if (one := self._coming(which)) is not None and one.place != place:
            self._do(self._edit(one, place=place))

    @rule(which=WHICH, days=st.integers(-2, 2), hours=st.integers(-3, 3))
    def move_one(self, which: int, days: int, hours: int) -> None:
        one = self._coming(which)
        if one is not None and (days or hours):
            self.moved_alone += 1
            self._do(self._edit(one, when=_shifted(one, timedelta(days=days, hours=hours))))

    @rule(which=WHICH)
    def call_off(self, which: int) -> None:
        if (one := self._coming(which)) is not None:
            self._do(self._call_off(one))

    @rule(which=WHICH, skipped=st.integers(0, 30))
    def leave_out(self, which: int, skipped: int) -> None:
        if (one := self._coming(which)) is not None:
            self._do(self._leave_out(one, skipped))

    @rule(which=WHICH, place=st.sampled_from(["C棟", "D棟"]))
    def edit_later(self, which: int, place: str) -> None:
        if (one := self._coming(which)) is not None:
            self._do(self._edit_later(one, place=place))

    @rule(which=WHICH, days=st.integers(-3, 3), hours=st.integers(-2, 2))
    def move_later(self, which: int, days: int, hours: int) -> None:
        one = self._coming(which)
        if one is not None and (days or hours):
            self._do(self._edit_later(one, when=_shifted(one, timedelta(days=days, hours=hours))))

    @rule(days=st.integers(0, 120), looks=st.integers(1, 3))
    def wait(self, days: int, looks: int) -> None:
        for _ in range(looks):
            self.clock.go(days=days / looks, hours=1)
            self.world.run(self._look())

    def _do(self, work: Awaitable[None]) -> None:
        with suppress(UserError):  # it is too late for it, or such a move makes no sense: nothing has changed
            self.world.run(work)

    def _coming(self, which: int) -> Any | None:
        if not self.begun:
            return None
        found = [one for one in self._rows(Event) if one.state == EventState.POSTED and one.starts_at > self.clock.last]
        return found[which % len(found)] if found else None

    def _rows(self, table: Any) -> Sequence[Any]:
        return self.world.run(self.world.rows(table))

    async def _edit(self, one: Any, **values: Any) -> None:
        await self.events.edit(await actor(self.services, REPRESENTATIVE), one.id, one.version, **values)
        async with self.world.database.reading() as connection:
            (now,) = await fetch(connection, select(Event.place, Event.starts_local).where(Event.id == one.id))
        self.alone[one.id] = (now.place, now.starts_local)

    async def _call_off(self, one: Any) -> None:
        await self.events.cancel(await actor(self.services, REPRESENTATIVE), one.id, "雨")
        self.cancelled.add(one.id)

    async def _leave_out(self, one: Any, skipped: int) -> None:
        maker = await actor(self.services, REPRESENTATIVE)
        dates = (await self.repeating.series(maker, one.id)).dates
        if not dates:
            return
        planned = dates[skipped % len(dates)]
        await self.repeating.skip(maker, one.id, planned.planned, "雨")
        if planned.event_id is not None:
            self.cancelled.add(planned.event_id)

    async def _edit_later(self, one: Any, **values: Any) -> None:
        await self.repeating.edit_later(await actor(self.services, REPRESENTATIVE), one.id, one.version, **values)
        was_alone = self.alone.pop(one.id, None)
        if was_alone is not None and "when" not in values:  # a time of its own stays, with what is new for all
            async with self.world.database.reading() as connection:
                (now,) = await fetch(connection, select(Event).where(Event.id == one.id))
            if now.starts_local != now.occurrence:
                assert now.starts_local == was_alone[1]
                self.alone[one.id] = (now.place, now.starts_local)

    async def _look(self) -> None:
        await self.repeating.look((await actor(self.services, REPRESENTATIVE)).organisation.id)

    # --- what holds ---------------------------------------------------------------------------------------------------

    @invariant()
    def all_holds(self) -> None:
        if not self.begun:
            return
        events, rows = self._rows(Event), self._rows(EventSeries)
        dates = [(one.series_id, one.occurrence) for one in events]
        assert len(dates) == len(set(dates)), "no date twice"
        for one in events:
            assert one.starts_at == instant(datetime.fromisoformat(one.starts_local), self.zone)
            assert (one.state == EventState.CANCELLED) == (one.id in self.cancelled), "who is called off stays so"
            if one.id in self.alone:
                assert (one.place, one.starts_local) == self.alone[one.id], "what was changed alone stays"
            elif one.state == EventState.POSTED and one.starts_at > self.clock.last:
                assert one.starts_local == one.occurrence, "the time on the clock is the planned one"
            before, starts = self.sequences.get(one.id, (one.sequence, one.starts_local))
            assert one.sequence >= before + (starts != one.starts_local)
            self.sequences[one.id] = (one.sequence, one.starts_local)
        for row in rows:
            self._is_whole(row, [one for one in events if one.series_id == row.id])

    def _is_whole(self, row: Any, events: Sequence[Any]) -> None:
        made = {one.occurrence: one for one in events}
        assert not made.keys() & set(row.skipped), "what is left out isn't made"
        if row.ended_at is not None:
            return
        here = local_time(self.clock.last, row.time_zone)
        first = datetime.fromisoformat(row.starts_local)
        for planned in occurrences(from_text(row.repeat), first, row.time_zone, after=here, limit=200):
            text = str(column(planned))
            assert (text in made) == (text <= row.made_until and text not in row.skipped), "none is missing between"
        coming = [one for one in events if one.state == EventState.POSTED and one.starts_at > self.clock.last]
        assert len(coming) <= series.MOST_AHEAD + self.moved_alone


def _shifted(one: Any, by: timedelta) -> When:
    starts, ends = datetime.fromisoformat(one.starts_local), datetime.fromisoformat(one.ends_local)
    return When(starts + by, ends + by, one.whole_days)


@pytest.mark.parametrize("system", ["sqlite", "postgresql"])
def test_series_keep_their_promises(system: str, databases: Databases, tmp_path: Path) -> None:
    if system == "postgresql" and postgres_url() is None:
        pytest.skip("PostgreSQL is not installed, and TSUNAGU_TEST_POSTGRES_URL names none")
    url = asyncio.run(databases.postgres() if system == "postgresql" else databases.sqlite_file(tmp_path / "s.db"))
    Histories.world = World(url)
    try:
        run_state_machine_as_test(
            Histories,
            settings=settings(
                max_examples=HISTORIES,
                stateful_step_count=STEPS,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        Histories.world.close()
