"""The desk checks people in: ticked on the list, from a list on paper, or people who came without a place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, or_, select

from bot.db import fetch
from bot.deliveries.schedule import local_time
from bot.errors import Conflict, Invalid, NotFound
from bot.features import Service
from bot.features.attendance.desks import lock_desk, note
from bot.features.attendance.models import CheckIn, TickList, Way
from bot.features.attendance.noting import end, existing, note_all
from bot.features.attendance.reading import (
    Door,
    Somebody,
    codes_of,
    door_of,
    people_at,
    require_at_desk,
)
from bot.features.attendance.rules import DESK_BEFORE, Slot
from bot.features.events.steps import check_in_step
from bot.features.institutions.entering import add_person
from bot.features.institutions.rules import SOURCE, PersonDraft, cleaned_person
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.schools.names import fold
from bot.i18n import N_, words_for
from bot.paging import Part, part_of

#: So long a list waits for its yes; people on a page of the board, which is what a menu of Discord holds; names of a
#: list on paper.
KEPT, PER_PAGE, MOST_NAMES = timedelta(hours=1), 25, 1_000

GONE = N_("These check-ins were noted already, or have waited for more than an hour. Please look at the list.")
NOBODY = N_("Please choose somebody from the list.")
TOO_EARLY = N_("This session is later. The desk checks people in from {time} on.")
NO_CHECK_IN = N_("This check-in was undone already. Nothing was changed.")
THERE = N_("{name} is on the list already. If this is somebody else of that name, please say so in the form.")
NO_NAMES = N_("No names were found. Please write one per line.")
UNCLEAR = N_(
    "Nobody on the list, or more than one, has these names, so nothing was noted. Please write them as they stand on "
    "the list:\n{names}"
)
MANY_NAMES = N_("{n} names can be entered at once. Please enter the others afterwards.")
CAME = N_("They have checked in, so they aren't excused. You can undo the check-in first.")


class Which(StrEnum):
    """Whom the board shows."""

    ALL = "all"
    MISSING = "missing"
    CAME = "came"


@dataclass(frozen=True, slots=True)
class BoardPage:
    """A page of the people of a session. ``came`` of ``places``: all, whatever is shown."""

    door: Door
    slot: Slot
    people: Part[Somebody]
    came: int
    places: int


@dataclass(frozen=True, slots=True)
class Ticks:
    """A list that waits for its yes. ``there``: have checked in meanwhile, so nothing happens to them."""

    list_id: int
    door: Door
    slot: Slot
    name: str
    new: Sequence[Somebody]
    there: Sequence[Somebody]
    unclear: Sequence[str]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """How many were noted, and how many were there before."""

    event_id: int
    key: tuple[int, int]
    door_number: int
    noted: int
    there: int


class TickingService(Service):
    """For those at the desk: whoever organises the event by name, and whom they asked to help.

    Each method raises NotFound: there is no such event, session or list; NotAllowed: the actor isn't at its desk;
    Conflict: check-in isn't set up, or the session is later.
    """

    async def board(
        self, actor: Actor, event_id: int, key: tuple[int, int], which: Which, text: str, page: int
    ) -> BoardPage:
        """``text``: a part of a name or its reading; "" for all."""
        async with self.database.reading() as connection:
            door = await door_of(connection, actor.organisation.id, event_id)
            require_at_desk(actor, door)
            codes_of(door)
            slot = door.slot(key)
            people = await people_at(connection, door, slot)
        shown = [one for one in people if which is Which.ALL or one.came is (which is Which.CAME)]
        if folded := fold(text):
            shown = [one for one in shown if folded in one.search]
        came, places = sum(one.came for one in people), sum(one.has_place for one in people)
        return BoardPage(door, slot, part_of(shown, page, PER_PAGE), came, places)

    async def person(
        self, actor: Actor, event_id: int, key: tuple[int, int], person_id: int
    ) -> tuple[Door, Slot, Somebody]:
        """One of the board. Raises NotFound, too: they have no place, and didn't come."""
        async with self.database.reading() as connection:
            door = await door_of(connection, actor.organisation.id, event_id)
            require_at_desk(actor, door)
            slot = door.slot(key)
            people = await people_at(connection, door, slot)
        for one in people:
            if one.person_id == person_id:
                return door, slot, one
        raise NotFound(NOBODY, next_steps=[check_in_step(event_id)])

    async def tick(
        self, actor: Actor, event_id: int, key: tuple[int, int], door_number: int, person_ids: Collection[int]
    ) -> int:
        """These came; the number of a list. Nobody is checked in before it is confirmed."""
        async with change_by(self, actor) as change:
            door, slot = await _at(change, event_id, key)
            there = {one.person_id for one in await people_at(change.session, door, slot)}
            chosen = [one for one in dict.fromkeys(person_ids) if one in there]
            if not chosen:
                raise Invalid(NOBODY, next_steps=[check_in_step(event_id)])
            return await _keep(change, door, slot, door.door(door_number), Way.TICKED, chosen, [])

    async def read_paper(
        self, actor: Actor, event_id: int, key: tuple[int, int], door_number: int, text: str, *, all_but: bool
    ) -> int:
        """The names of a list on paper, one per line: these came, or with ``all_but`` all the others with a place. The
        number of a list. Raises Invalid: there are no names, or too many; of those who didn't come, one isn't clear."""
        typed = [name for name in (line.strip() for line in text.splitlines()) if name]
        if not typed and not all_but:
            raise Invalid(NO_NAMES, next_steps=[check_in_step(event_id)])
        if len(typed) > MOST_NAMES:
            raise Invalid(MANY_NAMES, n=MOST_NAMES, next_steps=[check_in_step(event_id)])
        async with change_by(self, actor) as change:
            door, slot = await _at(change, event_id, key)
            people = await people_at(change.session, door, slot)
            named, unclear = _named(people, typed)
            if all_but and unclear:  # they would be noted as here
                raise Invalid(UNCLEAR, names="\n".join(unclear[:20]), next_steps=[check_in_step(event_id)])
            placed = [one.person_id for one in people if one.has_place]
            chosen = [one for one in placed if one not in named] if all_but else named
            return await _keep(change, door, slot, door.door(door_number), Way.PAPER, chosen, unclear)

    async def ticks(self, actor: Actor, list_id: int) -> Ticks:
        """What would become of a list now."""
        since = self.clock.now() - KEPT
        async with self.database.reading() as connection:
            mine = (TickList.id == list_id, TickList.made_by_id == (actor.person_id or 0), TickList.made_at > since)
            rows = await fetch(connection, select(TickList.__table__).where(*mine))
            if not rows:
                raise NotFound(GONE)
            row: Any = rows[0]
            door = await door_of(connection, actor.organisation.id, row.event_id)
            require_at_desk(actor, door)
            slot = door.slot((row.day, row.session))
            people = {one.person_id: one for one in await people_at(connection, door, slot)}
        chosen = [people[one] for one in row.people if one in people]
        new, there = [one for one in chosen if not one.came], [one for one in chosen if one.came]
        return Ticks(list_id, door, slot, row.door, new, there, row.unclear)

    async def confirm(self, actor: Actor, list_id: int) -> Confirmed:
        """Check in those of a list who weren't there yet. People who lost their place meanwhile came all the same.
        Once: the list ends with it."""
        async with change_by(self, actor) as change:
            mine = (TickList.id == list_id) & (TickList.made_by_id == (actor.person_id or 0))
            named = await change.session.scalar(select(TickList.people).where(mine)) or []
            here = {*await existing(change, [*named, actor.person_id or 0])}
            row = await change.lock(TickList, mine & (TickList.made_at > change.now - KEPT), GONE)
            people = [one for one in row.people if one in here]
            door, slot = await _at(change, row.event_id, (row.day, row.session))
            new = await note_all(change, door, slot, people, Way(row.way), row.door)
            note(change, door, "event.check_in", row.way)
            await change.session.delete(row)
            number = door.doors.index(row.door) + 1 if row.door in door.doors else 0
            return Confirmed(row.event_id, slot.key, number, len(new), len(people) - len(new))

    async def walk_in(
        self,
        actor: Actor,
        event_id: int,
        key: tuple[int, int],
        door_number: int,
        name: str,
        school: str = "",
        *,
        is_another: bool = False,
    ) -> int:
        """Somebody without a place and without an account came; the number of their record. Raises Conflict: somebody
        of that name is on the list, and it wasn't said that they are another; Invalid."""
        async with change_by(self, actor) as change:
            door, slot = await _at(change, event_id, key)
            words = words_for(actor.organisation.language)
            source = words("Came without a sign-up: {title}", title=words.either(door.title_ja, door.title_en))
            draft = cleaned_person(PersonDraft(name, "", school, source[:SOURCE]))
            same = fold(draft.name)
            if not is_another and any(fold(one.name) == same for one in await people_at(change.session, door, slot)):
                raise Conflict(THERE, name=draft.name, next_steps=[check_in_step(event_id)])
            person = await add_person(change, draft, door.lc_id, by=actor.person_id)
            await note_all(change, door, slot, [person.id], Way.WALK_IN, door.door(door_number))
            return person.id

    async def excuse(self, actor: Actor, event_id: int, key: tuple[int, int], person_id: int) -> None:
        """They said that they can't come. Twice is once. Raises Conflict: they have checked in; NotFound."""
        async with change_by(self, actor) as change:
            people = await existing(change, [person_id])
            door, slot = await _at(change, event_id, key, is_early=True)
            there = {one.person_id: one for one in await people_at(change.session, door, slot)}
            if not people or person_id not in there:
                raise NotFound(NOBODY, next_steps=[check_in_step(event_id)])
            if there[person_id].came:
                raise Conflict(CAME, next_steps=[check_in_step(event_id)])
            if there[person_id].mark is None:
                await note_all(change, door, slot, people, Way.EXCUSED, "")
                note(change, door, "event.check_in", Way.EXCUSED.value)

    async def undo(self, actor: Actor, check_in_id: int) -> tuple[int, tuple[int, int]]:
        """They didn't come after all, or aren't excused; the event and the session. It is kept who undid it, and when.
        Raises Conflict: somebody else was faster."""
        async with change_by(self, actor) as change:
            door, row = await _held(change, check_in_id)
            await end(change, row.id)
            note(change, door, "event.undo_check_in")
            return row.event_id, (row.day, row.session)

    async def leave(self, actor: Actor, check_in_id: int, *, is_gone: bool) -> tuple[int, tuple[int, int]]:
        """They leave early, now; or came back. The event and the session. Raises as ``undo``."""
        async with change_by(self, actor) as change:
            door, row = await _held(change, check_in_id)
            row.left_at = change.now if is_gone else None
            note(change, door, "event.check_in", "left")
            return row.event_id, (row.day, row.session)


