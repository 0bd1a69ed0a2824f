"""Who helps at the desk of an event: they see who comes and check people in, and change nothing else."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, delete, select

from bot.db import Reader, fetch
from bot.errors import Conflict, Invalid
from bot.features import Service
from bot.features.attendance.desks import note
from bot.features.attendance.reading import Door, door_of, require_organiser
from bot.features.events.changing import hold
from bot.features.events.models import KIND
from bot.features.events.organisers import Organiser, joined
from bot.features.events.rules import in_charge_until
from bot.features.events.steps import check_in_step
from bot.features.people.actors import Actor
from bot.features.people.changes import change_by
from bot.features.people.models import Grant, Person
from bot.features.people.rules import Right
from bot.i18n import N_

#: So many help at one desk.
MOST = 30
TOO_MANY = N_("Up to {n} people can help at the desk. Please remove somebody first.")
NO_HELPER = N_("They don't help at the desk any more. Nothing was changed.")


class HelpingService(Service):
    """For the organisers of an event. Each method raises NotFound; NotAllowed; Conflict: it isn't posted."""

    async def helpers(self, actor: Actor, event_id: int) -> tuple[Door, Sequence[Organiser]]:
        async with self.database.reading() as connection:
            door = await door_of(connection, actor.organisation.id, event_id)
            require_organiser(actor, door)
            return door, await _helpers_of(connection, event_id)

    async def add(self, actor: Actor, event_id: int, users: Collection[int]) -> None:
        """People (by their accounts in Discord) help from today until some time after the event. Twice is once. Raises
        Invalid: somebody hasn't joined, or they would be too many. Nobody is added then."""
        async with change_by(self, actor) as change:
            event = await hold(change, event_id)
            door = await door_of(change.session, actor.organisation.id, event_id)
            require_organiser(change.actor, door)
            people = await joined(change, users)
            have = {one.person_id for one in await _helpers_of(change.session, event_id)}
            if len(have | {*people}) > MOST:
                raise Invalid(TOO_MANY, n=MOST, next_steps=[check_in_step(event_id)])
            assert event.ends_at is not None, "a posted event has a time"
            until = in_charge_until(event.ends_at, event.time_zone)
            change.session.add_all(
                Grant(
                    organisation_id=event.organisation_id,
                    person_id=person_id,
                    right=Right.CHECK_IN.value,
                    subject_kind=KIND,
                    subject_id=event_id,
                    starts_on=change.moment.today,
                    ends_on=until,
                    given_by_id=change.actor.person_id,
                    created_at=change.now,
                )
                for person_id in people
                if person_id not in have
            )
            note(change, door, "event.desk", "helpers")

    async def remove(self, actor: Actor, event_id: int, person_id: int) -> None:
        """They don't help any more, from now on. Raises Conflict: they don't anyway."""
        async with change_by(self, actor) as change:
            await hold(change, event_id)
            door = await door_of(change.session, actor.organisation.id, event_id)
            require_organiser(change.actor, door)
            gone = delete(Grant).where(_about(event_id), Grant.person_id == person_id).returning(Grant.id)
            if not (await change.session.scalars(gone.execution_options(synchronize_session=False))).all():
                raise Conflict(NO_HELPER, next_steps=[check_in_step(event_id)])
            note(change, door, "event.desk", "helpers")


async def _helpers_of(reader: Reader, event_id: int) -> list[Organiser]:
    query = select(Grant.person_id, Person.display_name).join(Person, Person.id == Grant.person_id)
    rows = await fetch(reader, query.where(_about(event_id)).order_by(Grant.id))
    return list({row.person_id: Organiser(row.person_id, row.display_name) for row in rows}.values())


def _about(event_id: int) -> ColumnElement[bool]:
    return and_(Grant.subject_kind == KIND, Grant.subject_id == event_id, Grant.right == Right.CHECK_IN.value)
