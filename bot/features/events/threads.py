"""The thread of an event: under its post, for everybody in the channel. The bot adds nobody to it, as that would show
who comes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select

from bot.db import fetch
from bot.deliveries.models import Delivery, DeliveryState
from bot.errors import Conflict
from bot.features import Service
from bot.features.events import following, rules
from bot.features.events.changing import locked
from bot.features.events.models import EventPost, EventState, EventThread, Reminds
from bot.features.events.queries import card_to_organise
from bot.features.events.steps import organise_step, thread_step
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.i18n import N_

NO_POST = N_("There is no post to make a thread under. Please post the event again first.")
THERE = N_("This event has a thread already.")
NONE = N_("This event has no thread any more.")


@dataclass(frozen=True, slots=True)
class Post:
    """Where a thread would stand: Discord's ids of the newest post, and the titles of its event."""

    channel_id: int
    message_id: int
    title_ja: str
    title_en: str


@dataclass(frozen=True, slots=True)
class Thread:
    channel_id: int
    thread_id: int
    reminds: Reminds


class ThreadService(Service):
    async def thread(self, actor: Actor, event_id: int) -> Thread | None:
        """For its organisers; None if it has none. Raises NotFound; NotAllowed."""
        async with self.database.reading() as connection:
            await card_to_organise(connection, actor, event_id, self.clock.now())
            query = select(*EventThread.__table__.c).where(EventThread.event_id == event_id)
            for row in await fetch(connection, query):
                return Thread(row.channel_id, row.thread_id, Reminds(row.reminds))
        return None

    async def place(self, actor: Actor, event_id: int) -> Post:
        """Under which message a thread can be made. Raises NotFound; NotAllowed; Conflict: it isn't open, has one, or
        no post of it stands anywhere."""
        async with self.database.reading() as connection:
            card = await card_to_organise(connection, actor, event_id, self.clock.now())
            rules.CANCEL.require(EventState(card.state))
            if card.thread_id is not None:
                raise Conflict(THERE, next_steps=[thread_step(event_id)])
            arrived = (Delivery.key == EventPost.delivery_key) & (Delivery.state == DeliveryState.SENT.value)
            query = (
                select(EventPost.channel_id, EventPost.message_id, Delivery.message_id.label("arrived"))
                .outerjoin(Delivery, arrived)
                .where(EventPost.event_id == event_id, EventPost.is_replaced.is_(False))
                .order_by(EventPost.id.desc())
            )
            for row in await fetch(connection, query):
                if message_id := row.message_id or row.arrived:
                    return Post(row.channel_id, message_id, card.title_ja, card.title_en)
        raise Conflict(NO_POST, next_steps=[organise_step(event_id)])

    async def made(self, actor: Actor, event_id: int, channel_id: int, thread_id: int) -> None:
        """Discord has it. Raises NotFound; NotAllowed; Conflict: somebody else was faster."""
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            if await _row(change, event_id) is not None:
                raise Conflict(THERE, next_steps=[thread_step(event_id)])
            row = EventThread(
                event_id=event_id, channel_id=channel_id, thread_id=thread_id, reminds=Reminds.PEOPLE.value
            )
            change.session.add(row)
            following.note(change, event, "event.thread")

    async def remind_in(self, actor: Actor, event_id: int, where: Reminds) -> None:
        """Where its reminder goes. Raises NotFound; NotAllowed; Conflict: it has no thread."""
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            row = await _row(change, event_id)
            if row is None:
                raise Conflict(NONE, next_steps=[thread_step(event_id)])
            row.reminds = where.value
            following.note(change, event, "event.thread")

    async def forget(self, actor: Actor, event_id: int) -> None:
        """It was deleted in Discord, or isn't the event's any more. Raises NotFound; NotAllowed."""
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            gone = delete(EventThread).where(EventThread.event_id == event_id)
            await change.session.execute(gone.execution_options(synchronize_session=False))
            following.note(change, event, "event.thread")


async def _row(change: Change, event_id: int) -> EventThread | None:
    return await change.session.scalar(select(EventThread).where(EventThread.event_id == event_id))
