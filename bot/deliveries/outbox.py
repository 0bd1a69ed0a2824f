"""Putting messages into the outbox and withdrawing them: helpers that join the feature's own transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.deliveries import rules
from bot.deliveries.models import Action, Delivery, DeliveryState, RecipientKind
from bot.deliveries.values import NewDelivery

#: In ``session.info``: something was enqueued, so the worker should look again once it is committed.
ENQUEUED = "deliveries.enqueued"


async def enqueue(session: AsyncSession, news: Iterable[NewDelivery], at: datetime) -> None:
    """Enqueue messages. A key that exists already changes nothing."""
    rows = [_row(new, at) for new in news]
    if not rows:
        return
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    await session.execute(insert(Delivery).on_conflict_do_nothing(index_elements=["key"]), rows)
    session.info[ENQUEUED] = True


async def enqueue_once(session: AsyncSession, job: NewDelivery, at: datetime) -> bool:
    """Enqueue a job, unless one about the same subject waits: False. That one is held until the end of the transaction,
    so it begins after it and sees what was done in it."""
    waits = select(Delivery.id).where(Delivery.subject == job.subject, Delivery.state == DeliveryState.PENDING)
    if await session.scalar(waits.limit(1).with_for_update(read=True)) is not None:
        return False
    await enqueue(session, [job], at)
    return True


async def cancel(session: AsyncSession, organisation_id: int, subject: str, at: datetime) -> int:
    """Withdraw the waiting rows of a subject and return how many. Messages that are being sent still arrive.

    A message that was attempted and may have arrived is settled first, so that its place is known; its renderer says
    that it isn't needed any more. Its key is used up either way: the same thing said again needs a new generation in
    its key.
    """
    query = (
        update(Delivery)
        .where(
            Delivery.organisation_id == organisation_id,
            Delivery.subject == subject,
            Delivery.state == DeliveryState.PENDING,
            Delivery.attempted_at.is_(None)
            | (Delivery.recipient_kind == RecipientKind.JOB)
            | (Delivery.action != Action.POST),
        )
        .values(state=DeliveryState.WITHDRAWN.value, settled_at=at)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return len((await session.scalars(query)).all())


def _row(new: NewDelivery, at: datetime) -> dict[str, Any]:
    due_at = rules.earliest(new.due_at, new.time_zone, new.urgency)
    return {
        "organisation_id": new.organisation_id,
        "kind": new.kind,
        "key": new.key,
        "subject": new.subject,
        "track": new.recipient.track.value,
        "lane": int(new.lane),
        "urgency": new.urgency.value,
        "action": new.action.value,
        "recipient_kind": new.recipient.kind.value,
        "recipient_id": new.recipient.id,
        "fallback_kind": new.fallback.kind.value if new.fallback else None,
        "fallback_id": new.fallback.id if new.fallback else None,
        "is_budgeted": new.is_budgeted,
        "is_reminder": new.is_reminder,
        "time_zone": new.time_zone,
        "due_at": due_at,
        "planned_local": new.planned_local.isoformat(timespec="minutes") if new.planned_local else None,
        "tolerance": new.tolerance,
        "payload": dict(new.payload),
        "nonce": secrets.token_hex(12),
        "state": DeliveryState.PENDING.value,
        "attempts": 0,
        "next_attempt_at": due_at,
        "channel_id": new.channel_id,
        "message_id": new.message_id,
        "created_at": at,
    }
