"""How many messages a recipient had lately, and whether they are spared right now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Reader, fetch
from bot.deliveries import rules
from bot.deliveries.models import Action, Delivery, DeliveryState, RecipientKind, SparedSpell, Urgency

_PLACE = tuple_(Delivery.recipient_kind, Delivery.recipient_id)


_IN_THREAD = Delivery.recipient_kind == RecipientKind.THREAD.value


def counts_for(row: Any) -> bool:
    """Does a message count towards what its recipient hears in a week? In the thread of an LC's officers all does that
    isn't urgent, such as announcements, though they wait for nothing."""
    in_thread = row.recipient_kind == RecipientKind.THREAD and row.urgency != Urgency.URGENT
    return bool(row.is_budgeted or (in_thread and row.action == Action.POST))


async def sent_this_week(session: AsyncSession, rows: Iterable[Any], now: datetime) -> Counter[tuple[str, int]]:
    """How many messages each recipient of budgeted rows has had that count (``counts_for``); a bundle counts once."""
    places = {(row.recipient_kind, row.recipient_id) for row in rows if row.is_budgeted}
    if not places:
        return Counter()
    query = (
        select(Delivery.recipient_kind, Delivery.recipient_id, func.count().label("n"))
        .where(
            _PLACE.in_(sorted(places)),
            Delivery.settled_at > now - rules.WEEK,
            Delivery.state == DeliveryState.SENT,
            Delivery.message_id.is_not(None),
            Delivery.is_budgeted | (_IN_THREAD & (Delivery.urgency != Urgency.URGENT.value)),
            Delivery.action == Action.POST.value,
            Delivery.bundle_id.is_(None) | (Delivery.bundle_id == Delivery.id),
        )
        .group_by(Delivery.recipient_kind, Delivery.recipient_id)
    )
    return Counter({(row.recipient_kind, row.recipient_id): row.n for row in await fetch(session, query)})


async def spared_until(session: AsyncSession, rows: Iterable[Any], now: datetime) -> dict[int, datetime]:
    """For recipients of reminders who are spared right now, until when."""
    people = {row.recipient_id for row in rows if row.is_reminder and row.recipient_kind == RecipientKind.PERSON}
    return await spells(session, people, now)


async def spells(reader: Reader, people: Collection[int], now: datetime) -> dict[int, datetime]:
    """The Discord users among these who are spared right now, and until when."""
    if not people:
        return {}
    query = (
        select(SparedSpell.discord_user_id, func.max(SparedSpell.ends_at).label("end"))
        .where(SparedSpell.discord_user_id.in_(people), SparedSpell.starts_at <= now, SparedSpell.ends_at > now)
        .group_by(SparedSpell.discord_user_id)
    )
    return {row.discord_user_id: row.end for row in await fetch(reader, query)}
