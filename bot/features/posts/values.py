"""What the service returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.features.people.models import Level


@dataclass(frozen=True, slots=True)
class PostCard:
    key: str
    name_ja: str
    name_en: str
    level: Level
    committee: str | None


@dataclass(frozen=True, slots=True)
class PostDraft:
    """What may be said of a post. One of the names may be left empty; ``committee`` is a committee's key."""

    name_ja: str
    name_en: str
    level: Level
    committee: str | None
    is_single: bool


@dataclass(frozen=True, slots=True)
class PostEntry(PostDraft):
    """A post as the keepers of the list see it. ``holders``: how many hold it today.

    ``rights``: what it allows (a ``Right``, or ``EVERYTHING``), and how far (a ``Reach``). ``needs_look``: nobody has
    said yet what it allows, so it allows all that officers could do before that could be said.
    """

    post_id: int
    key: str
    is_retired: bool
    is_built_in: bool
    holders: int
    rights: frozenset[tuple[str, str]]
    needs_look: bool


@dataclass(frozen=True, slots=True)
class Appointed:
    """``is_founding``: by this the school, which had no LC, counts as one whose LC is being founded."""

    term_id: int
    is_founding: bool = False


@dataclass(frozen=True, slots=True)
class TermCard:
    """A term held now or to come. ``lc_ja``/``lc_en`` are None for a national post."""

    term_id: int
    name: str
    post_ja: str
    post_en: str
    lc_id: int | None
    lc_ja: str | None
    lc_en: str | None
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """A claim that waits for somebody who knows; ``total``: how many wait for the same reader."""

    claim_id: int
    name: str
    post_ja: str
    post_en: str
    lc_ja: str
    lc_en: str
    starts_on: date
    ends_on: date
    total: int


@dataclass(frozen=True, slots=True)
class Declined:
    """The post of an LC that somebody said they hold."""

    post_ja: str
    post_en: str
    lc_ja: str
    lc_en: str
