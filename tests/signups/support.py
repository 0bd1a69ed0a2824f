"""Sign-ups for tests of services: one belongs to no event here, as they know none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from bot.db import Database, fetch
from bot.deliveries.models import Delivery, DeliveryState
from bot.features import Services
from bot.features.members.models import Contact, Profile
from bot.features.people.actors import Actor
from bot.features.people.changes import change_by
from bot.features.people.models import Person
from bot.features.signups.models import Party, PartyMember, SignUp
from bot.features.signups.opening import open_signup
from bot.features.signups.service import SignUpService
from bot.features.signups.values import NewSignUp
from bot.features.signups.watching import SignUpWatch
from tests.support.grants import in_charge
from tests.support.people import STUDENT, actor

#: The first of those who sign up.
FIRST = STUDENT + 1_000
OWNER = "test"


async def opened(services: Services, by: Actor, owner_id: int = 1, **what: Any) -> int:
    """A sign-up for something of an LC's, of which ``by`` is an officer; its id."""
    what.setdefault("lc_id", by.lc_ids[0])
    async with change_by(services[SignUpService], by) as change:
        signup = await open_signup(change, NewSignUp(OWNER, owner_id, "links:list", "症例勉強会", "Case study", **what))
        in_charge(change, OWNER, owner_id)
        return signup.id


async def people(
    services: Services,
    database: Database,
    count: int,
    *,
    contact: Contact = Contact.DIRECT,
    years: Sequence[int] = (),
    first: int = 0,
) -> list[Actor]:
    """People who have joined, without an LC. Made in bulk, as the way through joining isn't what is looked at."""
    now = services[SignUpService].clock.now()
    users = [FIRST + first + number for number in range(count)]
    async with database.writing() as session:
        for number, user in enumerate(users):
            person = {
                "organisation_id": 1,
                "discord_user_id": user,
                "display_name": f"見本 {number}",
                "created_at": now,
            }
            made = await session.scalar(insert(Person).values(person).returning(Person.id))
            profile = {
                "organisation_id": 1,
                "person_id": made,
                "purpose_version": "1",
                "consented_at": now,
                "joined_at": now,
                "contact": contact.value,
                "year_of_study": years[number] if years else None,
                "institution": "",
                "visibility": "officers",
                "search": "",
            }
            await session.execute(insert(Profile).values(profile))
    return [await actor(services, user) for user in users]


async def rows(database: Database, signup_id: int) -> list[Any]:
    """The parties, in the order in which they came: id, state, offer_until, is_over, is_passed."""
    async with database.reading() as connection:
        query = select(Party.__table__).where(Party.signup_id == signup_id).order_by(Party.id)
        return list(await fetch(connection, query))


async def states(database: Database, signup_id: int) -> list[str]:
    return [row.state for row in await rows(database, signup_id)]


async def state_of(database: Database, signup_id: int) -> str:
    async with database.reading() as connection:
        return str(await connection.scalar(select(SignUp.state).where(SignUp.id == signup_id)))


async def said(database: Database, kind: str) -> list[Any]:
    """Messages of a kind: recipient_id, due_at, urgency, state, key."""
    async with database.reading() as connection:
        query = select(Delivery.__table__).where(Delivery.kind == kind).order_by(Delivery.id)
        return list(await fetch(connection, query))


async def all_sent(database: Database) -> None:
    """The messages to people have arrived."""
    async with database.writing() as session:
        sent = update(Delivery).where(Delivery.kind.startswith("signups:"), Delivery.track == "people")
        await session.execute(sent.values(state=DeliveryState.SENT.value))


async def look(services: Services, signup_id: int) -> None:
    await services[SignUpWatch].look(signup_id)


async def jobs(database: Database, signup_id: int) -> list[datetime]:
    """When the bot looks at a sign-up."""
    return [row.due_at for row in await said(database, "signups:look") if row.payload["signup"] == signup_id]


async def party_of(database: Database, signup_id: int, by: Actor) -> int:
    async with database.reading() as connection:
        query = select(PartyMember.party_id).where(
            PartyMember.signup_id == signup_id, PartyMember.person_id == by.person_id, PartyMember.is_live
        )
        found = await connection.scalar(query)
    assert found is not None
    return int(found)


def after(services: Services, **by: float) -> datetime:
    return services[SignUpService].clock.now() + timedelta(**by)
