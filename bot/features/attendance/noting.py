"""Writing down who came: once per person and session, whoever notes it and however often."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from bot.db import fetch
from bot.features.attendance.models import CheckIn, Way
from bot.features.attendance.reading import Door, holding
from bot.features.attendance.rules import Slot
from bot.features.people.changes import Change
from bot.features.people.models import Person


async def existing(change: Change, person_ids: Collection[int], *, alone: bool = False) -> list[int]:
    """Those who are still there, locked: a deletion begins with the person, and so does this. ``alone``: nobody else
    does the same with them meanwhile, as with two phones of one person."""
    here = Person.organisation_id == change.moment.organisation_id
    query = select(Person.id).where(Person.id.in_(person_ids), here).order_by(Person.id)
    rows = await fetch(change.session, query.with_for_update(read=not alone, key_share=True))
    return [row.id for row in rows]


async def note_all(
    change: Change, door: Door, slot: Slot, person_ids: Collection[int], way: Way, name: str
) -> list[int]:
    """Those of them who weren't there yet and now are. The desk is locked. ``name``: of the door.

    Somebody who was excused and comes isn't excused any more.
    """
    query = select(CheckIn.id, CheckIn.person_id, CheckIn.way).where(
        *holding(door.event_id, slot.key), CheckIn.person_id.in_(person_ids)
    )
    known = {row.person_id: row for row in await fetch(change.session, query)}
    new = [one for one in person_ids if one not in known or known[one].way == Way.EXCUSED.value]
    for one in new:
        if one in known:
            await end(change, known[one].id)
    change.session.add_all(
        CheckIn(
            organisation_id=door.organisation_id,
            event_id=door.event_id,
            day=slot.day,
            session=slot.session,
            person_id=one,
            way=way.value,
            door=name,
            came_at=_came_at(slot, way, change.now),
            noted_at=change.now,
            by_id=change.actor.person_id,
        )
        for one in new
    )
    await change.session.flush()
    return new


def _came_at(slot: Slot, way: Way, now: datetime) -> datetime:
    """Nobody knows the hour of somebody who is entered afterwards."""
    return slot.starts_at if way is Way.PAPER or now > slot.ends_at else now


async def end(change: Change, check_in_id: int) -> None:
    """It doesn't hold any more. The row stays, with who did that and when."""
    values: dict[str, Any] = {"undone_at": change.now, "undone_by_id": change.actor.person_id, "undone_as": CheckIn.id}
    query = update(CheckIn).where(CheckIn.id == check_in_id).values(values)
    await change.session.execute(query.execution_options(synchronize_session=False))
