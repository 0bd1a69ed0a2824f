"""What the door of an event is about: its days and sessions, who has a place, and who came. Read with or without a
transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from bot.db import Reader, fetch
from bot.errors import Conflict, NotAllowed, NotFound
from bot.features.attendance.models import AttendanceSession, CheckIn, Desk, Way
from bot.features.attendance.rules import Codes, Part, Slot, current, slots_of
from bot.features.events.models import KIND, Event, EventState
from bot.features.events.queries import GONE, LIST, organises, when_in
from bot.features.events.steps import check_in_step, show_step
from bot.features.members.models import Profile
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.features.schools.names import fold
from bot.features.signups.models import Party, PartyMember, PartyState, SignUp
from bot.i18n import N_

NO_DESK = N_("Check-in hasn't been set up for this event. Its organisers can do that.")
NOT_POSTED = N_("Check-in is for events that are posted. Please post it first.")
CANCELLED = N_("This event was cancelled, so nobody checks in.")
NO_SESSION = N_("That session doesn't exist any more. Please choose from the list.")
FOR_ORGANISERS = N_("Only its organisers can change this. You help at the desk.")
NOT_AT_DESK = N_("Only its organisers and those who help at the desk see who came.")


@dataclass(frozen=True, slots=True)
class Door:
    """An event as its door sees it. ``codes`` and what follows are None and empty where check-in isn't set up."""

    event_id: int
    organisation_id: int
    lc_id: int | None
    title_ja: str
    title_en: str
    time_zone: str
    state: EventState
    signup_id: int | None
    slots: Sequence[Slot]
    codes: Codes | None
    takes_walk_ins: bool
    doors: Sequence[str]

    def slot(self, key: tuple[int, int]) -> Slot:
        """Raises NotFound."""
        for one in self.slots:
            if one.key == key:
                return one
        raise NotFound(NO_SESSION, next_steps=[check_in_step(self.event_id)])

    def current(self, now: datetime) -> Slot:
        return current(self.slots, now)

    def door(self, number: int) -> str:
        """Its name; "" for none, and for one that was taken away."""
        return self.doors[number - 1] if 0 < number <= len(self.doors) else ""


@dataclass(frozen=True, slots=True)
class Mark:
    """That somebody came, or is excused. ``by``: who noted it."""

    check_in_id: int
    way: Way
    door: str
    came_at: datetime
    left_at: datetime | None
    by: str


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who has a place, or came without one. ``search``: folded, to find them by."""

    person_id: int
    name: str
    search: str
    has_place: bool
    mark: Mark | None

    @property
    def came(self) -> bool:
        return self.mark is not None and self.mark.way is not Way.EXCUSED


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of a session. ``walk_ins``: of those who came, how many had no place. ``time``: what they all spent
    there, also those whose data is deleted since."""

    places: int
    came: int
    walk_ins: int
    excused: int
    time: timedelta


_COLUMNS = (
    Event.id,
    Event.organisation_id,
    Event.lc_id,
    Event.title_ja,
    Event.title_en,
    Event.time_zone,
    Event.state,
    Event.starts_local,
    Event.ends_local,
    Event.whole_days,
    SignUp.id.label("signup_id"),
    Desk.secret,
    Desk.is_fixed,
    Desk.takes_walk_ins,
    Desk.doors,
)
_DOOR = (
    select(*_COLUMNS)
    .outerjoin(SignUp, (SignUp.owner_kind == KIND) & (SignUp.owner_id == Event.id))
    .outerjoin(Desk, Desk.event_id == Event.id)
)


async def door_of(reader: Reader, organisation_id: int, event_id: int) -> Door:
    """Raises NotFound: there is no such event, or it is a draft without a time."""
    rows = await fetch(reader, _DOOR.where(Event.id == event_id, Event.organisation_id == organisation_id))
    if not rows or rows[0].starts_local is None:
        raise NotFound(GONE, next_steps=[LIST])
    parts = (await parts_of(reader, [event_id])).get(event_id, []) if rows[0].secret is not None else []
    return door_in(rows[0], parts)


async def parts_of(reader: Reader, event_ids: Collection[int]) -> Mapping[int, list[Part]]:
    """The named sessions of events."""
    query = select(AttendanceSession.__table__).where(AttendanceSession.event_id.in_(event_ids))
    found: dict[int, list[Part]] = {}
    for row in await fetch(reader, query.order_by(AttendanceSession.id)):
        found.setdefault(row.event_id, []).append(Part(row.id, row.name, row.day, row.begins, row.ends))
    return found


