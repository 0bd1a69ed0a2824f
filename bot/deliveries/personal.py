"""What deliveries hold about people: the recipients. The deliveries still count without them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.deliveries.models import Delivery, DeliveryState, RecipientKind
from bot.personal import Personal, Subject

_OPEN = (DeliveryState.PENDING.value, DeliveryState.CLAIMED.value)
_TABLE: Any = Delivery.__table__


async def scrub(part: Personal, session: AsyncSession, subject: Subject, now: datetime) -> None:
    """Blank the messages that went to them, withdraw those that wait for them, and take their names out of messages to
    others."""
    if subject.discord_user_id is None:
        return
    number = str(subject.discord_user_id)
    mentioned = (_TABLE.c.organisation_id == subject.organisation_id) & cast(_TABLE.c.payload, String).contains(number)
    columns = (_TABLE.c.id, _TABLE.c.state, _TABLE.c.payload, _TABLE.c.recipient_kind)
    theirs = part.rows(subject)
    rows = (await session.execute(select(*columns, theirs.label("theirs")).where(or_(theirs, mentioned)))).all()
    for row in rows:
        values: dict[str, Any] = {"payload": scrubbed(row.payload, number)}
        if row.theirs:
            values |= {
                "payload": {},
                "channel_id": None,
                "message_id": None,
                "fallback_kind": None,
                "fallback_id": None,
            }
            if row.recipient_kind == RecipientKind.PERSON:
                values |= {"recipient_id": 0, "key": f"forgotten:{row.id}"}
                if row.state in _OPEN:
                    values |= {"state": DeliveryState.WITHDRAWN.value, "settled_at": now}
        await session.execute(update(_TABLE).where(_TABLE.c.id == row.id).values(values))


def scrubbed(value: Any, number: str) -> Any:
    """Data without a Discord id: out of lists and keys, 0 in its place elsewhere."""
    if isinstance(value, dict):
        return {key: scrubbed(one, number) for key, one in value.items() if key != number}
    if isinstance(value, list):
        return [scrubbed(one, number) for one in value if str(one) != number]
    if isinstance(value, str) and number in value:
        return value.replace(number, "0")
    return 0 if str(value) == number else value
