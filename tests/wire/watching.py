"""Whether anything in the database is another than before."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import SystemClock
from bot.db import Base, Database, fetch
from bot.deliveries.models import Delivery, DeliveryState

#: Of messages, what the process goes on changing by itself while it sends them.
_ON_ITS_WAY = {
    "state", "attempts", "next_attempt_at", "attempted_at", "attempted_before", "claimed_by", "lease_until",
    "settled_at", "error_code", "message_id", "channel_id", "bundle_id", "nonce",
}  # fmt: skip
#: What the process writes in its own time: that it is there, and whom it let into which thread.
BY_ITSELF = {"worker_signs", "thread_guests"}


class Watch:
    """Says which tables have changed since it looked last. Make one with ``begun``; end it with ``close``."""

    def __init__(self, database: Database, connection: AsyncConnection) -> None:
        self._database, self._connection = database, connection
        self._version, self._seen = -1, dict[str, list[str]]()

    @classmethod
    async def begun(cls, database: Database) -> Watch:
        watch = cls(database, await database.engine.connect())
        await watch.changed()
        return watch

    async def close(self) -> None:
        await self._connection.close()

    async def changed(self) -> set[str]:
        if self._database.is_sqlite:  # it says at once that nobody has written
            version = await self._connection.scalar(text("PRAGMA data_version"))
            if version == self._version:
                return set()
            self._version = version or 0
        before, self._seen = self._seen, await self._rows()
        return {name for name, rows in self._seen.items() if rows != before.get(name)}

    async def _rows(self) -> dict[str, list[str]]:
        found = {}
        for table in Base.metadata.sorted_tables:
            if table.name in BY_ITSELF:
                continue
            hidden = _ON_ITS_WAY if table.name == Delivery.__tablename__ else set[str]()
            columns: list[Any] = [one for one in table.columns if one.name not in hidden]
            rows = await fetch(self._connection, select(*columns).order_by(*table.primary_key))
            found[table.name] = [repr(tuple(row)) for row in rows]
        return found


async def until_still(database: Database) -> None:
    """Wait until the process has nothing to do: no message is on its way, none has to go out now. What would come in
    the next minutes is put off for a day, so that nobody is taken for its cause."""
    busy = (Delivery.state == DeliveryState.CLAIMED) | (
        (Delivery.state == DeliveryState.PENDING)
        & (Delivery.next_attempt_at <= SystemClock().now() + timedelta(seconds=5))
    )
    async with asyncio.timeout(120), database.reading() as connection:
        while await connection.scalar(select(func.count()).where(busy)):  # noqa: ASYNC110 - another process's work
            await asyncio.sleep(0.1)
    tomorrow = SystemClock().now() + timedelta(days=1)
    waits = (Delivery.state == DeliveryState.PENDING) & (Delivery.next_attempt_at < tomorrow)
    async with database.writing() as session:
        await session.execute(update(Delivery).where(waits).values(next_attempt_at=tomorrow))
