"""What the service takes from its readers and gives to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a change is about."""

    LC = "lc"
    POSTS = "posts"
    HANDOVERS = "handovers"
    PEOPLE = "people"
    MESSAGES = "messages"
    DIRECTORY = "directory"
    SERVERS = "servers"


#: Which actions belong to a kind, by how they begin.
BEGINNINGS = {
    Kind.LC: ("lc.", "holder."),
    Kind.POSTS: ("post.", "term."),
    Kind.HANDOVERS: ("handover.",),
    Kind.PEOPLE: ("member", "person.", "people.", "fee.", "staff.", "roster.", "lc_stay."),
    Kind.MESSAGES: ("delivery.", "announcement", "question"),
    Kind.DIRECTORY: ("region.", "sheet.", "organisation."),
    Kind.SERVERS: ("server.",),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """None leaves it open. ``person``: the Discord id of who did it; ``days``: so many, today included."""

    lc_id: int | None = None
    person: int | None = None
    kind: Kind | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. ``fields`` are names, never values. ``who`` is None for somebody who isn't known (any more), and
    ``by_machine`` where nobody asked for it in Discord."""

    at: datetime
    who: str | None
    by_machine: bool
    action: str
    subject_kind: str
    subject_id: int
    lc_ja: str | None
    lc_en: str | None
    fields: list[str]
    via: str | None
    origin: str
