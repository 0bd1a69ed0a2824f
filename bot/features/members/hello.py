"""A newcomer's hello to everybody: they see it exactly as it will stand there, and it is said once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, exists, func, literal, select

from bot.db import Reader, fetch
from bot.deliveries.models import Delivery, RecipientKind, Urgency
from bot.deliveries.outbox import enqueue
from bot.deliveries.values import Recipient
from bot.errors import Conflict, NotFound
from bot.features import Service
from bot.features.committees.models import StandingCommittee
from bot.features.members.models import Interest, Profile
from bot.features.members.queries import profile_of
from bot.features.members.values import JOIN, ProfileCard
from bot.features.organisations.models import Server, ServerPart
from bot.features.people.actors import Actor
from bot.features.people.changes import change_by
from bot.features.people.models import Person
from bot.i18n import N_
from bot.kit.messages import MessageKind

HELLO = MessageKind("members:hello", N_("A newcomer's hello"), urgency=Urgency.URGENT)
#: Where everybody talks (``cogs/setups/builder.py``).
LOUNGE = "channel:lounge"
#: So long somebody counts as new.
NEW = timedelta(days=14)
SAID = N_("You've said hello already. Nothing was posted again.")
NO_LOUNGE = N_("There is no channel here where everybody talks. An administrator can make it with /setup.")


@dataclass(frozen=True, slots=True)
class Hello:
    """What it says of somebody. ``committees``: names (Japanese, English) of those that interest them."""

    discord_user_id: int
    card: ProfileCard
    with_school: bool


class HelloService(Service):
    async def preview(self, actor: Actor, *, with_school: bool) -> Hello:
        """Raises NotFound (they haven't joined, or there is no such channel) or Conflict (it was said)."""
        async with self.database.reading() as connection:
            card = await profile_of(connection, actor.organisation.id, actor.person_id, actor.today)
            await _where(connection, actor, card)
        assert card is not None
        return Hello(actor.caller.discord_user_id, card, with_school)

    async def say(self, actor: Actor, *, with_school: bool) -> None:
        """Have it posted. Raises as ``preview`` does."""
        async with change_by(self, actor) as change:
            await change.session.scalar(select(Person.id).where(Person.id == (actor.person_id or 0)).with_for_update())
            card = await profile_of(change.session, actor.organisation.id, actor.person_id, actor.today)
            channel = await _where(change.session, actor, card)
            payload = {"person_id": actor.person_id, "with_school": with_school}
            said = HELLO.to(Recipient(RecipientKind.CHANNEL, channel), change.moment, actor.person_id, payload)
            await enqueue(change.session, [said], change.now)

    async def hello(self, person_id: int, today: date, *, with_school: bool) -> Hello | None:
        """What is to be posted, on the organisation's day; None once their data are gone."""
        async with self.database.reading() as connection:
            rows = await fetch(connection, select(Person).where(Person.id == person_id))
            if not rows or rows[0].discord_user_id is None:
                return None
            card = await profile_of(connection, rows[0].organisation_id, person_id, today)
        return None if card is None else Hello(rows[0].discord_user_id, card, with_school)


async def _where(reader: Reader, actor: Actor, card: ProfileCard | None) -> int:
    """The Discord id of the channel. Raises NotFound or Conflict."""
    if card is None or card.joined_at is None:
        raise NotFound(N_("Please join first."), next_steps=[JOIN])
    if await reader.scalar(select(_is_said(Person.id)).where(Person.id == card.person_id)):
        raise Conflict(SAID)
    channel: int | None = await reader.scalar(_lounge(actor))
    if channel is None:
        raise NotFound(NO_LOUNGE)
    return channel


def _lounge(actor: Actor) -> Select[int]:
    """That of the server in which the actor is, else of the organisation's first."""
    is_here = case((Server.discord_guild_id == (actor.caller.guild_id or 0), 0), else_=1)
    return (
        select(ServerPart.discord_id)
        .join(Server, Server.id == ServerPart.server_id)
        .where(
            Server.organisation_id == actor.organisation.id,
            Server.lc_id.is_(None),
            ServerPart.key == LOUNGE,
            ServerPart.discord_id > 0,
        )
        .order_by(is_here, Server.id)
        .limit(1)
    )


def _is_said(person_id: Any) -> ColumnElement[bool]:
    return exists().where(Delivery.key == literal(f"{HELLO}:").concat(cast(person_id, String())))


def first_weeks(actor: Actor, now: datetime) -> Select[*tuple[Any, ...]] | None:
    """For home, for those who joined lately: can they still say hello (``of``), and how many committees (``n``)
    interest them? ``id``: how many committees there are."""
    if actor.person_id is None or any(one.is_officer for one in actor.current):
        return None
    committees = select(func.count(StandingCommittee.id)).where(
        StandingCommittee.organisation_id == actor.organisation.id
    )
    interests = select(func.count(Interest.id)).where(Interest.person_id == Profile.person_id)
    may_say = ~_is_said(Profile.person_id) & _lounge(actor).exists()
    return select(
        committees.scalar_subquery().label("id"),
        interests.scalar_subquery().label("n"),
        case((may_say, 1), else_=0).label("of"),
    ).where(Profile.person_id == actor.person_id, Profile.joined_at > now - NEW)
