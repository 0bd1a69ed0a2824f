"""From candidate to staff: the steps that an organisation wants done, ticked by officers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot import data
from bot.db import Reader, fetch
from bot.deliveries.models import RecipientKind
from bot.deliveries.values import Recipient
from bot.errors import Conflict, Invalid, NotFound
from bot.features import Service
from bot.features.members.models import Profile
from bot.features.members.reaching import asked_for_messages
from bot.features.memberships.models import Membership, MembershipKind, StaffStep, StaffTick
from bot.features.memberships.queries import begin_memberships, settings_of, steps_of
from bot.features.memberships.service import OPEN, own_person, plain_standing
from bot.features.memberships.values import CandidateLine, StaffLine, StepCard
from bot.features.organisations.models import Organisation
from bot.features.organisations.naming import both_names
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.features.people.terms import changed
from bot.features.schools.names import fold
from bot.i18n import N_
from bot.kit.messages import MessageKind
from bot.paging import Part, fetch_part

#: What a menu of Discord holds.
PAGE, MOST_STEPS = 25, 25


class StaffService(Service):
    async def candidates(self, actor: Actor, page: int = 0) -> tuple[Part[CandidateLine], int]:
        """A page of the candidates of today, those who came first first, and how many there are.

        Raises:
            NotAllowed: the actor is no national officer in office.
        """
        actor.require(Right.TICK_STAFF_STEPS)
        organisation_id = actor.organisation.id
        steps = select(StaffStep.id).where(StaffStep.organisation_id == organisation_id, StaffStep.retired_at.is_(None))
        done = (
            select(func.count())
            .where(StaffTick.person_id == Person.id, StaffTick.step_id.in_(steps))
            .correlate(Person)
            .scalar_subquery()
        )
        query = (
            select(Person.id, Person.display_name, done.label("done"))
            .join(Membership, Membership.person_id == Person.id)
            .join(Profile, Profile.person_id == Person.id)
            .where(
                Membership.organisation_id == organisation_id,
                Membership.kind == MembershipKind.STAFF_CANDIDATE,
                Membership.held_on(actor.today),
                ~_is_staff(actor),
            )
            .order_by(Membership.id)
        )
        async with self.database.reading() as connection:
            rows = await fetch_part(connection, query, page, PAGE)
            count = await connection.scalar(select(func.count()).select_from(steps.subquery())) or 0
        return rows.each(lambda row: CandidateLine(row.id, row.display_name, row.done, count)), rows.total

    async def progress(self, actor: Actor, person_id: int) -> tuple[str, tuple[StepCard, ...]]:
        """A candidate's name and steps.

        Raises:
            NotAllowed: the actor is no national officer in office.
            NotFound: nobody of that number is a candidate today.
        """
        actor.require(Right.TICK_STAFF_STEPS)
        async with self.database.reading() as connection:
            rows = await fetch(connection, _candidate(actor, person_id))
            if not rows:
                raise NotFound(NO_CANDIDATE)
            return rows[0].display_name, await steps_of(connection, actor.organisation.id, person_id)

    async def tick(self, actor: Actor, person_id: int, step_ids: Collection[int]) -> bool:
        """Say which steps a candidate has done: exactly these. With the last one they are staff from today to the end
        of the fiscal year, and are told, if they chose direct messages; is that so now?

        Raises:
            NotAllowed: the actor is no national officer in office.
            NotFound: nobody of that number is a candidate today, or one of the steps is gone.
        """
        wanted = set(step_ids)
        async with change_by(self, actor, Right.TICK_STAFF_STEPS) as change:
            person = await change.session.scalar(select(Person).where(Person.id == person_id).with_for_update())
            if person is None or not await fetch(change.session, _candidate(actor, person_id)):
                raise NotFound(NO_CANDIDATE)
            steps = await steps_of(change.session, actor.organisation.id, person_id)
            known = {step.step_id for step in steps}
            if not wanted <= known:
                raise NotFound(N_("That step no longer exists. Please check the list again."))
            done = {step.step_id for step in steps if step.is_done}
            await change.session.execute(
                delete(StaffTick).where(StaffTick.person_id == person_id, StaffTick.step_id.in_(done - wanted))
            )
            change.session.add_all(
                StaffTick(person_id=person_id, step_id=step_id, ticked_at=change.now)
                for step_id in sorted(wanted - done)
            )
            change.note("staff.tick", "person", person_id, ("steps",))
            if wanted != known or not known:
                return False
            await self._make_staff(change, person_id)
            await _tell(change, STAFF_BEGUN, person)
        return True

    async def go_on(self, actor: Actor) -> None:
        """Stay staff for another fiscal year, as somebody who was staff last year.

        Raises:
            NotFound: the actor has not joined.
            Conflict: they were not staff last year, or have said that they leave.
        """
        async with change_by(self, actor) as change:
            person_id = (await own_person(change)).id
            standing = await plain_standing(change.session, actor, person_id)
            if standing.kind is not MembershipKind.STAFF:
                raise Conflict(
                    N_("You weren't staff last year, or it's too late to continue. You can apply again."),
                    next_steps=[OPEN],
                )
            await self._make_staff(change, person_id)

    async def steps(self, actor: Actor) -> tuple[StepCard, ...]:
        """The organisation's steps in their order; those it will begin with, numbered 0, if nobody has needed any yet.
        Raises NotAllowed."""
        actor.require(Right.TICK_STAFF_STEPS)
        async with self.database.reading() as connection:
            found = await steps_of(connection, actor.organisation.id, 0)
        return found or tuple(StepCard(0, row["name_ja"], row["name_en"]) for row in data.rows("staff_steps"))

    async def set_steps(self, actor: Actor, names: Sequence[tuple[str, str]]) -> None:
        """The steps from now on, in their order, by their names (Japanese, English). A step with a known name keeps its
        ticks.

        Raises:
            NotAllowed: the actor is no national officer in office.
            Invalid: there is none, there are too many, one stands twice, or a name can't be used.
        """
        actor.require(Right.TICK_STAFF_STEPS)
        wanted = [both_names(ja, en, 100) for ja, en in names]
        if not 1 <= len(wanted) <= MOST_STEPS:
            raise Invalid(N_("Please enter 1 to {most} steps, one per line."), most=MOST_STEPS)
        if len({ja for ja, _ in wanted}) < len(wanted):
            raise Invalid(N_("The same step is listed twice. Please remove one."))
        organisation_id = actor.organisation.id
        async with change_by(self, actor, Right.TICK_STAFF_STEPS) as change:
            await self._lock(change)
            kept = {
                step.name_ja: step
                for step in await change.session.scalars(
                    select(StaffStep).where(StaffStep.organisation_id == organisation_id).order_by(StaffStep.id)
                )
            }
            for position, (ja, en) in enumerate(wanted):
                step = kept.pop(ja, None)
                if step is None:
                    change.session.add(
                        StaffStep(organisation_id=organisation_id, name_ja=ja, name_en=en, position=position)
                    )
                else:
                    step.name_en, step.position, step.retired_at = en, position, None
            for step in kept.values():
                step.retired_at = step.retired_at or change.now
            change.note("staff.steps", "organisation", organisation_id, ("steps",))

    async def _make_staff(self, change: Change, person_id: int) -> None:
        session, here, today = change.session, change.moment.organisation_id, change.actor.today
        await begin_memberships(session, here, [person_id], MembershipKind.STAFF, today, change.now)
        changed(session, here, await session.scalar(select(Person.discord_user_id).where(Person.id == person_id)))
        change.note("membership.staff", "person", person_id, ("kind",))

    async def _lock(self, change: Change) -> None:
        here = select(Organisation.id).where(Organisation.id == change.moment.organisation_id)
        await change.session.execute(here.with_for_update(key_share=True))


NO_CANDIDATE = N_("This person is not a staff candidate. Please check the list again.")


def _candidate(actor: Actor, person_id: int) -> Select[str]:
    return (
        select(Person.display_name)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Person.id == person_id,
            Membership.organisation_id == actor.organisation.id,
            Membership.kind == MembershipKind.STAFF_CANDIDATE,
            Membership.held_on(actor.today),
            ~_is_staff(actor),
        )
    )


def _is_staff(actor: Actor) -> ColumnElement[bool]:
    other = aliased(Membership)
    return exists().where(
        other.person_id == Person.id,
        other.kind == MembershipKind.STAFF,
        other.held_on(actor.today),
    )


#: Tells somebody that officers have ended it.
STAFF_ENDED = MessageKind("memberships:staff-ended", N_("Notice to a member: no longer staff"), is_budgeted=True)
#: Tells somebody that with their last step they are staff.
STAFF_BEGUN = MessageKind("memberships:staff-begun", N_("Notice to a member: now staff"), is_budgeted=True)
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
        """End somebody's time as staff or a candidate; returns their name. They are told, if they chose direct
        messages, and see it in any case.

        Raises:
            NotAllowed: the actor is no national officer in office.
            NotFound: nobody of that number is one today.
        """
        async with change_by(self, actor, Right.TICK_STAFF_STEPS) as change:
            person = await change.lock(Person, person_id, NOT_STAFF)
            if not await _end(change.session, actor, person):
                raise NotFound(NOT_STAFF)
            change.note("staff.end", "person", person_id, ("kind",))
            await _tell(change, STAFF_ENDED, person)
            return person.display_name

    async def to_leave(self, actor: Actor) -> None:
        """For somebody who is about to leave. Raises as ``leave``."""
        async with self.database.reading() as connection:
            mine = (Membership.person_id == (actor.person_id or 0)) & await _counting(connection, actor)
            if not await fetch(connection, select(Membership.id).where(mine).limit(1)):
                raise Conflict(NEITHER, next_steps=[OPEN])

    async def leave(self, actor: Actor) -> None:
        """Stop being staff or a candidate oneself.

        Raises:
            Conflict: one is neither.
        """
        async with change_by(self, actor) as change:
            person = await change.session.scalar(
                select(Person).where(Person.id == (actor.person_id or 0)).with_for_update()
            )
            if person is None or not await _end(change.session, actor, person):
                raise Conflict(NEITHER, next_steps=[OPEN])
            change.note("staff.leave", "person", person.id, ("kind",))

    async def is_staff(self, person_id: int, today: date) -> bool:
        """Is somebody staff or a candidate (again)? For the message that they no longer are."""
        query = select(func.count()).where(
            Membership.person_id == person_id,
            Membership.kind.in_(_KINDS),
            ~Membership.is_ended,
            Membership.held_on(today),
        )
        async with self.database.reading() as connection:
            return bool(await connection.scalar(query))


NEITHER = N_("You're not staff or a candidate right now.")
NOT_STAFF = N_("This person is not staff or a candidate. Please check the list again.")


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


async def _tell(change: Change, kind: MessageKind, person: Person) -> None:
    """Tell somebody what others have decided about them, if they chose direct messages."""
    if person.discord_user_id is None or person.id == change.actor.person_id:
        return
    part = f"{person.id}:{change.now:%Y%m%dT%H%M%S%f}"
    for user in await asked_for_messages(change.session, change.moment.organisation_id, [person.discord_user_id]):
        they, about = Recipient(RecipientKind.PERSON, user), f"member:{person.id}"
        await change.send(kind.to(they, change.moment, part, {"person_id": person.id}, about=about))
