"""Regular chores: deleting old rows, and noticing an outage."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from bot.db import Database, insert_if_absent
from bot.deliveries.models import SETTLED_WELL, TROUBLED, Action, Delivery, DeliveryState, WorkerSign
from bot.deliveries.notices import OWN_KINDS, outage_report
from bot.deliveries.outbox import enqueue

#: How long rows are kept after their end: for counting and for questions.
KEPT = timedelta(days=90)
TROUBLES_KEPT = timedelta(days=365)
PURGED_AT_ONCE = 2_000
#: A longer time without a sign of life is an outage.
OUTAGE = timedelta(minutes=5)


async def purge(database: Database, now: datetime, standing: Iterable[str] = ()) -> int:
    """Delete rows that ended long ago, in small batches so that nothing waits for long; return how many.

    ``standing``: kinds of posts that stay known for as long as they stand, as they may have to be deleted.
    """
    stands = (
        Delivery.kind.in_([str(kind) for kind in standing])
        & (Delivery.action == Action.POST)
        & (Delivery.state == DeliveryState.SENT)
    )
    old = (Delivery.settled_at < now - KEPT) & Delivery.state.in_(SETTLED_WELL) & ~stands
    old |= (Delivery.settled_at < now - TROUBLES_KEPT) & Delivery.state.in_(TROUBLED)
    purged = 0
    while True:
        async with database.writing() as session:
            some = select(Delivery.id).where(old).limit(PURGED_AT_ONCE)
            query = delete(Delivery).where(Delivery.id.in_(some)).returning(Delivery.id)
            gone = (await session.scalars(query.execution_options(synchronize_session=False))).all()
        purged += len(gone)
        if len(gone) < PURGED_AT_ONCE:
            return purged


async def sign(database: Database, name: str, now: datetime) -> None:
    """Note that the worker is alive; after an outage, tell the officers what it meant."""
    async with database.writing() as session:
        await insert_if_absent(session, WorkerSign, name=name, seen_at=now)
        last = await session.scalar(select(func.max(WorkerSign.seen_at)))
        assert last is not None
        if now - last > OUTAGE:
            query = (
                select(Delivery.organisation_id, Delivery.time_zone)
                .where(
                    Delivery.due_at > last,
                    Delivery.due_at <= now,
                    Delivery.state.in_([DeliveryState.PENDING, DeliveryState.CLAIMED]),
                    Delivery.kind.not_like(f"{OWN_KINDS}%"),
                )
                .distinct()
            )
            zones = {row.organisation_id: row.time_zone for row in await session.execute(query)}
            await enqueue(session, [outage_report(one, zone, last, now) for one, zone in zones.items()], now)
        await session.execute(update(WorkerSign).where(WorkerSign.name == name).values(seen_at=now))
