"""Somebody at the door types the code that is shown there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from bot.db import Reader, fetch
from bot.errors import Conflict, Invalid, NextStep, NotAllowed, NotFound, UserError
from bot.features import Service
from bot.features.attendance.desks import lock_desk
from bot.features.attendance.models import CheckIn, Desk, Way, WrongCode
from bot.features.attendance.noting import existing, note_all
from bot.features.attendance.reading import (
    Door,
    at_desk,
    codes_of,
    door_of,
    has_place,
    holding,
    require_posted,
)
from bot.features.attendance.rules import (
    AROUND,
    KNOWN_AS_OLD,
    WRONG_CODES,
    WRONG_WITHIN,
    Slot,
    is_old,
    matched,
    read_code,
)
from bot.features.events.models import Event, EventState
from bot.features.events.queries import EventCard
from bot.features.events.rules import LONGEST
from bot.features.events.steps import show_step
from bot.features.members.values import JOIN
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.signups.models import PartyState
from bot.i18n import N_

#: Other events whose codes are known as theirs.
OTHERS = 20

WRONG = N_("That isn't the code. Please look at the door again. It changes every few minutes.")
OLD = N_("That code isn't valid any more. Please type the one that is shown at the door now.")
FOREIGN = N_("That is the code of another event. Please open that event, and check in there.")
TOO_OFTEN = N_("You typed {n} wrong codes. Please wait ten minutes, or let somebody at the desk check you in.")
NO_PLACE = N_("You have no place here, so the desk has to check you in. Please ask there.")
NOT_NOW = N_("Check-in is open from 30 minutes before a session until 30 minutes after it. Please try again then.")
NOT_JOINED = N_("Please join first. Then you can check in. Or let somebody at the desk check you in.")


@dataclass(frozen=True, slots=True)
class Offer:
    """What the page of an event offers at its door. ``may_check_in``: the reader isn't in yet. ``helps``: they help at
    the desk, and don't organise it."""

    may_check_in: bool = False
    helps: bool = False


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """``was_there``: they had checked in before, at ``came_at``."""

    slot: Slot
    door: str
    came_at: datetime
    was_there: bool


class CheckInService(Service):
    async def offer(self, actor: Actor, event: EventCard) -> Offer:
        """Without a look at the database while nothing is on. Anybody may ask."""
        now = self.clock.now()
        if event.state is not EventState.POSTED or event.starts_at is None or event.ends_at is None:
            return Offer()
        helps = not event.is_organiser and at_desk(actor, event.event_id)
        if actor.person_id is None or not event.starts_at - AROUND <= now <= event.ends_at + AROUND:
            return Offer(helps=helps)
        async with self.database.reading() as connection:
            door = await door_of(connection, actor.organisation.id, event.event_id)
            placed = event.mine is not None and event.mine.is_live and event.mine.state is PartyState.ACCEPTED
            if door.codes is None or not (placed or door.takes_walk_ins):
                return Offer(helps=helps)
            there = await _sessions_of(connection, door, actor.person_id)
        return Offer(any(one.is_open(now) and one.key not in there for one in door.slots), helps)

    async def to_check_in(self, actor: Actor, event_id: int) -> None:
        """Before the form opens. Raises NotFound; NotAllowed; Conflict: check-in isn't open, or isn't for them."""
        now = self.clock.now()
        async with self.database.reading() as connection:
            await _require(connection, actor, event_id, now)

    async def check_in(self, actor: Actor, event_id: int, typed: str) -> CheckedIn:
        """By the code that is shown at a door now, or was until a few minutes ago. Twice is once.

        Raises:
            NotFound: there is no such event.
            NotAllowed: they have no place, and the desk checks in those who haven't.
            Conflict: nothing is on, or they have typed too many wrong codes.
            Invalid: the code is wrong, old, or that of another event.
        """
        code, refused = read_code(typed), None
        async with change_by(self, actor) as change:
            await existing(change, [actor.person_id or 0], alone=True)
            await lock_desk(change, event_id, shared=True)
            door = await _require(change.session, actor, event_id, change.now)
            assert actor.person_id is not None
            await _require_patience(change, event_id)
            found = matched(codes_of(door), door.slots, code, change.now)
            if found is not None:
                return await _checked_in(change, door, *found)
            refused = await _refusal(change, door, code)
            change.session.add(WrongCode(event_id=event_id, person_id=actor.person_id, at=change.now))
        raise refused  # only now, so that the wrong code is counted

    async def forget_wrong_codes(self) -> int:
        """At night: those that count for nothing any more. How many."""
        before = self.clock.now() - WRONG_WITHIN
        async with self.database.writing() as session:
            gone = delete(WrongCode).where(WrongCode.at < before).returning(WrongCode.id)
            return len((await session.scalars(gone.execution_options(synchronize_session=False))).all())


