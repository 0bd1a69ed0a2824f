"""What somebody came to, and the hours that follow from it: for themselves alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from bot.db import fetch
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
        query = (
            select(
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
            .where(CheckIn.person_id == (actor.person_id or 0), CheckIn.undone_as == 0)
            .where(CheckIn.way != Way.EXCUSED.value)
            .order_by(Event.starts_at.desc(), Event.id.desc(), CheckIn.day, CheckIn.came_at, CheckIn.id)
        )
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
            parts = await parts_of(connection, {row.event_id for row in rows})
        found: dict[int, Attended] = {}
        for event_id in dict.fromkeys(row.event_id for row in rows):
            mine = [row for row in rows if row.event_id == event_id]
            when = when_in(mine[0])
            assert when is not None
            known = {one.key: one for one in slots_of(when, mine[0].time_zone, parts.get(event_id, []))}
            # An event that was made shorter has fewer days than people came to; those count nothing.
            there = [(known[row.day, row.session], row) for row in mine if (row.day, row.session) in known]
            if there:
                time = total([(slot, counted(slot, row.came_at, row.left_at)) for slot, row in there])
                slots = [slot for slot, _ in there]
                found[event_id] = Attended(event_id, mine[0].title_ja, mine[0].title_en, slots, time)
        return list(found.values())
