"""Combined messages, whose parts can change after they were sent."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from bot.db import Reader, fetch
from bot.deliveries.models import Action, Delivery, DeliveryState, Lane, RecipientKind, Urgency
from bot.deliveries.parcels import due_of
from bot.deliveries.values import Due, NewDelivery, Recipient

#: An edit of such a message. Its payload names the row under whose number the others were sent.
BUNDLE = "deliveries:bundle"


async def said_together(reader: Reader, bundle_id: int) -> list[Due]:
    """The rows in one message, its own first; none once they are purged."""
    query = (
        select(Delivery.__table__)
        .where(Delivery.bundle_id == bundle_id, Delivery.state == DeliveryState.SENT)
        .order_by(Delivery.id != bundle_id, Delivery.due_at, Delivery.id)
    )
    return [due_of(row, bundle_id) for row in await fetch(reader, query)]


async def edits_of_bundles(
    reader: Reader, organisation_id: int, subjects: Collection[str], *, about: str, mark: str, now: datetime
) -> list[NewDelivery]:
    """An edit for each combined message that contains one of these subjects: it is rendered again from today's data.

    ``mark``: tells this change from an earlier one. ``about``: the subject of the edits."""
    concerned = select(Delivery.bundle_id).where(
        Delivery.organisation_id == organisation_id,
        Delivery.subject.in_(subjects),
        Delivery.state == DeliveryState.SENT,
        Delivery.bundle_id.is_not(None),
    )
    query = select(Delivery.__table__).where(Delivery.id.in_(concerned), Delivery.message_id.is_not(None))
    return [
        NewDelivery(
            organisation_id=organisation_id,
            kind=BUNDLE,
            key=f"bundle:{row.id}:{mark}",
            subject=about,
            recipient=Recipient(RecipientKind(row.recipient_kind), row.recipient_id),
            due_at=now,
            time_zone=row.time_zone,
            payload={"bundle": row.id},
            urgency=Urgency.URGENT,
            lane=Lane.BULK,
            action=Action.EDIT,
            tolerance=7 * 86_400,
            channel_id=row.channel_id,
            message_id=row.message_id,
        )
        for row in await fetch(reader, query)
    ]