async def _require(reader: Reader, actor: Actor, event_id: int, now: datetime) -> Door:
    door = await door_of(reader, actor.organisation.id, event_id)
    back = _back(event_id)
    require_posted(door)
    codes_of(door)
    if actor.person_id is None:
        raise NotFound(NOT_JOINED, next_steps=[JOIN])
    if not any(one.is_open(now) for one in door.slots):
        raise Conflict(NOT_NOW, next_steps=back)
    if not door.takes_walk_ins and not await has_place(reader, door, actor.person_id):
        raise NotAllowed(NO_PLACE, next_steps=back)
    return door


def _back(event_id: int) -> list[NextStep]:
    return [show_step(event_id)]


async def _sessions_of(reader: Reader, door: Door, person_id: int) -> set[tuple[int, int]]:
    query = select(CheckIn.day, CheckIn.session).where(
        CheckIn.event_id == door.event_id,
        CheckIn.person_id == person_id,
        CheckIn.undone_as == 0,
        CheckIn.way != Way.EXCUSED.value,
    )
    return {(row.day, row.session) for row in await fetch(reader, query)}


async def _require_patience(change: Change, event_id: int) -> None:
    lately = select(func.count(WrongCode.id)).where(
        WrongCode.event_id == event_id,
        WrongCode.person_id == change.actor.person_id,
        WrongCode.at > change.now - WRONG_WITHIN,
    )
    if (await change.session.scalar(lately) or 0) >= WRONG_CODES:
        raise Conflict(TOO_OFTEN, n=WRONG_CODES, next_steps=_back(event_id))


async def _checked_in(change: Change, door: Door, slot: Slot, number: int) -> CheckedIn:
    person_id, name = change.actor.person_id, door.door(number)
    assert person_id is not None
    if await note_all(change, door, slot, [person_id], Way.CODE, name):
        return CheckedIn(slot, name, change.now, was_there=False)
    query = select(CheckIn.came_at, CheckIn.door).where(
        *holding(door.event_id, slot.key), CheckIn.person_id == person_id
    )
    (row,) = await fetch(change.session, query)
    return CheckedIn(slot, row.door, row.came_at, was_there=True)


async def _refusal(change: Change, door: Door, code: str) -> UserError:
    back = _back(door.event_id)
    if is_old(codes_of(door), door.slots, code, change.now):
        return Invalid(OLD, next_steps=back)
    for other in await _others(change, door):
        if other.codes is not None and (
            matched(other.codes, other.slots, code, change.now) or is_old(other.codes, other.slots, code, change.now)
        ):
            return Invalid(FOREIGN, next_steps=back)
    return Invalid(WRONG, next_steps=back)


async def _others(change: Change, door: Door) -> list[Door]:
    """Other events that have a check-in now."""
    query = (
        select(Event.id)
        .join(Desk, Desk.event_id == Event.id)
        .where(
            Event.organisation_id == door.organisation_id,
            Event.id != door.event_id,
            Event.state == EventState.POSTED.value,
            Event.starts_at <= change.now + AROUND,
            Event.starts_at >= change.now - LONGEST,
            Event.ends_at >= change.now - KNOWN_AS_OLD,
        )
        .order_by(Event.starts_at.desc(), Event.id)
        .limit(OTHERS)
    )
    return [await door_of(change.session, door.organisation_id, row.id) for row in await fetch(change.session, query)]
