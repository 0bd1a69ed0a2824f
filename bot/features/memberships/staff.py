"""From candidate to staff: the steps that an organisation wants done, ticked by officers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot import data
from bot.db import fetch
from bot.errors import Conflict, Invalid, NotFound
from bot.features import Service
from bot.features.members.models import Profile
from bot.features.memberships.models import Membership, MembershipKind, StaffStep, StaffTick
from bot.features.memberships.queries import begin_memberships, steps_of
from bot.features.memberships.records import CandidateLine, StepCard
from bot.features.memberships.service import OPEN, note, own_person, plain_standing
from bot.features.organisations.models import Organisation
from bot.features.organisations.naming import both_names
from bot.features.people.actors import Actor
from bot.features.people.changes import changed
from bot.features.people.models import Person
from bot.features.people.noting import record_by
from bot.features.people.rules import Right
from bot.i18n import N_
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
        of the fiscal year; is that so now?

        Raises:
            NotAllowed: the actor is no national officer in office.
            NotFound: nobody of that number is a candidate today, or one of the steps is gone.
        """
        actor.require(Right.TICK_STAFF_STEPS)
        now = self.clock.now()
        wanted = set(step_ids)
        async with self.database.writing() as session:
            await session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
            if not await fetch(session, _candidate(actor, person_id)):
                raise NotFound(NO_CANDIDATE)
            steps = await steps_of(session, actor.organisation.id, person_id)
            known = {step.step_id for step in steps}
            if not wanted <= known:
                raise NotFound(N_("That step doesn't exist any more. Please look at the list again."))
            done = {step.step_id for step in steps if step.is_done}
            await session.execute(
                delete(StaffTick).where(StaffTick.person_id == person_id, StaffTick.step_id.in_(done - wanted))
            )
            session.add_all(
                StaffTick(person_id=person_id, step_id=step_id, ticked_at=now) for step_id in sorted(wanted - done)
            )
            note(session, actor, now, "staff.tick", person_id, ("steps",))
            if wanted != known or not known:
                return False
            await self._make_staff(session, actor, person_id, now)
        return True

    async def go_on(self, actor: Actor) -> None:
        """Stay staff for another fiscal year, as somebody who was staff last year.

        Raises:
            NotFound: the actor has not joined.
            Conflict: they were not staff last year, or have said that they leave.
        """
        async with self.database.writing() as session:
            person_id = (await own_person(session, actor)).id
            standing = await plain_standing(session, actor, person_id)
            if standing.kind is not MembershipKind.STAFF:
                raise Conflict(
                    N_("You were not staff last year, or the time for going on is over. You can apply again."),
                    next_steps=[OPEN],
                )
            await self._make_staff(session, actor, person_id, self.clock.now())

    async def steps(self, actor: Actor) -> tuple[StepCard, ...]:
        """The organisation's steps in their order; those it will begin with, numbered 0, if nobody has needed any yet.
        Raises NotAllowed."""
        actor.require(Right.TICK_STAFF_STEPS)
        async with self.database.reading() as connection:
            found = await steps_of(connection, actor.organisation.id, 0)
        return found or tuple(StepCard(0, row["name_ja"], row["name_en"]) for row in data.rows("staff_steps"))

    async def set_steps(self, actor: Actor, names: Sequence[tuple[str, str]]) -> None:
        """The steps from now on, in their order, by their names (Japanese, English). One that goes by a name that is
        known keeps what was ticked.

        Raises:
            NotAllowed: the actor is no national officer in office.
            Invalid: there is none, there are too many, one stands twice, or a name can't be used.
        """
        actor.require(Right.TICK_STAFF_STEPS)
        wanted = [both_names(ja, en, 100) for ja, en in names]
        if not 1 <= len(wanted) <= MOST_STEPS:
            raise Invalid(N_("Please give 1 to {most} steps, one in a line."), most=MOST_STEPS)
        if len({ja for ja, _ in wanted}) < len(wanted):
            raise Invalid(N_("The same step stands there twice. Please leave one out."))
        now = self.clock.now()
        organisation_id = actor.organisation.id
        async with self.database.writing() as session:
            await self._lock(session, actor)
            kept = {
                step.name_ja: step
                for step in await session.scalars(
                    select(StaffStep).where(StaffStep.organisation_id == organisation_id).order_by(StaffStep.id)
                )
            }
            for position, (ja, en) in enumerate(wanted):
                step = kept.pop(ja, None)
                if step is None:
                    session.add(StaffStep(organisation_id=organisation_id, name_ja=ja, name_en=en, position=position))
                else:
                    step.name_en, step.position, step.retired_at = en, position, None
            for step in kept.values():
                step.retired_at = step.retired_at or now
            record_by(
                session,
                actor,
                at=now,
                action="staff.steps",
                subject_kind="organisation",
                subject_id=organisation_id,
                fields=("steps",),
            )

    async def _make_staff(self, session: AsyncSession, actor: Actor, person_id: int, now: datetime) -> None:
        await begin_memberships(session, actor.organisation.id, [person_id], MembershipKind.STAFF, actor.today, now)
        changed(
            session,
            actor.organisation.id,
            await session.scalar(select(Person.discord_user_id).where(Person.id == person_id)),
        )
        note(session, actor, now, "membership.staff", person_id, ("kind",))

    async def _lock(self, session: AsyncSession, actor: Actor) -> None:
        await session.execute(
            select(Organisation.id).where(Organisation.id == actor.organisation.id).with_for_update(key_share=True)
        )


NO_CANDIDATE = N_("Nobody of that name is a staff candidate (any more). Please look at the list again.")


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
