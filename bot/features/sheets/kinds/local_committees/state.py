"""The directory as an import finds it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Reader, fetch
from bot.features.local_committees.models import LcState, LocalCommittee
from bot.features.organisations.models import Organisation
from bot.features.people.actors import Actor
from bot.features.people.models import Post, Term
from bot.features.people.terms import LC_REPRESENTATIVE
from bot.features.posts.models import ClaimCode
from bot.features.schools.models import Region, School, SchoolKind

R = TypeVar("R", bound=tuple[object, ...])
#: Rows that are made into places at a time.
_PART = 250


class Place(NamedTuple):
    """A school with its LC."""

    school_id: int
    code: str
    name_ja: str
    name_en: str
    aliases: str
    former_names: str
    kind: str
    prefecture: str | None
    region_id: int | None
    position: int
    lc_id: int
    state: str
    state_since: date | None
    state_decision: str | None
    own_name_ja: str
    own_name_en: str
    own_aliases: str
    club_type: str | None

    @property
    def name(self) -> tuple[str, str]:
        return self.name_ja, self.name_en

    @property
    def was_never_said(self) -> bool:
        """Nobody has ever said where this LC stands."""
        return self.state == LcState.NO_CONTACT and self.state_since is None


class RegionRow(NamedTuple):
    region_id: int
    code: str
    name_ja: str
    name_en: str
    search_text: str
    position: int


class Span(NamedTuple):
    """The days for which an LC has a representative, or has given out a code for one."""

    lc_id: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Directory:
    """Compared by ``==`` to see whether somebody changed it meanwhile."""

    places: tuple[Place, ...]
    regions: tuple[RegionRow, ...]
    spans: tuple[Span, ...]
    post_id: int


async def lock(session: AsyncSession, actor: Actor) -> None:
    """Imports come one after another, and an LC's edits, states, terms and codes wait: all of these lock the LC.

    The organisation's lock is one that leaves rows which merely point at it free to come.
    """
    organisation = actor.organisation.id
    await session.execute(
        select(Organisation.id).where(Organisation.id == organisation).with_for_update(key_share=True)
    )
    await session.execute(
        select(LocalCommittee.id)
        .where(LocalCommittee.organisation_id == organisation)
        .order_by(LocalCommittee.id)
        .with_for_update()
    )


async def look(reader: Reader, actor: Actor) -> Directory:
    organisation = actor.organisation.id
    places = await _in_parts(
        reader,
        Place,
        select(
            School.id,
            School.code,
            School.name_ja,
            School.name_en,
            School.aliases,
            School.former_names,
            School.kind,
            School.prefecture,
            School.region_id,
            School.position,
            LocalCommittee.id,
            LocalCommittee.state,
            LocalCommittee.state_since,
            LocalCommittee.state_decision,
            LocalCommittee.own_name_ja,
            LocalCommittee.own_name_en,
            LocalCommittee.own_aliases,
            LocalCommittee.club_type,
        )
        .join(LocalCommittee, LocalCommittee.school_id == School.id)
        .where(School.organisation_id == organisation, School.kind != SchoolKind.OTHER)
        .order_by(School.position, School.id),
    )
    regions = await _in_parts(
        reader,
        RegionRow,
        select(Region.id, Region.code, Region.name_ja, Region.name_en, Region.search_text, Region.position)
        .where(Region.organisation_id == organisation)
        .order_by(Region.position, Region.id),
    )
    post_id: int | None = None
    for row in await fetch(
        reader, select(Post.id).where(Post.organisation_id == organisation, Post.key == LC_REPRESENTATIVE)
    ):
        post_id = row.id
    assert post_id is not None, "every organisation has representatives"
    spans: list[Span] = []
    for table in (Term, ClaimCode):
        query = select(table.lc_id, table.starts_on, table.ends_on).where(
            table.organisation_id == organisation, table.post_id == post_id
        )
        spans += await _in_parts(reader, Span, query)
    return Directory(tuple(places), tuple(regions), tuple(sorted(spans)), post_id)


async def _in_parts(reader: Reader, kind: type[R], query: Any) -> list[R]:
    """All rows, read some hundred at a time: between two parts the event loop has its turn."""
    rows: list[R] = []
    result: Any = await reader.execute(query)
    for part in result.partitions(_PART):
        rows += [kind(*row) for row in part]
        await asyncio.sleep(0)
    return rows
