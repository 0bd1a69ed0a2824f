"""Work of the bot's own that is planned for later, through the outbox like everything else: nothing runs by a timer
that a restart forgets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import local_date
from bot.deliveries.models import Urgency
from bot.deliveries.outbox import enqueue
from bot.deliveries.records import JOB, NewDelivery
from bot.deliveries.schedule import instant


def planned_job(
    kind: str,
    organisation_id: int,
    part: str,
    due_at: datetime,
    time_zone: str,
    payload: Mapping[str, Any] | None = None,
    planned_local: datetime | None = None,
) -> NewDelivery:
    """A piece of an organisation's work. ``part`` tells it from the others of its kind: the same part is the same row.

    It has an hour of its own, which may be at night as nobody hears of it, and is done however late.
    """
    return NewDelivery(
        organisation_id=organisation_id,
        kind=kind,
        key=f"{kind}:{organisation_id}:{part}",
        subject=f"{kind}:{organisation_id}",
        recipient=JOB,
        due_at=due_at,
        time_zone=time_zone,
        payload=payload or {},
        urgency=Urgency.URGENT,
        tolerance=None,
        planned_local=planned_local,
    )


async def plan_daily(
    session: AsyncSession, kind: str, organisation_id: int, time_zone: str, at: time, now: datetime
) -> None:
    """Have the next one of a daily work done at ``at`` on the wall clock, in the transaction of whoever asks. Its day
    is in the payload. If it is planned, nothing changes."""
    day = local_date(now, time_zone)
    if instant(datetime.combine(day, at), time_zone) <= now:
        day += timedelta(days=1)
    planned = datetime.combine(day, at)
    job = planned_job(
        kind,
        organisation_id,
        day.isoformat(),
        instant(planned, time_zone),
        time_zone,
        {"day": day.isoformat()},
        planned,
    )
    await enqueue(session, [job], now)
