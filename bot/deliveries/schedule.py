"""From local times to instants, and repeats that keep their local time across every clock change."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def instant(local: datetime, time_zone: str) -> datetime:
    """The UTC instant at which the clocks of ``time_zone`` show ``local`` (naive).

    A time that a clock change skips is moved on by the skipped time. A time that comes twice means the first one
    (``fold=0``, PEP 495).
    """
    return local.replace(tzinfo=ZoneInfo(time_zone), fold=0).astimezone(UTC)


def local_time(at: datetime, time_zone: str) -> datetime:
    """What the clocks of ``time_zone`` show at an instant (naive)."""
    return at.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)


def minute(at: datetime) -> datetime:
    """The beginning of its minute, as people plan by the minute."""
    return at.replace(second=0, microsecond=0)
