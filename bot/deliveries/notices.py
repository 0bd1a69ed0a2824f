"""The worker's own notices to officers. They are delivered like everything else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import local_date
from bot.db import fetch
from bot.deliveries.models import TROUBLED, Delivery, DeliveryState, RecipientKind
from bot.deliveries.values import NewDelivery, Recipient, generation_of, of_generation

#: Notices about deliveries are deliveries too, but cause no further notices.
OWN_KINDS = "deliveries:"
TROUBLE_KIND = "deliveries:trouble"
OUTAGE_KIND = "deliveries:outage"
#: The error code of missed rows.
TOO_LATE = "too_late"
#: In the payload of a notice: officers have sent it again or dismissed it.
DEALT_WITH = "dealt_with"
#: Notices are about a day.
LATELY = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a message of an organisation did not arrive."""

    organisation_id: int
    code: str
    time_zone: str

    @property
    def subject(self) -> str:
        return f"{TROUBLE_KIND}:{self.organisation_id}"


async def trouble_notices(session: AsyncSession, causes: Collection[Cause], now: datetime) -> list[NewDelivery]:
    """Notify the officers once for each cause and day, however many rows failed, and again if it comes back after they
    have dealt with it."""
    if not causes:
        return []
    query = select(Delivery.key, Delivery.state, Delivery.payload).where(
        Delivery.subject.in_({cause.subject for cause in causes}),
        Delivery.kind == TROUBLE_KIND,
        Delivery.created_at > now - LATELY,
    )
    told: dict[str, int] = {}
    for row in await fetch(session, query):
        first, generation = generation_of(row.key)
        is_over = row.payload.get(DEALT_WITH) or row.state == DeliveryState.NOT_NEEDED
        told[first] = max(told.get(first, 0), generation + is_over)
    return [_notice(cause, told, now) for cause in dict.fromkeys(causes)]


def _notice(cause: Cause, told: Mapping[str, int], now: datetime) -> NewDelivery:
    day = local_date(now, cause.time_zone).isoformat()
    key = f"{TROUBLE_KIND}:{cause.organisation_id}:{cause.code}:{day}"
    return NewDelivery(
        organisation_id=cause.organisation_id,
        kind=TROUBLE_KIND,
        key=of_generation(key, told.get(key, 0)),
        subject=cause.subject,
        recipient=Recipient(RecipientKind.OFFICERS, cause.organisation_id),
        # A minute later, so that the count in it is nearly whole.
        due_at=now + timedelta(minutes=1),
        time_zone=cause.time_zone,
        payload={"code": cause.code, "day": day},
    )


async def note_dealt_with(session: AsyncSession, organisation_id: int, code: str, now: datetime) -> None:
    """Officers have dealt with the failures of one kind for a cause. The cause's notices end for days on which no
    failure of any kind is left. A notice that still waits will say what is true then."""
    left = select(Delivery.settled_at).where(
        Delivery.organisation_id == organisation_id,
        Delivery.state.in_(TROUBLED),
        Delivery.settled_at > now - LATELY,
        Delivery.error_code == code,
    )
    open_since = [row.settled_at for row in await fetch(session, left)]
    query = select(Delivery.id, Delivery.payload, Delivery.time_zone).where(
        Delivery.organisation_id == organisation_id,
        Delivery.kind == TROUBLE_KIND,
        Delivery.state != DeliveryState.PENDING,
        Delivery.created_at > now - LATELY,
    )
    for row in await fetch(session, query):
        days = {local_date(at, row.time_zone).isoformat() for at in open_since}
        if row.payload["code"] == code and row.payload["day"] not in days:
            change = update(Delivery).where(Delivery.id == row.id).values(payload=row.payload | {DEALT_WITH: True})
            await session.execute(change.execution_options(synchronize_session=False))


def outage_report(organisation_id: int, time_zone: str, since: datetime, until: datetime) -> NewDelivery:
    """What an outage meant for an organisation, told once the backlog has been worked off."""
    return NewDelivery(
        organisation_id=organisation_id,
        kind=OUTAGE_KIND,
        key=f"{OUTAGE_KIND}:{organisation_id}:{until:%Y%m%dT%H%M%S%f}",
        subject=f"{OUTAGE_KIND}:{organisation_id}",
        recipient=Recipient(RecipientKind.OFFICERS, organisation_id),
        due_at=until + timedelta(minutes=5),
        time_zone=time_zone,
        payload={"since": since.isoformat(), "until": until.isoformat()},
    )
