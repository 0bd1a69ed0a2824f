"""The one source of "now". It is passed in; nobody calls ``datetime.now()`` on their own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

#: Where a server is at home that says nothing else.
HOME_ZONE = "Asia/Tokyo"


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def local_date(instant: datetime, time_zone: str) -> date:
    """The calendar day that ``instant`` falls on in ``time_zone`` (an IANA name)."""
    return instant.astimezone(ZoneInfo(time_zone)).date()
