"""A newcomer's hello to everybody: they see it exactly as it will stand there, and one of theirs stands at a time. It
goes when they take it back, and with their data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, exists, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Reader, fetch
from bot.deliveries.models import Action, Delivery, DeliveryState, RecipientKind, Urgency
from bot.deliveries.on_the_way import LOOKS, is_on_the_way, next_look
from bot.deliveries.outbox import enqueue
from bot.deliveries.values import NewDelivery, Recipient
from bot.errors import Conflict, NotFound
from bot.features import Service
from bot.features.committees.models import StandingCommittee
from bot.features.homes.facts import Query
from bot.features.members.models import Interest, Profile
from bot.features.members.queries import profile_of
from bot.features.members.values import JOIN, ProfileCard
from bot.features.organisations.each import moment_of
from bot.features.organisations.models import Server, ServerPart
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, NOW, Asker, earlier
from bot.features.people.changes import change_by
from bot.features.people.models import Person
from bot.i18n import N_
from bot.kit.messages import JobKind, MessageKind
from bot.kit.moments import Moment
from bot.personal import Personal, Subject, goes

HELLO = MessageKind("members:hello", N_("A newcomer's hello"), urgency=Urgency.URGENT)
REMOVE = JobKind("members:remove_hello", N_("Removing a newcomer's hello (automatic)"))
#: Where everybody talks (``cogs/setups/builder.py``).
LOUNGE = "channel:lounge"
#: So long somebody counts as new.
NEW = timedelta(days=14)
SAID = N_("You've said hello already. Nothing was posted again.")
TOO_LATE = N_("You can say hello here for two weeks after joining. You can still write in the lounge yourself.")
NOT_THERE = N_("Your hello isn't there any more. Nothing was removed.")
NO_LOUNGE = N_("There is no channel here where everybody talks. An administrator can make it with /setup.")


@dataclass(frozen=True, slots=True)
class Hello:
    """What it says of somebody. ``committees``: names (Japanese, English) of those that interest them."""

    discord_user_id: int
    card: ProfileCard
    with_school: bool


class HelloService(Service):
    async def preview(self, actor: Actor, *, with_school: bool) -> Hello:
        """Raises NotFound (they haven't joined, or there is no such channel) or Conflict (it stands there, or it is too
        late)."""
        async with self.database.reading() as connection:
            card = await profile_of(connection, actor.organisation.id, actor.person_id, actor.today)
            await _where(connection, actor, card, self.clock.now())
        assert card is not None
        return Hello(actor.caller.discord_user_id, card, with_school)

    async def say(self, actor: Actor, *, with_school: bool) -> None:
        """Have it posted. Raises as ``preview`` does."""
        async with change_by(self, actor) as change:
            await _lock(change.session, actor)
            card = await profile_of(change.session, actor.organisation.id, actor.person_id, actor.today)
            channel = await _where(change.session, actor, card, change.now)
            about = _about(actor.person_id)
            before = select(func.count()).where(Delivery.subject == about, Delivery.action == Action.POST)
            said = HELLO.to(
                Recipient(RecipientKind.CHANNEL, channel),
                change.moment,
                actor.person_id,
                # By the account it is found when two records become one.
                {"person_id": actor.person_id, "with_school": with_school, "author": actor.caller.discord_user_id},
                about=about,
                generation=await change.session.scalar(before) or 0,
            )
            await change.send(said)

    async def stands(self, actor: Actor) -> bool:
        """Is the actor's hello there, or on its way?"""
        if actor.person_id is None:
            return False
        async with self.database.reading() as connection:
            return bool(await connection.scalar(select(_is_said(_about(actor.person_id)))))

    async def remove(self, actor: Actor) -> None:
        """Delete the actor's hello. Within the first two weeks they can say it anew. Raises NotFound."""
        async with change_by(self, actor) as change:
            await _lock(change.session, actor)
            if actor.person_id is None or not await _remove(change.session, actor.person_id, change.moment):
                raise NotFound(NOT_THERE)

    async def remove_arrived(self, delivery_id: int, turn: int) -> None:
        """The job, for a hello that was on its way when it was taken back."""
        async with self.database.writing() as session:
            rows = await fetch(session, _STANDING.where(Delivery.id == delivery_id))
            for row in rows:
                moment = Moment(row.organisation_id, row.time_zone, self.clock.now())
                await enqueue(session, await _gone(session, row, turn + 1, moment), moment.now)

    async def hello(self, person_id: int, today: date, *, with_school: bool) -> Hello | None:
        """What is to be posted, on the organisation's day; None once their data are gone."""
        async with self.database.reading() as connection:
            rows = await fetch(connection, select(Person).where(Person.id == person_id))
            if not rows or rows[0].discord_user_id is None:
                return None
            card = await profile_of(connection, rows[0].organisation_id, person_id, today)
        return None if card is None else Hello(rows[0].discord_user_id, card, with_school)


