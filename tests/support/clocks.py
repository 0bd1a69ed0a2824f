from __future__ import annotations

from datetime import UTC, datetime, timedelta


class FakeClock:
    """A clock that stands still until it is moved. It begins on Saturday 21 November 2026, 19:00 in Tokyo."""

    def __init__(self, now: datetime = datetime(2026, 11, 21, 10, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def go(self, **by: float) -> None:
        self._now += timedelta(**by)
