"""Writing down one answer of somebody who joins or corrects: the frame around each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.db import Database
from bot.errors import NotFound
from bot.features.members import queries
from bot.features.members.models import Profile
from bot.features.members.records import JOIN
from bot.features.members.records import Profile as Card
from bot.features.people.actors import Actor
from bot.features.people.changes import changed
from bot.features.people.models import Person
from bot.features.people.noting import record_by
from bot.i18n import N_

NOTHING_KEPT = N_("Nothing is kept about you here (any more). If you want to take part, please join first.")
ASKED_NO_MORE = N_("This question isn't asked any more, because of what you answered before.")
#: Answers from which roles in Discord follow. While somebody joins, they wait for the last one.
SHOWN_BY_ROLES = frozenset({"school", "kind", "interests", "contact"})


@dataclass(slots=True)
class Change:
    """An answer while it is written down; ``card`` is how all stands after it."""

    session: AsyncSession
    person: Person
    profile: Profile
    now: datetime
    card: Card = field(init=False)


@asynccontextmanager
async def answering(database: Database, clock: Clock, actor: Actor, fields: Iterable[str]) -> AsyncIterator[Change]:
    """One answer: the person is locked, so that of two at once the second sees the first. With the last answer they
    have joined.

    Raises:
        NotFound: nothing is kept about the actor (any more).
    """
    now = clock.now()
    async with database.writing() as session:
        person = await _own_person(session, actor)
        profile = await locked_profile(session, person.id) if person else None
        if person is None or profile is None:
            raise NotFound(NOTHING_KEPT, next_steps=[JOIN])
        change = Change(session, person, profile, now)
        yield change
        await session.flush()
        card = await queries.profile_of(session, actor.organisation.id, person.id, actor.today)
        assert card is not None
        if card.joined_at is None and card.open_step is None:
            profile.joined_at = now
            card = replace(card, joined_at=now, has_just_joined=True)
        change.card = card
        if card.has_just_joined or (card.joined_at is not None and SHOWN_BY_ROLES.intersection(fields)):
            changed(session, actor.organisation.id, person.discord_user_id)
        record_by(
            session, actor, at=now, action="member.answer", subject_kind="person", subject_id=person.id, fields=fields
        )


async def locked_profile(session: AsyncSession, person_id: int) -> Any:
    return await session.scalar(select(Profile).where(Profile.person_id == person_id).with_for_update())


async def _own_person(session: AsyncSession, actor: Actor) -> Person | None:
    query = select(Person).where(
        Person.organisation_id == actor.organisation.id, Person.discord_user_id == actor.caller.discord_user_id
    )
    return await session.scalar(query.with_for_update())
