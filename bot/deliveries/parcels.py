"""Which rows go into one message: rows that wait for the same recipient."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.deliveries.models import Action, Delivery, Lane, RecipientKind, Track, Urgency
from bot.deliveries.values import Due, Parcel, Recipient

#: Kinds of recipients whose rows are combined.
BUNDLED = (RecipientKind.PERSON.value, RecipientKind.THREAD.value)

_TABLE: Any = Delivery.__table__
_JOIN = update(_TABLE).where(_TABLE.c.id == bindparam("row")).values(bundle_id=bindparam("bundle"))


def can_be_bundled(row: Any) -> bool:
    return row.recipient_kind in BUNDLED and row.urgency != Urgency.URGENT and row.action == Action.POST


async def parcels(session: AsyncSession, rows: Sequence[Any], turned: Sequence[int]) -> list[Parcel]:
    """Group rows of one organisation for the same recipient. The groups are written down before anything is sent, so
    that the same rows make the same message after a crash."""
    groups: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        if row.bundle_id is not None:
            groups["bundle", row.bundle_id].append(row)
        elif can_be_bundled(row) and row.attempted_before is None:
            groups[row.organisation_id, row.recipient_kind, row.recipient_id].append(row)
        else:
            groups["single", row.id].append(row)
    made = {
        row.id: group[0].id for key, group in groups.items() if len(group) > 1 and key[0] != "bundle" for row in group
    }
    if made:
        await session.execute(_JOIN, [{"row": row_id, "bundle": first} for row_id, first in made.items()])
    found = []
    for group in groups.values():
        first = made.get(group[0].id, group[0].bundle_id)
        ordered = sorted(group, key=lambda row: (row.id != first, row.due_at, row.id))
        found.append(Parcel(tuple(due_of(row, first, turned) for row in ordered)))
    return found


def due_of(row: Any, bundle_id: int | None, turned: Sequence[int] = ()) -> Due:
    """A claimed row as the worker hands it on."""
    fallback = Recipient(RecipientKind(row.fallback_kind), row.fallback_id) if row.fallback_kind else None
    return Due(
        id=row.id,
        organisation_id=row.organisation_id,
        kind=row.kind,
        key=row.key,
        subject=row.subject,
        track=Track(row.track),
        lane=Lane(row.lane),
        urgency=Urgency.DIGEST if row.id in turned else Urgency(row.urgency),
        action=Action(row.action),
        recipient=Recipient(RecipientKind(row.recipient_kind), row.recipient_id),
        fallback=fallback,
        is_budgeted=row.is_budgeted,
        time_zone=row.time_zone,
        due_at=row.due_at,
        tolerance=row.tolerance,
        payload=row.payload,
        nonce=row.nonce,
        attempts=row.attempts,
        attempted_before=row.attempted_before,
        bundle_id=bundle_id,
        channel_id=row.channel_id,
        message_id=row.message_id,
    )
