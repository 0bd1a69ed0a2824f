"""The check-in of an event as its organisers set it up: its codes, sessions and doors, and what it counts."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from bot.errors import Conflict, Invalid
from bot.features import Service
from bot.features.attendance.models import AttendanceSession, CheckIn, Desk
from bot.features.attendance.reading import (
    NO_DESK,
    NO_SESSION,
    Door,
    Somebody,
    Tally,
    codes_of,
    door_of,
    nameless,
    people_at,
    places_of,
    require_at_desk,
    require_organiser,
)
from bot.features.attendance.rules import (
    SESSIONS,
    SMALL,
    Slot,
    cleaned_doors,
    cleaned_part,
    code_of,
    counted,
    good_until,
)
from bot.features.events.models import KIND
from bot.features.events.queries import organises
from bot.features.events.steps import check_in_step
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.i18n import N_

MANY_SESSIONS = N_("An event has up to {n} sessions. Please remove one first.")
USED = N_("Somebody has checked in to this session, so it stays. You can undo the check-ins first.")


@dataclass(frozen=True, slots=True)
class DeskPage:
    """``slot``: the one that was asked for, else the one that is on. ``may_change``: the reader organises the event."""

    door: Door
    slot: Slot
    tally: Tally
    is_open: bool
    is_over: bool
    may_change: bool


@dataclass(frozen=True, slots=True)
class ShownCode:
    """``until``: the code is taken until then."""

    door: Door
    slot: Slot
    code: str
    until: datetime


class DeskService(Service):
    async def desk(self, actor: Actor, event_id: int, key: tuple[int, int] | None = None) -> DeskPage:
        """Raises NotFound; NotAllowed: the actor neither organises it nor helps; Conflict: it isn't posted."""
        now = self.clock.now()
        async with self.database.reading() as connection:
            door = await door_of(connection, actor.organisation.id, event_id)
            require_at_desk(actor, door)
            slot = door.slot(key) if key is not None else door.current(now)
            people = await people_at(connection, door, slot)
            others = await nameless(connection, door, slot)
        times = [counted(slot, one.mark.came_at, one.mark.left_at) for one in people if one.mark and one.came]
        times += [counted(slot, one.came_at, one.left_at) for one in others]
        tally = Tally(
            places=sum(one.has_place for one in people),
            came=len(times),
            walk_ins=sum(one.came and not one.has_place for one in people),
            excused=sum(one.mark is not None and not one.came for one in people),
            time=sum(times, timedelta()),
        )
        may_change = organises(actor, event_id)
        return DeskPage(door, slot, tally, slot.is_open(now), slot.ends_at < now, may_change)

    async def code(self, actor: Actor, event_id: int, key: tuple[int, int], door_number: int) -> ShownCode:
        """The code of a session at a door. Raises as ``desk``; Conflict: check-in isn't set up."""
        now = self.clock.now()
        async with self.database.reading() as connection:
            door = await door_of(connection, actor.organisation.id, event_id)
        require_at_desk(actor, door)
        codes, slot = codes_of(door), door.slot(key)
        number = door_number if door.door(door_number) else 0
        return ShownCode(door, slot, code_of(codes, slot, number, now), good_until(codes, slot, now))

    async def attendance(self, actor: Actor, event_id: int) -> tuple[Door, list[tuple[Slot, Sequence[Somebody]]]]:
        """All of it, for a file. Raises as ``desk``; NotAllowed: the actor only helps."""
        async with self.database.reading() as connection:
            door = await door_of(connection, actor.organisation.id, event_id)
            require_organiser(actor, door)
            return door, [(slot, await people_at(connection, door, slot)) for slot in door.slots]

    async def open(self, actor: Actor, event_id: int) -> None:
        """Set check-in up. Twice is once. Raises as ``attendance``."""
        async with change_by(self, actor) as change:
            door = await door_of(change.session, actor.organisation.id, event_id)
            require_organiser(change.actor, door)
            if await change.session.scalar(select(Desk.id).where(Desk.event_id == event_id).with_for_update()):
                return
            change.session.add(
                Desk(
                    organisation_id=change.moment.organisation_id,
                    event_id=event_id,
                    secret=secrets.token_hex(32),
                    is_fixed=await places_of(change.session, door) < SMALL,
                    made_at=change.now,
                )
            )
            note(change, door, "event.desk")

    async def set_fixed(self, actor: Actor, event_id: int, *, is_fixed: bool) -> None:
        """Raises as ``attendance``; Conflict: check-in isn't set up."""
        async with change_by(self, actor) as change:
            door, desk = await _locked(change, event_id)
            desk.is_fixed = is_fixed
            note(change, door, "event.desk", "code")

    async def set_walk_ins(self, actor: Actor, event_id: int, *, takes: bool) -> None:
        """May people without a place check in by the code? Raises as ``set_fixed``."""
        async with change_by(self, actor) as change:
            door, desk = await _locked(change, event_id)
            desk.takes_walk_ins = takes
            note(change, door, "event.desk", "walk_ins")

    async def set_doors(self, actor: Actor, event_id: int, names: Sequence[str]) -> None:
        """Raises as ``set_fixed``; Invalid: there are too many, or two of one name."""
        found = cleaned_doors(names)
        async with change_by(self, actor) as change:
            door, desk = await _locked(change, event_id)
            desk.doors = found
            note(change, door, "event.desk", "doors")

    async def add_session(self, actor: Actor, event_id: int, name: str, day: int, hours: str) -> None:
        """``day``: counted from 1; ``hours``: such as ``13:00-15:30``. Raises as ``set_fixed``; Invalid."""
        async with change_by(self, actor) as change:
            door, _ = await _locked(change, event_id)
            part = cleaned_part(name, day, hours, 1 + max(one.day for one in door.slots if not one.session))
            if sum(one.session != 0 for one in door.slots) >= SESSIONS:
                raise Invalid(MANY_SESSIONS, n=SESSIONS, next_steps=[check_in_step(event_id)])
            row = AttendanceSession(event_id=event_id, name=part.name, day=part.day, begins=part.begins, ends=part.ends)
            change.session.add(row)
            note(change, door, "event.desk", "sessions")

    async def remove_session(self, actor: Actor, event_id: int, session: int) -> None:
        """Raises as ``set_fixed``; NotFound; Conflict: somebody has checked in to it."""
        async with change_by(self, actor) as change:
            door, _ = await _locked(change, event_id)
            if not session or session not in {one.session for one in door.slots}:
                raise Conflict(NO_SESSION, next_steps=[check_in_step(event_id)])
            used = select(func.count(CheckIn.id)).where(
                CheckIn.event_id == event_id, CheckIn.session == session, CheckIn.undone_as == 0
            )
            if await change.session.scalar(used):
                raise Conflict(USED, next_steps=[check_in_step(event_id)])
            gone = delete(AttendanceSession).where(AttendanceSession.id == session)
            await change.session.execute(gone.execution_options(synchronize_session=False))
            note(change, door, "event.desk", "sessions")


async def _locked(change: Change, event_id: int) -> tuple[Door, Desk]:
    desk = await lock_desk(change, event_id)
    door = await door_of(change.session, change.moment.organisation_id, event_id)
    require_organiser(change.actor, door)
    if desk is None:
        raise Conflict(NO_DESK, next_steps=[check_in_step(event_id)])
    return door, desk


async def lock_desk(change: Change, event_id: int, *, shared: bool = False) -> Desk | None:
    """Of two at the desk, the second sees what the first did. None: check-in isn't set up. ``shared``: beside others
    who each check in themselves, and hold their own record alone."""
    query = select(Desk).where(Desk.event_id == event_id).with_for_update(read=shared)
    found: Desk | None = await change.session.scalar(query)
    return found


def note(change: Change, door: Door, action: str, *fields: str) -> None:
    """In the history of the LC, where it is one's."""
    about = ("local_committee", door.lc_id) if door.lc_id is not None else (KIND, door.event_id)
    change.note(action, *about, fields)
