"""Who organises an event: the people who were put in charge of it by name, and so see who comes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, delete, select

from bot.db import Reader, fetch
from bot.deliveries.schedule import local_time
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Service
from bot.features.events import following, rules
from bot.features.events.changing import locked
from bot.features.events.models import Event, EventState
from bot.features.events.queries import KIND, EventCard, card_of, organises
from bot.features.events.steps import organisers_step, show_step
from bot.features.members.models import Profile
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Grant, Person
from bot.features.people.rules import Right
from bot.features.signups.opening import change_signup, signup_of
from bot.i18n import N_

#: So many people organise one event.
MOST = 20
NOT_JOINED = N_("Not joined here yet: {names}. Please ask them to join with /join first.")
LAST = N_("An event needs an organiser. Please add somebody else first.")
TOO_MANY = N_("Up to {n} people can organise an event. Please remove somebody first.")
NO_ORGANISER = N_("They don't organise this event any more. Nothing was changed.")
NAMES = N_("Only its organisers see who organises an event with them. If you look after it now, become one first.")


@dataclass(frozen=True, slots=True)
class Organiser:
    person_id: int
    name: str


class OrganisersService(Service):
    async def organisers(self, actor: Actor, event_id: int) -> tuple[EventCard, Sequence[Organiser]]:
        """Those of an event, in the order in which they came. Raises NotFound; NotAllowed: the actor is none of
        them."""
        async with self.database.reading() as connection:
            card = await card_of(connection, event_id, actor.organisation.id, self.clock.now(), actor)
            if not organises(actor, event_id):
                actor.require(Right.ORGANISE, card.lc_id)
                raise NotAllowed(NAMES, next_steps=[show_step(event_id)])
            return card, await organisers_of(connection, event_id, actor.today)

    async def add(self, actor: Actor, event_id: int, users: Collection[int]) -> None:
        """Put people (by their accounts in Discord) in charge of it, too, and of the later ones of its series that are
        there. Twice is once.

        Raises:
            NotFound; NotAllowed: the actor doesn't organise it.
            Invalid: somebody hasn't joined, or they would be too many. Nobody is added then.
        """
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            _require_organiser(actor, event_id)
            people = await _joined(change, users)
            for one in await _with_later(change, event):
                have = {found.person_id for found in await organisers_of(change.session, one.id, actor.today)}
                if len(have | set(people)) > MOST:
                    raise Invalid(TOO_MANY, n=MOST, next_steps=[organisers_step(event_id)])
                change.session.add_all(_grant(change, one, person_id) for person_id in people if person_id not in have)
            following.note(change, event, "event.organisers")

    async def remove(self, actor: Actor, event_id: int, person_id: int) -> None:
        """Somebody doesn't organise it any more, nor the later ones of its series that are there.

        Raises:
            NotFound; NotAllowed: the actor doesn't organise it.
            Conflict: they don't anyway, or nobody else does.
        """
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            _require_organiser(actor, event_id)
            have = [one.person_id for one in await organisers_of(change.session, event_id, actor.today)]
            if person_id not in have:
                raise Conflict(NO_ORGANISER, next_steps=[organisers_step(event_id)])
            if have == [person_id]:
                raise Conflict(LAST, next_steps=[organisers_step(event_id)])
            for one in await _with_later(change, event):
                await _end(change, one, person_id)
            following.note(change, event, "event.organisers")


async def organisers_of(reader: Reader, event_id: int, today: date) -> list[Organiser]:
    query = (
        select(Grant.person_id, Person.display_name)
        .join(Person, Person.id == Grant.person_id)
        .where(_about(event_id), Grant.held_on(today))
        .order_by(Grant.id)
    )
    found = {row.person_id: Organiser(row.person_id, row.display_name) for row in await fetch(reader, query)}
    return list(found.values())


def _about(event_id: int) -> ColumnElement[bool]:
    return and_(Grant.subject_kind == KIND, Grant.subject_id == event_id, Grant.right == Right.ORGANISE.value)


def _require_organiser(actor: Actor, event_id: int) -> None:
    """Officers of the place become organisers first, and the history says so."""
    if not organises(actor, event_id):
        raise NotAllowed(NAMES, next_steps=[show_step(event_id)])


async def _joined(change: Change, users: Collection[int]) -> list[int]:
    """The people behind accounts. Raises NotFound: there is none; Invalid: one of them hasn't joined."""
    if not users:
        raise NotFound(N_("Please choose somebody."))
    query = (
        select(Person.id, Person.discord_user_id)
        .join(Profile, Profile.person_id == Person.id)
        .where(Person.organisation_id == change.moment.organisation_id, Person.discord_user_id.in_(users))
        .order_by(Person.id)
        .with_for_update(read=True, key_share=True)
    )
    rows = await fetch(change.session, query)
    missing = set(users) - {row.discord_user_id for row in rows}
    if missing:
        raise Invalid(NOT_JOINED, names=" ".join(f"<@{one}>" for one in sorted(missing)))
    return [row.id for row in rows]


async def _with_later(change: Change, event: Event) -> Sequence[Event]:
    """The event, and what comes after it in its series."""
    if event.series_id is None:
        return [event]
    later = (Event.series_id == event.series_id, Event.occurrence > (event.occurrence or ""))
    ahead = (Event.state == EventState.POSTED, Event.starts_at > change.now)
    query = select(Event).where(*later, *ahead).order_by(Event.id).with_for_update()
    return [event, *(await change.session.scalars(query)).all()]


def last_day(event: Event) -> date | None:
    """Until when its organisers look at it as such; None while it is a draft."""
    if event.state == EventState.DRAFT or event.ends_at is None:
        return None
    return local_time(event.ends_at + rules.KEPT_FOR, event.time_zone).date()


def _grant(change: Change, event: Event, person_id: int) -> Grant:
    return Grant(
        organisation_id=event.organisation_id,
        person_id=person_id,
        right=Right.ORGANISE.value,
        subject_kind=KIND,
        subject_id=event.id,
        starts_on=change.moment.today,
        ends_on=last_day(event),
        given_by_id=change.actor.person_id,
        created_at=change.now,
    )


async def _end(change: Change, event: Event, person_id: int) -> None:
    """From now on. Somebody else hears what needs a hand, if it was theirs to hear."""
    theirs = (_about(event.id), Grant.person_id == person_id)
    await change.session.execute(delete(Grant).where(*theirs).execution_options(synchronize_session=False))
    signup = await signup_of(change, KIND, event.id)
    if signup is not None and signup.organiser_id == person_id:
        others = await organisers_of(change.session, event.id, change.moment.today)
        await change_signup(change, signup, organiser_id=next((one.person_id for one in others), None))
