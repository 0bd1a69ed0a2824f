"""What the worker itself has to say to the officers. It is delivered like everything else."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import local_date
from bot.deliveries.models import RecipientKind
from bot.deliveries.records import NewDelivery, Recipient

#: The notices about deliveries are deliveries too; they beget no notices of their own.
OWN_KINDS = "deliveries:"
TROUBLE_KIND = "deliveries:trouble"
#: The error code of what was missed.
TOO_LATE = "too_late"


def trouble_notice(organisation_id: int, code: str, time_zone: str, now: datetime) -> NewDelivery:
    """A word to the officers; one for each cause and day, however many rows it is about."""
    day = local_date(now, time_zone).isoformat()
    return NewDelivery(
        organisation_id=organisation_id,
        kind=TROUBLE_KIND,
        key=f"{TROUBLE_KIND}:{organisation_id}:{code}:{day}"[:150],
        subject=f"{TROUBLE_KIND}:{organisation_id}",
        recipient=Recipient(RecipientKind.OFFICERS, organisation_id),
        # A minute later, so that the count in it is nearly whole.
        due_at=now + timedelta(minutes=1),
        time_zone=time_zone,
        payload={"code": code, "day": day},
    )