def door_in(row: Any, parts: Sequence[Part]) -> Door:
    when = when_in(row)
    assert when is not None
    doors = row.doors or []
    return Door(
        event_id=row.id,
        organisation_id=row.organisation_id,
        lc_id=row.lc_id,
        title_ja=row.title_ja,
        title_en=row.title_en,
        time_zone=row.time_zone,
        state=EventState(row.state),
        signup_id=row.signup_id,
        slots=slots_of(when, row.time_zone, parts),
        codes=Codes(row.secret, row.is_fixed, len(doors)) if row.secret is not None else None,
        takes_walk_ins=bool(row.takes_walk_ins),
        doors=doors,
    )


def at_desk(actor: Actor, event_id: int) -> bool:
    """Does the actor organise the event by name, or help at its desk today?"""
    return organises(actor, event_id) or any(
        one.held_on(actor.today) and one.right is Right.CHECK_IN and one.scope.subject == (KIND, event_id)
        for one in actor.entitlements
    )


def require_at_desk(actor: Actor, door: Door) -> None:
    """Raises NotAllowed: the actor doesn't see names; Conflict: nobody checks in here."""
    if not at_desk(actor, door.event_id):
        raise NotAllowed(NOT_AT_DESK, next_steps=[show_step(door.event_id)])
    require_posted(door)


def require_organiser(actor: Actor, door: Door) -> None:
    """Raises NotAllowed; Conflict: nobody checks in here."""
    require_at_desk(actor, door)
    if not organises(actor, door.event_id):
        raise NotAllowed(FOR_ORGANISERS, next_steps=[check_in_step(door.event_id)])


def require_posted(door: Door) -> None:
    if door.state is EventState.CANCELLED:
        raise Conflict(CANCELLED, next_steps=[show_step(door.event_id)])
    if door.state is not EventState.POSTED:
        raise Conflict(NOT_POSTED, next_steps=[show_step(door.event_id)])


def codes_of(door: Door) -> Codes:
    """Raises Conflict: check-in isn't set up."""
    if door.codes is None:
        raise Conflict(NO_DESK, next_steps=[show_step(door.event_id)])
    return door.codes


async def has_place(reader: Reader, door: Door, person_id: int) -> bool:
    query = _placed(door).with_only_columns(PartyMember.id).where(PartyMember.person_id == person_id)
    return await reader.scalar(query.limit(1)) is not None


def _placed(door: Door) -> Any:
    return (
        select(PartyMember.id)
        .join(Party, Party.id == PartyMember.party_id)
        .where(
            PartyMember.signup_id == (door.signup_id or 0),
            PartyMember.is_live,
            Party.state == PartyState.ACCEPTED.value,
        )
    )


async def people_at(reader: Reader, door: Door, slot: Slot) -> list[Somebody]:
    """Who has a place and who came, by their names, as on the list on paper."""
    by = aliased(Person)
    marks = (
        select(CheckIn.__table__, Person.display_name, Profile.search, by.display_name.label("by_name"))
        .join(Person, Person.id == CheckIn.person_id)
        .outerjoin(Profile, Profile.person_id == Person.id)
        .outerjoin(by, by.id == CheckIn.by_id)
        .where(*holding(door.event_id, slot.key))
    )
    found: dict[int, Somebody] = {}
    for row in await fetch(reader, marks):
        mark = Mark(row.id, Way(row.way), row.door, row.came_at, row.left_at, row.by_name or "")
        found[row.person_id] = Somebody(row.person_id, row.display_name, _search(row), has_place=False, mark=mark)
    placed = _placed(door).with_only_columns(Person.id, Person.display_name, Profile.search)
    placed = placed.join(Person, Person.id == PartyMember.person_id)
    for row in await fetch(reader, placed.outerjoin(Profile, Profile.person_id == Person.id)):
        there = found.get(row.id)
        mark_or_none = there.mark if there is not None else None
        found[row.id] = Somebody(row.id, row.display_name, _search(row), has_place=True, mark=mark_or_none)
    return sorted((one for one in found.values() if one.name), key=lambda one: (one.name, one.person_id))


def _search(row: Any) -> str:
    return f"{fold(row.display_name)}\n{row.search or ''}"


def holding(event_id: int, key: tuple[int, int]) -> Sequence[Any]:
    """The rows of a session that weren't undone."""
    day, session = key
    return (
        CheckIn.event_id == event_id,
        CheckIn.day == day,
        CheckIn.session == session,
        CheckIn.undone_as == 0,
    )


async def nameless(reader: Reader, door: Door, slot: Slot) -> list[Any]:
    """When people came and left who have had their data deleted since."""
    query = select(CheckIn.came_at, CheckIn.left_at).where(
        *holding(door.event_id, slot.key), CheckIn.person_id.is_(None), CheckIn.way != Way.EXCUSED.value
    )
    return list(await fetch(reader, query))


async def places_of(reader: Reader, door: Door) -> int:
    placed = _placed(door).with_only_columns(func.count(PartyMember.id), maintain_column_froms=True)
    return int(await reader.scalar(placed) or 0)
