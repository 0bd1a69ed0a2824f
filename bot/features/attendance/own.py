"""What somebody came to, and the hours that follow from it: for themselves, and for their certificates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from bot.db import Reader, fetch
from bot.features import Service
from bot.features.attendance.models import CheckIn, Way
from bot.features.attendance.reading import parts_of
from bot.features.attendance.rules import Slot, counted, slots_of, total
from bot.features.events.models import Event
from bot.features.events.queries import when_in
from bot.features.people.actors import Actor


@dataclass(frozen=True, slots=True)
class Attended:
    """An event that somebody came to. ``slots``: the days and sessions of it; ``time``: what they count together."""

    event_id: int
    title_ja: str
    title_en: str
    slots: Sequence[Slot]
    time: timedelta

    @property
    def year(self) -> int:
        return self.slots[0].on.year


class OwnAttendanceService(Service):
    async def own(self, actor: Actor) -> list[Attended]:
        """What the actor came to, the latest first. Anybody may ask."""
        person_id = actor.person_id or 0
        async with self.database.reading() as connection:
            found = await attended(connection, CheckIn.person_id == person_id)
        return [one for _, one in found]


async def attended(reader: Reader, *which: ColumnElement[bool]) -> list[tuple[int, Attended]]:
    """Who came to what, the latest event first. ``which``: conditions on ``CheckIn``, such as one person or one event.
    Check-ins that were undone and people who were excused aren't in it."""
    query = (
        select(
            CheckIn.person_id,
            CheckIn.event_id,
            CheckIn.day,
            CheckIn.session,
            CheckIn.came_at,
            CheckIn.left_at,
            Event.title_ja,
            Event.title_en,
            Event.starts_local,
            Event.ends_local,
            Event.whole_days,
            Event.time_zone,
        )
        .join(Event, Event.id == CheckIn.event_id)
        .where(*which, CheckIn.person_id.is_not(None), CheckIn.undone_as == 0)
        .where(CheckIn.way != Way.EXCUSED.value)
        .order_by(Event.starts_at.desc(), Event.id.desc(), CheckIn.day, CheckIn.came_at, CheckIn.id)
    )
    by_event = defaultdict[tuple[int, int], list[Row[Any]]](list)
    for row in await fetch(reader, query):
        by_event[row.event_id, row.person_id].append(row)
    parts = await parts_of(reader, {event_id for event_id, _ in by_event})
    found = list[tuple[int, Attended]]()
    for (event_id, person_id), mine in by_event.items():
        first = mine[0]
        when = when_in(first)
        assert when is not None
        known = {one.key: one for one in slots_of(when, first.time_zone, parts.get(event_id, []))}
        # An event that was made shorter has fewer days than people came to; those count nothing.
        there = [(known[row.day, row.session], row) for row in mine if (row.day, row.session) in known]
        if there:
            time = total([(slot, counted(slot, row.came_at, row.left_at)) for slot, row in there])
            slots = [slot for slot, _ in there]
            found.append((person_id, Attended(event_id, first.title_ja, first.title_en, slots, time)))
    return found
