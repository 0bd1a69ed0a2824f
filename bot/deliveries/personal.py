"""What deliveries hold about people: to whom they went. Their number stays, without it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.deliveries.models import Delivery, RecipientKind, SparedSpell, State
from bot.i18n import N_
from bot.personal import PersonalPart, Subject

_OPEN = (State.PENDING.value, State.CLAIMED.value)
_TABLE: Any = Delivery.__table__


def _whose(subject: Subject) -> ColumnElement[bool]:
    person = RecipientKind.PERSON.value
    return (Delivery.organisation_id == subject.organisation_id) & or_(
        (Delivery.recipient_kind == person) & (Delivery.recipient_id == subject.discord_user_id),
        (Delivery.fallback_kind == person) & (Delivery.fallback_id == subject.discord_user_id),
    )


def _export(subject: Subject) -> Any:
    return select(Delivery.kind, Delivery.due_at, Delivery.state, Delivery.settled_at).where(_whose(subject))


async def _forget(session: AsyncSession, subject: Subject, now: datetime) -> None:
    if subject.discord_user_id is None:
        return
    number = str(subject.discord_user_id)
    mentioned = (_TABLE.c.organisation_id == subject.organisation_id) & cast(_TABLE.c.payload, String).contains(number)
    columns = (_TABLE.c.id, _TABLE.c.state, _TABLE.c.payload, _TABLE.c.recipient_kind)
    theirs = (_whose(subject)).label("theirs")
    rows = (await session.execute(select(*columns, theirs).where(or_(_whose(subject), mentioned)))).all()
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
                    values |= {"state": State.WITHDRAWN.value, "settled_at": now}
        await session.execute(update(_TABLE).where(_TABLE.c.id == row.id).values(values))


async def _forget_spells(session: AsyncSession, subject: Subject, _now: datetime) -> None:
    """Being spared holds for all organisations: it goes with the last."""
    if not subject.is_elsewhere:
        query = delete(SparedSpell).where(SparedSpell.discord_user_id == subject.discord_user_id)
        await session.execute(query.execution_options(synchronize_session=False))


def scrubbed(value: Any, number: str) -> Any:
    """Data without a Discord id: out of lists and keys, 0 in its place elsewhere."""
    if isinstance(value, dict):
        return {key: scrubbed(one, number) for key, one in value.items() if key != number}
    if isinstance(value, list):
        return [scrubbed(one, number) for one in value if str(one) != number]
    if isinstance(value, str) and number in value:
        return value.replace(number, "0")
    return 0 if str(value) == number else value


PARTS = (
    PersonalPart(
        key="deliveries",
        title=N_("Messages to you"),
        covers=("deliveries.recipient_id", "deliveries.fallback_id"),
        export=_export,
        forget=_forget,
    ),
    PersonalPart(
        key="spared_spells",
        title=N_("When you are not reminded of anything"),
        covers=("spared_spells.discord_user_id",),
        export=lambda subject: select(SparedSpell.starts_at, SparedSpell.ends_at).where(
            SparedSpell.discord_user_id == subject.discord_user_id
        ),
        forget=_forget_spells,
    ),
)
