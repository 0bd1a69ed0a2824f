"""Messages that are on their way: being sent, or perhaps arrived without a receipt.

They have no number yet by which to edit or delete them, so that has to be tried again later.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_

from bot.deliveries.models import Delivery, DeliveryState

#: After a minute, for half an hour; after that every hour, for a week.
_SOON, _OFTEN = timedelta(minutes=1), 30
_LATER, LOOKS = timedelta(hours=1), _OFTEN + 7 * 24

ON_THE_WAY = or_(
    Delivery.state == DeliveryState.CLAIMED,
    and_(Delivery.state == DeliveryState.PENDING, Delivery.attempted_at.is_not(None)),
)


def is_on_the_way(row: Any) -> bool:
    """The same of a row that was read."""
    attempted = row.state == DeliveryState.PENDING and row.attempted_at is not None
    return bool(row.state == DeliveryState.CLAIMED or attempted)


def next_look(look: int, now: datetime) -> datetime:
    """When to look again, after the look of this number (from 0). After ``LOOKS`` of them it won't arrive any more."""
    return now + (_SOON if look < _OFTEN else _LATER)
