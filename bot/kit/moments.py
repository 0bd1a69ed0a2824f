"""When a change takes place, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.clock import local_date


@dataclass(frozen=True, slots=True)
class Moment:
    """An organisation at one instant: a change reads the clock once, and all of it goes by that."""

    organisation_id: int
    time_zone: str
    now: datetime

    @property
    def today(self) -> date:
        return local_date(self.now, self.time_zone)