async def leave_lounge(part: Personal, session: AsyncSession, subject: Subject, now: datetime) -> None:
    """When somebody's data are deleted: their hello goes with their profile."""
    moment = await moment_of(session, subject.organisation_id, now)
    if subject.person_id is not None and moment is not None:
        await _remove(session, subject.person_id, moment)
    await goes(part, session, subject, now)


async def _remove(session: AsyncSession, person_id: int, moment: Moment) -> bool:
    """Was there anything?"""
    rows = await fetch(session, _STANDING.where(Delivery.subject == _about(person_id)))
    for row in rows:
        await enqueue(session, await _gone(session, row, 0, moment), moment.now)
    return bool(rows)


async def _gone(session: AsyncSession, row: Any, turn: int, moment: Moment) -> list[NewDelivery]:
    """A deletion of what stands there; for what may be just arriving, the job."""
    if is_on_the_way(row):
        # A later try of the same message has nothing to say.
        gone = {"payload": row.payload | {"gone": True}}
        await session.execute(update(Delivery).where(Delivery.id == row.id).values(gone))
        if turn >= LOOKS:
            return []
        return [REMOVE.at(next_look(turn, moment.now), moment, f"{row.id}:{turn}", {"delivery": row.id, "turn": turn})]
    withdrawn = {"state": DeliveryState.WITHDRAWN.value, "settled_at": moment.now}
    await session.execute(update(Delivery).where(Delivery.id == row.id).values(withdrawn))
    if row.state == DeliveryState.PENDING:
        return []
    return [
        HELLO.to(
            Recipient(RecipientKind.CHANNEL, row.recipient_id),
            moment,
            f"gone:{row.id}",
            {},
            action=Action.DELETE,
            tolerance=None,
            channel_id=row.channel_id,
            message_id=row.message_id,
        )
    ]


async def _lock(session: AsyncSession, actor: Actor) -> None:
    """Of two presses, the second sees what the first did."""
    await session.scalar(select(Person.id).where(Person.id == (actor.person_id or 0)).with_for_update())


async def _where(reader: Reader, actor: Actor, card: ProfileCard | None, now: datetime) -> int:
    """The Discord id of the channel. Raises NotFound or Conflict."""
    if card is None or card.joined_at is None:
        raise NotFound(N_("Please join first."), next_steps=[JOIN])
    if await reader.scalar(select(_is_said(_about(card.person_id)))):
        raise Conflict(SAID)
    if card.joined_at <= now - NEW:
        raise Conflict(TOO_LATE)
    channel: int | None = await reader.scalar(_lounge(Asker.of(actor)))
    if channel is None:
        raise NotFound(NO_LOUNGE)
    return channel


def _lounge(asker: Asker) -> Select[int]:
    """That of the server in which they are, else of the organisation's first."""
    is_here = case((Server.discord_guild_id == asker.guild_id, 0), else_=1)
    return (
        select(ServerPart.discord_id)
        .join(Server, Server.id == ServerPart.server_id)
        .where(
            Server.organisation_id == asker.organisation_id,
            Server.lc_id.is_(None),
            ServerPart.key == LOUNGE,
            ServerPart.discord_id > 0,
        )
        .order_by(is_here, Server.id)
        .limit(1)
    )


def _about(person_id: Any) -> str:
    return f"{_OF}{person_id}"


_OF = f"{HELLO}:of:"
#: A hello that can be read there, or will be. One that failed or was taken back is none.
_STANDS = (
    Delivery.action == Action.POST.value,
    Delivery.state.in_([DeliveryState.PENDING.value, DeliveryState.CLAIMED.value, DeliveryState.SENT.value]),
)
_STANDING = select(Delivery.__table__).where(Delivery.kind == str(HELLO), *_STANDS).with_for_update()


def _is_said(about: Any) -> ColumnElement[bool]:
    return exists().where(Delivery.subject == about, *_STANDS)


_COMMITTEES = select(func.count(StandingCommittee.id)).where(StandingCommittee.organisation_id == ASKER.organisation_id)
_INTERESTS = select(func.count(Interest.id)).where(Interest.person_id == Profile.person_id)
_MAY_SAY = ~_is_said(literal(_OF).concat(cast(Profile.person_id, String()))) & _lounge(ASKER).exists()
_FIRST_WEEKS = select(
    _COMMITTEES.scalar_subquery().label("id"),
    _INTERESTS.scalar_subquery().label("n"),
    case((_MAY_SAY, 1), else_=0).label("of"),
).where(Profile.person_id == ASKER.person_id, Profile.joined_at > earlier(NOW, NEW))


def first_weeks(actor: Actor) -> Query | None:
    """For home, for those who joined lately: can they still say hello (``of``), and how many committees (``n``)
    interest them? ``id``: how many committees there are."""
    return None if actor.person_id is None or any(one.is_officer for one in actor.current) else _FIRST_WEEKS
