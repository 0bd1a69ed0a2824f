from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, and_, or_

from bot.db import fetch
from bot.deliveries.schedule import instant
from bot.features import Service
from bot.features.audit.models import AuditEntry
from bot.features.local_committees.models import LocalCommittee
from bot.features.local_committees.queries import with_lc
from bot.features.people.actors import Actor
from bot.features.people.models import Term
from bot.features.people.noting import by, trail
from bot.features.people.rules import Right
from bot.paging import Part, fetch_part

PAGE = 10
#: So many lines go into a file.
MOST = 5_000


class AuditService(Service):
    async def page(self, actor: Actor, wanted: Filter, page: int = 0) -> Part[Entry]:
        """Ten changes, the latest first.

        Raises:
            NotAllowed: the actor is no officer in office, or of another LC than the one asked about.
        """
        query = _query(actor, wanted)
        async with self.database.reading() as connection:
            return (await fetch_part(connection, query, page, PAGE)).each(_entry)

    async def all(self, actor: Actor, wanted: Filter) -> list[Entry]:
        """For a file: the latest 5,000. Raises as ``page`` does."""
        async with self.database.reading() as connection:
            return [_entry(row) for row in await fetch(connection, _query(actor, wanted).limit(MOST))]


def _query(actor: Actor, wanted: Filter) -> Select[Any]:
    """The part of it that the actor may see: national officers see all, an LC's officers what concerns their LC."""
    query = with_lc(
        trail(actor.organisation.id)
        .outerjoin(Term, and_(AuditEntry.subject_kind == "term", Term.id == AuditEntry.subject_id))
        .outerjoin(
            LocalCommittee,
            or_(
                and_(AuditEntry.subject_kind == "local_committee", LocalCommittee.id == AuditEntry.subject_id),
                LocalCommittee.id == Term.lc_id,
            ),
        ),
        outer=True,
    )
    if (lc_ids := _scope(actor, wanted.lc_id)) is not None:
        query = query.where(LocalCommittee.id.in_(lc_ids))
    if wanted.person is not None:
        query = query.where(by(actor.organisation.id, wanted.person))
    if wanted.kind is not None:
        query = query.where(or_(*(AuditEntry.action.startswith(text) for text in BEGINNINGS[wanted.kind])))
    if wanted.days is not None:
        first = actor.today - timedelta(days=wanted.days - 1)
        query = query.where(AuditEntry.at >= instant(datetime.combine(first, time(0)), actor.organisation.time_zone))
    return query


def _scope(actor: Actor, lc_id: int | None) -> Collection[int] | None:
    """The LCs to which it is held; None for no limit."""
    if lc_id is not None:
        actor.require(Right.SEE_LC_HISTORY, lc_id)
        return [lc_id]
    if actor.may(Right.SEE_LC_HISTORY):
        return None
    own = actor.lcs_where(Right.SEE_LC_HISTORY)
    if not own:
        former = [one.lc_id for one in actor.holdings if one.is_officer]
        actor.require(Right.SEE_LC_HISTORY, former[-1] if former else None)
    return own


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        row.at,
        row.display_name,
        row.actor_discord_id is None,
        row.action,
        row.subject_kind,
        row.subject_id,
        row.lc_ja,
        row.lc_en,
        list(row.fields),
        row.via,
        row.origin,
    )


class Kind(StrEnum):
    """What a change is about."""

    LC = "lc"
    POSTS = "posts"
    HANDOVERS = "handovers"
    EVENTS = "events"
    PEOPLE = "people"
    MESSAGES = "messages"
    DIRECTORY = "directory"
    SERVERS = "servers"


#: Which actions belong to a kind, by how they begin.
BEGINNINGS = {
    Kind.LC: ("lc.", "holder."),
    Kind.POSTS: ("post.", "term."),
    Kind.HANDOVERS: ("handover.",),
    Kind.EVENTS: ("event.", "signup.", "certificate.", "symposium.", "edition.", "speaker."),
    Kind.PEOPLE: ("member", "calendar.", "person.", "people.", "fee.", "staff.", "roster.", "lc_stay."),
    Kind.MESSAGES: ("delivery.", "announcement", "question"),
    Kind.DIRECTORY: ("region.", "sheet.", "organisation.", "link.", "institution.", "task."),
    Kind.SERVERS: ("server.",),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """None leaves it open. ``person``: the Discord id of the one who did it; ``days``: so many, today included."""

    lc_id: int | None = None
    person: int | None = None
    kind: Kind | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. ``fields`` are names, never values. ``who`` is None for somebody who is unknown or deleted.
    ``by_machine``: nobody asked for it in Discord."""

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
