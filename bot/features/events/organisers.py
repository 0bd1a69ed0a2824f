"""Who organises an event: the people who were put in charge of it by name, and so see who comes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select

from bot.db import Reader, fetch
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Service
from bot.features.events import following, rules
from bot.features.events.changing import locked
from bot.features.events.charge import (
    dates_after,
    dates_ahead,
    hold_series,
    in_charge,
    is_charge_of,
    new_charge,
    organiser_of,
)
from bot.features.events.models import KIND, Event
from bot.features.events.queries import EventCard, card_of, organises
from bot.features.events.steps import organisers_step, show_step
from bot.features.members.models import Profile
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Grant, Person
from bot.features.people.rules import Right
from bot.features.signups.messages import pass_tasks
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
            await hold_series(change, event_id)
            event = await locked(change, event_id)
            _require_organiser(actor, event_id)
            people = await joined(change, users)
            for one in [event, *await dates_ahead(change, event)]:
                have = await in_charge(change.session, one.id, actor.today)
                if len({*have, *people}) > MOST:
                    raise Invalid(TOO_MANY, n=MOST, next_steps=[organisers_step(event_id)])
                await _give(change, one, [person_id for person_id in people if person_id not in have])
            following.note(change, event, "event.organisers")

    async def remove(self, actor: Actor, event_id: int, person_id: int) -> None:
        """Somebody doesn't organise it any more, nor the later ones of its series that are there. One of them that
        nobody else organises goes to those who organise this one.

        Raises:
            NotFound; NotAllowed: the actor doesn't organise it.
            Conflict: they don't anyway, or nobody else does.
        """
        async with change_by(self, actor) as change:
            await hold_series(change, event_id)
            event = await locked(change, event_id)
            _require_organiser(actor, event_id)
            have = await in_charge(change.session, event_id, actor.today)
            if person_id not in have:
                raise Conflict(NO_ORGANISER, next_steps=[organisers_step(event_id)])
            if have == [person_id]:
                raise Conflict(LAST, next_steps=[organisers_step(event_id)])
            others = [one for one in have if one != person_id]
            for one in [event, *await dates_after(change, event)]:
                await _end(change, one, person_id, others)
            following.note(change, event, "event.organisers")


async def organisers_of(reader: Reader, event_id: int, today: date) -> list[Organiser]:
    query = (
        select(Grant.person_id, Person.display_name)
        .join(Person, Person.id == Grant.person_id)
        .where(is_charge_of(event_id), Grant.held_on(today))
        .order_by(Grant.id)
    )
    found = {row.person_id: Organiser(row.person_id, row.display_name) for row in await fetch(reader, query)}
    return list(found.values())


def _require_organiser(actor: Actor, event_id: int) -> None:
    """Officers of the place become organisers first, and the history says so."""
    if not organises(actor, event_id):
        raise NotAllowed(NAMES, next_steps=[show_step(event_id)])


async def joined(change: Change, users: Collection[int]) -> list[int]:
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


async def _give(change: Change, event: Event, people: Iterable[int]) -> None:
    given_by = change.actor.person_id
    change.session.add_all(new_charge(event, person_id, change.moment, given_by) for person_id in people)
    await change.session.flush()


async def _end(change: Change, event: Event, person_id: int, instead: Sequence[int]) -> None:
    """From now on. Somebody else hears what needs a hand, if it was theirs to hear. ``instead``: who organises it from
    now on if nobody else does."""
    theirs = (is_charge_of(event.id), Grant.person_id == person_id)
    await change.session.execute(delete(Grant).where(*theirs).execution_options(synchronize_session=False))
    today = change.moment.today
    if event.ends_at is not None and today > rules.in_charge_until(event.ends_at, event.time_zone):
        return
    if not await in_charge(change.session, event.id, today):
        await _give(change, event, instead)
    signup = await signup_of(change, KIND, event.id)
    if signup is not None:
        organiser_id = await organiser_of(change.session, event, today)
        if signup.organiser_id == person_id:
            await change_signup(change, signup, organiser_id=organiser_id)
        await pass_tasks(change.session, signup, person_id, organiser_id)
