from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.db import Reader
from bot.features.calendars.models import ScopeKind
from bot.features.documents.ics import Entry
from bot.kit.moments import Moment


@dataclass(frozen=True, slots=True)
class Scope:
    """Which calendar. ``of``: the LC or the committee; 0 where there is only one."""

    kind: ScopeKind
    of: int = 0


@dataclass(frozen=True, slots=True)
class Feed:
    """What a calendar shows to somebody, in their language."""

    scope: Scope
    person_id: int | None
    language: str


class CalendarSource(Protocol):
    """Something with dates. Nothing that isn't for everybody who may make the address goes into a calendar that isn't
    somebody's own."""

    async def version(self, reader: Reader, feed: Feed, moment: Moment) -> str:
        """Another text whenever the entries are others. One cheap statement."""
        ...

    async def entries(self, reader: Reader, feed: Feed, moment: Moment) -> Sequence[Entry]: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """A calendar that somebody can have. ``name_ja``, ``name_en``: of the LC, the committee or the organisation; ""
    for their own. ``made_at``: None without an address."""

    scope: Scope
    name_ja: str
    name_en: str
    made_at: datetime | None = None
    last_fetched_on: date | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """An address that works. ``version``: of what it shows now, for whoever has an older one."""

    address_id: int
    feed: Feed
    moment: Moment
    name: str
    version: str
    last_fetched_on: date | None


@dataclass(frozen=True, slots=True)
class Contents:
    """What ``documents.ics.render`` takes."""

    name: str
    entries: Sequence[Entry]
