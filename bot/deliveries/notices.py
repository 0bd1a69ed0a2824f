"""What the worker itself has to say to the officers. It is delivered like everything else."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import local_date
from bot.deliveries.models import RecipientKind
from bot.deliveries.records import NewDelivery, Recipient

#: The notices about deliveries are deliveries too; they beget no notices of their own.
OWN_KINDS = "deliveries:"
TROUBLE_KIND = "deliveries:trouble"
OUTAGE_KIND = "deliveries:outage"
#: The error code of what was missed.
TOO_LATE = "too_late"


def trouble_notice(organisation_id: int, code: str, time_zone: str, now: datetime) -> NewDelivery:
    """A word to the officers; one for each cause and day, however many rows it is about."""
    day = local_date(now, time_zone).isoformat()
    return NewDelivery(
        organisation_id=organisation_id,
        kind=TROUBLE_KIND,
        key=f"{TROUBLE_KIND}:{organisation_id}:{code}:{day}",
        subject=f"{TROUBLE_KIND}:{organisation_id}",
        recipient=Recipient(RecipientKind.OFFICERS, organisation_id),
        # A minute later, so that the count in it is nearly whole.
        due_at=now + timedelta(minutes=1),
        time_zone=time_zone,
        payload={"code": code, "day": day},
    )


def outage_report(organisation_id: int, time_zone: str, since: datetime, until: datetime) -> NewDelivery:
    """What an outage meant for an organisation, told once the backlog has been worked off."""
    return NewDelivery(
        organisation_id=organisation_id,
        kind=OUTAGE_KIND,
        key=f"{OUTAGE_KIND}:{organisation_id}:{until:%Y%m%dT%H%M%S}",
        subject=f"{OUTAGE_KIND}:{organisation_id}",
        recipient=Recipient(RecipientKind.OFFICERS, organisation_id),
        due_at=until + timedelta(minutes=5),
        time_zone=time_zone,
        payload={"since": since.isoformat(), "until": until.isoformat()},
    )
