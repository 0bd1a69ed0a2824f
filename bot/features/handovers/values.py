"""What the services return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Ending:
    """An officer's term and its successors. ``last_day``: of office, which an LC's own date may bring forward."""

    term_id: int
    person_id: int
    discord_user_id: int | None
    name: str
    post_key: str
    post_ja: str
    post_en: str
    lc_id: int | None
    lc_ja: str | None
    lc_en: str | None
    starts_on: date
    ends_on: date
    last_day: date
    #: The people who follow this holder, not just anybody who holds the post beside or after them.
    followers: frozenset[int]
    #: The person who was named and hasn't answered yet, and the handover's id.
    candidate: str | None = None
    handover_id: int | None = None
    generation: int = 0

    @property
    def is_followed(self) -> bool:
        return bool(self.followers)


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """``done_at`` None: not done yet. ``by``: the one who ticked it; None for somebody who is unknown by now."""

    key: str
    text_ja: str
    text_en: str
    done_at: datetime | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class HandoverCard:
    """An ending with its checklist and what the reader may do."""

    ending: Ending
    items: Sequence[ChecklistItem]
    may_tick: bool
    next_starts: date
    next_ends: date
    may_name: bool
    may_read_note: bool
    may_set_date: bool
    #: The reader's own.
    is_own: bool
    #: Do they belong to the LC after their last day? None: it is a national post.
    stays_in_lc: bool | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody is asked to follow in a post."""

    handover_id: int
    post_ja: str
    post_en: str
    lc_ja: str | None
    lc_en: str | None
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Note:
    """A version of the handover notes. ``version`` counts from 1, ``of`` is the latest; 0 of 0: nothing yet."""

    text: str = ""
    written_at: datetime | None = None
    who: str | None = None
    version: int = 0
    of: int = 0
    may_write: bool = False


@dataclass(frozen=True, slots=True)
class Checklists:
    """What an organisation wants done: ``changed`` are the posts whose list is its own (``*``: for all)."""

    notice_days: Sequence[int]
    changed: frozenset[str] = field(default=frozenset())
