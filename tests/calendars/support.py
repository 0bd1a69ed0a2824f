"""Dates without events: what a calendar shows, as tests set it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.db import Reader
from bot.features.calendars.values import Feed
from bot.features.documents.ics import Entry, Hours
from bot.kit.moments import Moment

BEGINS = datetime(2026, 12, 5, 10, tzinfo=UTC)


def entry(number: int, title: str = "症例勉強会", sequence: int = 0) -> Entry:
    return Entry(f"{number}@test", sequence, Hours(BEGINS, BEGINS + timedelta(hours=2)), title, BEGINS)


@dataclass
class Dates:
    """``asked``: for which feeds the entries were read."""

    found: list[Entry] = field(default_factory=lambda: [entry(1)])
    asked: list[Feed] = field(default_factory=list)

    async def version(self, reader: Reader, feed: Feed, moment: Moment) -> str:
        return str([(one.uid, one.sequence) for one in self.found])

    async def entries(self, reader: Reader, feed: Feed, moment: Moment) -> Sequence[Entry]:
        self.asked.append(feed)
        return list(self.found)
