"""The posts of an event: what each shows as a picture, and where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select, update

from bot.db import fetch
from bot.features import Service
from bot.features.events.models import KIND, Event, EventName, EventPost
from bot.features.events.queries import may_organise, row_of
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.features.signups.models import Party, PartyMember, PartyState, SignUp

#: People whom a post names; it says how many else come.
NAMED = 20


@dataclass(frozen=True, slots=True)
class Post:
    """``picture``: what it shows, by ``mark_of``. ``newer``: the message of the post that took its place, if it is
    known; ``is_replaced``: there is one."""

    post_id: int
    channel_id: int
    picture: str
    is_replaced: bool
    newer: int | None = None


def mark_of(picture_id: int | None, *drawn: object) -> str:
    """What a picture is told from others by: the added one, or what a banner is drawn from."""
    if picture_id is not None:
        return f"added:{picture_id}"
    return f"drawn:{sha256(repr(drawn).encode()).hexdigest()[:16]}"


def is_drawn(mark: str) -> bool:
    return mark.startswith("drawn:")


class PostingService(Service):
    async def post(self, delivery_key: str, post_id: int | None = None) -> Post | None:
        """By the delivery that brings it, or by its number."""
        this = EventPost.delivery_key == delivery_key if post_id is None else EventPost.id == post_id
        async with self.database.reading() as connection:
            rows = await fetch(connection, select(*EventPost.__table__.c).where(this))
            if not rows:
                return None
            (row,) = rows
            newer = None
            if row.is_replaced:
                beside = (EventPost.event_id == row.event_id, EventPost.channel_id == row.channel_id)
                query = select(EventPost.message_id).where(*beside, EventPost.id > row.id)
                newer = await connection.scalar(query.order_by(EventPost.id.desc()).limit(1))
        return Post(row.id, row.channel_id, row.picture, row.is_replaced, newer)

    async def shows(self, post_id: int, picture: str) -> None:
        """Discord has its message with this picture."""
        async with self.database.writing() as session:
            await session.execute(update(EventPost).where(EventPost.id == post_id).values(picture=picture))

    async def names(self, event_id: int) -> list[str]:
        """The first of those who come and agreed to be named, in the order in which they signed up."""
        query = (
            select(Person.display_name)
            .join(EventName, EventName.person_id == Person.id)
            .join(Event, Event.id == EventName.event_id)
            .join(SignUp, (SignUp.owner_kind == KIND) & (SignUp.owner_id == Event.id))
            .join(PartyMember, (PartyMember.signup_id == SignUp.id) & (PartyMember.person_id == Person.id))
            .join(Party, Party.id == PartyMember.party_id)
            .where(Event.id == event_id, Event.shows_names, PartyMember.is_live, Party.state == PartyState.ACCEPTED)
            .order_by(Party.applied_at, PartyMember.id)
            .limit(NAMED)
        )
        async with self.database.reading() as connection:
            return [row.display_name for row in await fetch(connection, query)]

    async def channels(self, actor: Actor, event_id: int) -> Sequence[int]:
        """Where its posts stand, for its organisers; nothing for others. Raises NotFound."""
        async with self.database.reading() as connection:
            if not may_organise(actor, await row_of(connection, actor.organisation.id, event_id)):
                return []
            query = select(EventPost.channel_id).where(EventPost.event_id == event_id, EventPost.is_replaced.is_(False))
            return sorted({row.channel_id for row in await fetch(connection, query)})
