"""What the service returns."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from bot.features.local_committees.models import ClubType, LcState, Via
from bot.features.schools.models import SchoolKind

#: A select menu and a completion hold this many.
PAGE = 25
MAX_TEXT = 60
HISTORY_PAGE = 10


@dataclass(frozen=True, slots=True)
class Hit:
    """An LC in a list."""

    lc_id: int
    name_ja: str
    name_en: str
    state: LcState
    prefecture: str | None
    region_ja: str | None
    region_en: str | None


@dataclass(frozen=True, slots=True)
class RegionCard:
    region_id: int
    name_ja: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search, or of a region. ``page`` counts from 0."""

    text: str
    hits: list[Hit]
    total: int
    page: int
    region: RegionCard | None = None

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class Card:
    """An LC by itself. ``representative_until``: the last day of the present representative; None if there is none."""

    lc_id: int
    name_ja: str
    name_en: str
    state: LcState
    state_since: date | None
    school_kind: SchoolKind
    aliases: list[str]
    former_names: list[str]
    prefecture: str | None
    region_ja: str | None
    region_en: str | None
    representative_until: date | None
    state_decision: str | None
    own: OwnNames


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many schools stand where. Each sum over all keys is the number of schools."""

    by_region: dict[RegionCard, Counter[LcState]]
    by_prefecture: dict[str, Counter[LcState]]

    @property
    def total(self) -> Counter[LcState]:
        return sum(self.by_region.values(), Counter())


@dataclass(frozen=True, slots=True)
class OwnNames:
    """What an LC says of itself; everything may be left empty."""

    name_ja: str
    name_en: str
    aliases: list[str]
    club_type: ClubType | None


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of an LC's history. ``who`` is the name of a known person, None for one who was deleted or unknown."""

    at: datetime
    who: str | None
    action: str
    fields: list[str]
    #: How a national officer heard it, where they entered it for the LC.
    via: Via | None
