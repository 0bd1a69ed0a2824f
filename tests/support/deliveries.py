"""The far side of the worker, for tests that are about the worker alone: it keeps Discord's promises, no more."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from bot.clock import Clock
from bot.db import Database, fetch
from bot.deliveries.models import Delivery, RecipientKind, Urgency
from bot.deliveries.outbox import enqueue
from bot.deliveries.values import NewDelivery, Parcel, Recipient, Sent
from bot.deliveries.worker import Worker
from bot.features import Services
from bot.features.announcements.models import AnnouncementPost
from bot.features.delivery_reports.service import DeliveryService
from tests.support.people import found_organisation
from tests.support.waiting import HANG, until

CHANNEL = Recipient(RecipientKind.CHANNEL, 7_000)


@dataclass
class Mailbox:
    """A Sender. ``arrived``: the keys of each message, in their order; a nonce that is known makes no second one."""

    arrived: list[tuple[str, ...]] = field(default_factory=list)
    #: Messages by their nonce, as long as the other side remembers it.
    nonces: dict[str, Sent] = field(default_factory=dict)
    #: Messages by their marker, as the channel's history shows them.
    history: dict[int, Sent] = field(default_factory=dict)
    looked: list[int] = field(default_factory=list)
    #: Awaited with a parcel before and after its message is made: raises what the test wants.
    before: Callable[[Parcel], Awaitable[None]] | None = None
    after: Callable[[Parcel], Awaitable[None]] | None = None

    async def send(self, parcel: Parcel) -> Sent:
        if self.before is not None:
            await self.before(parcel)
        first = parcel.first
        if first.nonce not in self.nonces:
            self.arrived.append(tuple(row.key for row in parcel.rows))
            sent = Sent(first.recipient.id, 1_000_000 + len(self.arrived))
            self.nonces[first.nonce] = self.history[first.id] = sent
        if self.after is not None:
            await self.after(parcel)
        return self.nonces[first.nonce]

    async def until(self, count: int) -> None:
        """Wait until so many messages have arrived."""
        await until(lambda: len(self.arrived) >= count)

    async def find(self, parcel: Parcel) -> Sent | None:
        self.looked.append(parcel.first.id)
        return self.history.get(parcel.first.id)


async def quiet_organisation(services: Services) -> None:
    """Organisation 1, for which nothing is planned yet."""
    await found_organisation(services)
    async with services[DeliveryService].database.writing() as session:
        await session.execute(delete(Delivery))


def new(key: str, at: datetime, **changes: Any) -> NewDelivery:
    """An urgent row to one channel of organisation 1."""
    row = NewDelivery(
        organisation_id=1,
        kind="test",
        key=key,
        subject="test:1",
        recipient=CHANNEL,
        due_at=at,
        time_zone="Asia/Tokyo",
        urgency=Urgency.URGENT,
    )
    return replace(row, **changes)


async def put(database: Database, clock: Clock, *news: NewDelivery) -> None:
    async with database.writing() as session:
        await enqueue(session, news, clock.now())


async def states(database: Database) -> dict[str, str]:
    """State by key."""
    async with database.reading() as connection:
        return {row.key: row.state for row in await fetch(connection, select(Delivery.key, Delivery.state))}


async def keys_with_discord_ids(database: Database) -> list[str]:
    """Keys live longer than what they were made for: nothing of Discord's may stand in them."""
    async with database.reading() as connection:
        of_features = select(Delivery.key).where(Delivery.kind.contains(":"))  # a test's own kinds have no colon
        keys = [row.key for row in await fetch(connection, of_features)]
        keys += [row.key for row in await fetch(connection, select(AnnouncementPost.delivery_key.label("key")))]
    return [key for key in keys if re.search(r"\d{15}", key)]


def worker_of(database: Database, clock: Clock, mailbox: Mailbox, **options: Any) -> Worker:
    settings: dict[str, Any] = {"name": "test", "rate": 0, "direct_rate": 0, "chance": random.Random(7)} | options
    return Worker(database, clock, mailbox, **settings)


async def until_idle(worker: Worker) -> None:
    """Wait until the worker has done what is due."""
    async with asyncio.timeout(HANG):
        while not worker.is_idle:  # noqa: ASYNC110 - it never waits, so it has no event either
            await asyncio.sleep(0.001)
