from __future__ import annotations

from datetime import UTC, datetime, timedelta

#: Nothing takes no time: what looks twice sees two instants, here as on a real clock.
TICK = timedelta(milliseconds=1)


class FakeClock:
    """A clock that goes on by a ``TICK`` at every look, and else stands still until it is moved. It begins on Saturday
    21 November 2026, 19:00 in Tokyo."""

    def __init__(self, now: datetime = datetime(2026, 11, 21, 10, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        self._now += TICK
        return self._now

    @property
    def last(self) -> datetime:
        """What the last look showed."""
        return self._now

    def go(self, **by: float) -> None:
        self._now += timedelta(**by)

    def go_to(self, moment: datetime) -> None:
        """The next look shows what comes right after ``moment``."""
        self._now = moment
