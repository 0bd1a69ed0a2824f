"""What the service gives to its readers: never more than they may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.features.contacts.models import Field, Visibility
from bot.features.contacts.rules import Standing


@dataclass(frozen=True, slots=True)
class Detail:
    """One way to reach somebody. An empty ``text`` takes it away."""

    field: Field
    text: str
    visibility: Visibility = Visibility.OWN_OFFICERS


@dataclass(frozen=True, slots=True)
class Holder:
    name: str
    ends_on: date
    details: list[Detail]


@dataclass(frozen=True, slots=True)
class Contact:
    """A post of an LC and who answers for it today. ``routed``: nobody holds it, so the LC's representative does."""

    post_ja: str
    post_en: str
    holders: list[Holder]
    routed: bool


@dataclass(frozen=True, slots=True)
class LcContacts:
    """``standing``: of the reader towards this LC."""

    lc_id: int
    name_ja: str
    name_en: str
    details: list[Detail]
    posts: list[Contact]
    standing: Standing


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A post that the reader holds today, with all that they entered for it."""

    term_id: int
    post_ja: str
    post_en: str
    ends_on: date
    details: list[Detail]