async def _at(change: Change, event_id: int, key: tuple[int, int], *, is_early: bool = False) -> tuple[Door, Slot]:
    """The desk is locked then. ``is_early``: also long before the session."""
    await lock_desk(change, event_id)
    door = await door_of(change.session, change.moment.organisation_id, event_id)
    require_at_desk(change.actor, door)
    codes_of(door)
    slot = door.slot(key)
    opens = slot.starts_at - DESK_BEFORE
    if change.now < opens and not is_early:
        raise Conflict(TOO_EARLY, time=local_time(opens, door.time_zone), next_steps=[check_in_step(event_id)])
    return door, slot


async def _held(change: Change, check_in_id: int) -> tuple[Door, CheckIn]:
    event_id = await change.session.scalar(select(CheckIn.event_id).where(CheckIn.id == check_in_id))
    if event_id is None:
        raise NotFound(NO_CHECK_IN)
    await lock_desk(change, event_id)
    door = await door_of(change.session, change.moment.organisation_id, event_id)
    require_at_desk(change.actor, door)
    row = await change.session.get_one(CheckIn, check_in_id, populate_existing=True)
    if row.undone_as:
        raise Conflict(NO_CHECK_IN, next_steps=[check_in_step(event_id)])
    return door, row


async def _keep(
    change: Change, door: Door, slot: Slot, name: str, way: Way, people: Sequence[int], unclear: Sequence[str]
) -> int:
    old = delete(TickList).where(
        or_(TickList.made_at <= change.now - KEPT, TickList.made_by_id == change.actor.person_id)
    )
    await change.session.execute(old.execution_options(synchronize_session=False))
    row = TickList(
        organisation_id=door.organisation_id,
        event_id=door.event_id,
        day=slot.day,
        session=slot.session,
        door=name,
        way=way.value,
        people=list(people),
        unclear=list(unclear),
        made_by_id=change.actor.person_id,
        made_at=change.now,
    )
    change.session.add(row)
    await change.session.flush()
    return row.id


def _named(people: Sequence[Somebody], typed: Sequence[str]) -> tuple[list[int], list[str]]:
    """Who is meant, and the names that nobody or more than one has. A name may be without its spaces."""
    by_name: dict[str, list[int]] = {}
    for one in people:
        by_name.setdefault(_plain(one.name), []).append(one.person_id)
    named, unclear = list[int](), list[str]()
    for name in typed:
        found = by_name.get(_plain(name), [])
        if len(found) == 1 and found[0] not in named:
            named += found
        elif len(found) != 1:
            unclear.append(name[:100])
    return named, unclear


def _plain(name: str) -> str:
    return "".join(fold(name).split())
