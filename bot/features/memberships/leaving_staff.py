"""No longer staff, or a candidate for it: by one's own word, or by the officers in charge. It ends at once; membership
itself, the fee and what was ticked stay as they are."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Reader, fetch
from bot.deliveries.models import RecipientKind
from bot.deliveries.outbox import enqueue
from bot.deliveries.records import Recipient
from bot.errors import Conflict, NotFound
from bot.features import Service
from bot.features.members.models import Profile
from bot.features.members.reaching import asked_for_messages
from bot.features.memberships.models import Membership, MembershipKind
from bot.features.memberships.queries import settings_of
from bot.features.memberships.records import StaffLine
from bot.features.memberships.service import OPEN, note
from bot.features.people.actors import Actor
from bot.features.people.changes import changed
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.features.schools.names import fold
from bot.i18n import N_
from bot.kit.messages import MessageKind
from bot.paging import Part, fetch_part

#: Tells somebody that officers have ended it.
STAFF_ENDED = MessageKind("memberships:staff-ended", N_("Word to staff that they no longer are"), is_budgeted=True)
#: What a menu of Discord holds.
PAGE = 25
_KINDS = (MembershipKind.STAFF, MembershipKind.STAFF_CANDIDATE)


class LeavingStaffService(Service):
    async def staff(self, actor: Actor, text: str = "", page: int = 0) -> tuple[Part[StaffLine], int]:
        """A page of today's staff by name, those of last year in their days of grace included, and how many there are.
        ``text``: a part of a name or its reading.

        Raises:
            NotAllowed: the actor is no national officer in office.
        """
        actor.require(Right.TICK_STAFF_STEPS)
        async with self.database.reading() as connection:
            query = _lines(actor, await _counting(connection, actor)).where(Membership.kind == MembershipKind.STAFF)
            if folded := fold(text):
                query = query.where(Profile.search.contains(folded, autoescape=True))
            rows = await fetch_part(connection, query, page, PAGE)
        return rows.each(lambda row: _line(row, actor.today)), rows.total

    async def line(self, actor: Actor, person_id: int) -> StaffLine:
        """One of the staff, or of the candidates.

        Raises:
            NotAllowed: the actor is no national officer in office.
            NotFound: nobody of that number is one today.
        """
        actor.require(Right.TICK_STAFF_STEPS)
        async with self.database.reading() as connection:
            query = _lines(actor, await _counting(connection, actor)).where(Person.id == person_id)
            rows = await fetch(connection, query)
        if not rows:
            raise NotFound(NOT_STAFF)
        return min((_line(row, actor.today) for row in rows), key=lambda line: line.is_candidate)

    async def end(self, actor: Actor, person_id: int) -> str:
        """Let somebody be neither staff nor a candidate from now on; their name. They are told, if they chose direct
        messages, and see it in any case.

        Raises:
            NotAllowed: the actor is no national officer in office.
            NotFound: nobody of that number is one today.
        """
        actor.require(Right.TICK_STAFF_STEPS)
        now = self.clock.now()
        async with self.database.writing() as session:
            person = await session.scalar(
                select(Person)
                .where(Person.id == person_id, Person.organisation_id == actor.organisation.id)
                .with_for_update()
            )
            if person is None or not await _end(session, actor, person):
                raise NotFound(NOT_STAFF)
            note(session, actor, now, "staff.end", person_id, ("kind",))
            if person.discord_user_id is not None and person_id != actor.person_id:
                direct = await asked_for_messages(session, actor.organisation.id, [person.discord_user_id])
                news = [
                    STAFF_ENDED.to(
                        Recipient(RecipientKind.PERSON, user),
                        actor.moment(now),
                        f"{person_id}:{now:%Y%m%dT%H%M%S%f}",
                        {"person_id": person_id},
                        about=f"member:{person_id}",
                    )
                    for user in direct
                ]
                await enqueue(session, news, now)
            return person.display_name

    async def to_leave(self, actor: Actor) -> None:
        """For whoever is about to. Raises as ``leave``."""
        async with self.database.reading() as connection:
            mine = (Membership.person_id == (actor.person_id or 0)) & await _counting(connection, actor)
            if not await fetch(connection, select(Membership.id).where(mine).limit(1)):
                raise Conflict(NEITHER, next_steps=[OPEN])

    async def leave(self, actor: Actor) -> None:
        """Be neither staff nor a candidate oneself from now on.

        Raises:
            Conflict: one is neither.
        """
        async with self.database.writing() as session:
            person = await session.scalar(select(Person).where(Person.id == (actor.person_id or 0)).with_for_update())
            if person is None or not await _end(session, actor, person):
                raise Conflict(NEITHER, next_steps=[OPEN])
            note(session, actor, self.clock.now(), "staff.leave", person.id, ("kind",))

    async def is_staff(self, person_id: int, today: date) -> bool:
        """Is somebody staff or a candidate (again)? For the word that they aren't any more."""
        query = select(func.count()).where(
            Membership.person_id == person_id,
            Membership.kind.in_(_KINDS),
            ~Membership.is_ended,
            Membership.held_on(today),
        )
        async with self.database.reading() as connection:
            return bool(await connection.scalar(query))


NEITHER = N_("You are neither staff nor a candidate just now.")
NOT_STAFF = N_("Nobody of that name is staff or a candidate (any more). Please look at the list again.")


async def _counting(reader: Reader, actor: Actor) -> ColumnElement[bool]:
    """Staff and candidates of today, and of last year as long as that counts."""
    grace = timedelta(days=(await settings_of(reader, actor.organisation.id)).grace_days)
    return (
        (Membership.organisation_id == actor.organisation.id)
        & Membership.kind.in_(_KINDS)
        & ~Membership.is_ended
        & (Membership.starts_on <= actor.today)
        & (Membership.ends_on >= actor.today - grace)
    )


def _lines(actor: Actor, counting: ColumnElement[bool]) -> Select[Any]:
    """Each person once for each of the two kinds, with the last day of it."""
    columns: tuple[Any, ...] = (
        Person.id,
        Person.display_name,
        Membership.kind,
        func.max(Membership.ends_on).label("until"),
    )
    return (
        select(*columns)
        .join(Person, Person.id == Membership.person_id)
        .join(Profile, Profile.person_id == Person.id)
        .where(Person.organisation_id == actor.organisation.id, counting)
        .group_by(Person.id, Person.display_name, Membership.kind, Profile.search)
        .order_by(Profile.search, Person.id)
    )


def _line(row: Any, today: date) -> StaffLine:
    is_candidate = row.kind == MembershipKind.STAFF_CANDIDATE
    return StaffLine(row.id, row.display_name, is_candidate, row.until, in_grace=row.until < today)


async def _end(session: AsyncSession, actor: Actor, person: Person) -> bool:
    """End what counts today; was there anything? The person has to be locked."""
    spans = (
        await session.scalars(
            select(Membership).where(Membership.person_id == person.id, await _counting(session, actor))
        )
    ).all()
    for span in spans:
        if span.starts_on >= actor.today:
            await session.delete(span)  # it has not counted for a whole day yet
            continue
        span.is_ended = True
        if span.ends_on is not None:
            span.ends_on = min(span.ends_on, actor.today - timedelta(days=1))
    if spans:
        changed(session, actor.organisation.id, person.discord_user_id)
    return bool(spans)
