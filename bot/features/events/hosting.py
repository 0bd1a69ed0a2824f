"""Which LCs an event belongs to: the one whose it is, and those that have said that they host it, too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from bot.db import Reader, fetch
from bot.features.events.models import Event, EventHost
from bot.features.institutions.models import Institution
from bot.features.local_committees.queries import with_lc
from bot.features.people.askers import Given


@dataclass(frozen=True, slots=True)
class Hosting:
    """``lc_id``: None for others than LCs."""

    lc_id: int | None
    name_ja: str
    name_en: str


def hosted_in(lc_ids: Given[Collection[int]]) -> ColumnElement[bool]:
    """Of an event: is it one of these LCs', or hosted by it, too?"""
    hosts = select(EventHost.event_id).where(EventHost.lc_id.in_(lc_ids), EventHost.accepted_at.is_not(None))
    return or_(Event.lc_id.in_(lc_ids), Event.id.in_(hosts))


#: With the names of an LC, an institution, or those that somebody wrote.
HOSTS = with_lc(
    select(
        *EventHost.__table__.c,
        Institution.name_ja.label("institution_ja"),
        Institution.name_en.label("institution_en"),
    ).outerjoin(Institution, Institution.id == EventHost.institution_id),
    EventHost.lc_id,
    outer=True,
)


def names_of(row: Any) -> tuple[str, str]:
    """``row``: of ``HOSTS``."""
    return row.lc_ja or row.institution_ja or row.name, row.lc_en or row.institution_en or row.name


async def hosts_of(reader: Reader, event_ids: Collection[int]) -> dict[int, tuple[Hosting, ...]]:
    """Those who host each event besides its own place; who hasn't said yes isn't among them."""
    query = HOSTS.where(EventHost.event_id.in_(event_ids), EventHost.accepted_at.is_not(None))
    found: dict[int, tuple[Hosting, ...]] = defaultdict(tuple)
    for row in await fetch(reader, query.order_by(EventHost.id)):
        found[row.event_id] += (Hosting(row.lc_id, *names_of(row)),)
    return found


async def asked_of(reader: Reader, event_id: int) -> list[tuple[str, str]]:
    """The names of the LCs that haven't said yes or no."""
    silent = (EventHost.accepted_at.is_(None), EventHost.declined_at.is_(None), EventHost.lc_id.is_not(None))
    rows = await fetch(reader, HOSTS.where(EventHost.event_id == event_id, *silent).order_by(EventHost.id))
    return [names_of(row) for row in rows]
