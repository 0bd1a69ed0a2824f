"""From the wall clock to instants, and repeats that keep their local time across every change of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def instant(local: datetime, time_zone: str) -> datetime:
    """The UTC instant at which the clocks of ``time_zone`` show ``local`` (naive).

    A time that a change of the clocks leaves out is moved on by what was left out; of one that comes twice, the first
    is meant (what ``fold=0`` says, PEP 495).
    """
    return local.replace(tzinfo=ZoneInfo(time_zone), fold=0).astimezone(UTC)


def local_time(at: datetime, time_zone: str) -> datetime:
    """What the clocks of ``time_zone`` show at an instant (naive)."""
    return at.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)


def minute(at: datetime) -> datetime:
    """The beginning of its minute. People plan by the minute, and one plan has one time."""
    return at.replace(second=0, microsecond=0)
