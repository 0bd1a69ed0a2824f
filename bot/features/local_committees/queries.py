"""The statements behind the service: rows in the form in which the records want them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from bot.db import fetch
from bot.errors import NextStep
from bot.features.local_committees.models import ClubType, LcState, LocalCommittee
from bot.features.local_committees.values import PAGE, Card, Hit, OwnNames
from bot.features.people.actors import Actor
from bot.features.people.models import Post, Term
from bot.features.people.terms import LC_REPRESENTATIVE
from bot.features.schools.models import Region, School, SchoolKind
from bot.i18n import N_

FIND = NextStep(N_("Search again"), "local_committees:ask")
UNKNOWN_LC = N_("That LC is no longer in the directory. Please search again.")

Query = Select[*tuple[Any, ...]]


def join_lc(query: Query, lc_id: InstrumentedAttribute[Any] | None = None, *, outer: bool = False) -> Query:
    """The query with an LC and its school joined, by the LC's number in ``lc_id``; without it, the query has the LC
    already. ``outer``: rows without an LC stay.

    Joined one after the other: for an outer join of both at once, SQLite reads all LCs first.
    """
    if lc_id is not None:
        query = query.join(LocalCommittee, LocalCommittee.id == lc_id, isouter=outer)
    return query.join(School, School.id == LocalCommittee.school_id, isouter=outer)


def with_lc(query: Query, lc_id: InstrumentedAttribute[Any] | None = None, *, outer: bool = False) -> Query:
    """As ``join_lc``, with the LC's name, which is that of its school, as the columns ``lc_ja`` and ``lc_en``."""
    return join_lc(query, lc_id, outer=outer).add_columns(School.name_ja.label("lc_ja"), School.name_en.label("lc_en"))


HITS = with_lc(
    select(
        LocalCommittee.id,
        LocalCommittee.state,
        School.prefecture,
        Region.name_ja.label("region_ja"),
        Region.name_en.label("region_en"),
    )
).outerjoin(Region, Region.id == School.region_id)
REPRESENTATIVE_UNTIL = (
    select(func.max(Term.ends_on))
    .join(Post, Post.id == Term.post_id)
    .where(
        Term.lc_id == LocalCommittee.id,
        Post.key == LC_REPRESENTATIVE,
        Term.held_on(bindparam("today")),
    )
    .correlate(LocalCommittee)
    .scalar_subquery()
    .label("until")
)
CARD = HITS.add_columns(
    LocalCommittee.state_since,
    LocalCommittee.state_decision,
    LocalCommittee.own_name_ja,
    LocalCommittee.own_name_en,
    LocalCommittee.own_aliases,
    LocalCommittee.club_type,
    School.kind,
    School.aliases,
    School.former_names,
    REPRESENTATIVE_UNTIL,
).where(LocalCommittee.id == bindparam("lc"), LocalCommittee.organisation_id == bindparam("organisation"))

EXACT = 0


async def fetch_page(connection: AsyncConnection, query: Select[Any], page: int) -> tuple[Sequence[Row[Any]], int]:
    """Page ``page`` (from 0) of a query that has a ``total`` column, or the last page where that is past the end."""
    page = min(page, 100_000)  # the number comes from a button, and a column holds no more than 64 bits
    rows = await fetch(connection, query.limit(PAGE).offset(page * PAGE))
    if rows or page == 0:
        return rows, page
    first = await fetch(connection, query.limit(PAGE))
    last = (first[0].total - 1) // PAGE if first else 0
    return (first, 0) if last == 0 else (await fetch(connection, query.limit(PAGE).offset(last * PAGE)), last)


def search_query(organisation_id: int, folded: str) -> Select[Any]:
    """Exact name, then beginning of a name, then of a place, then anywhere within; with the total."""
    names, places, regions = LocalCommittee.search_names, LocalCommittee.search_places, Region.search_text

    def has(column: Any, pattern: str) -> ColumnElement[bool]:
        return column.contains(pattern, autoescape=True)  # type: ignore[no-any-return]

    rank = case(
        (has(names, f"\n{folded}\n"), EXACT),
        (has(names, f"\n{folded}"), 1),
        (has(places, f"\n{folded}") | has(regions, f"\n{folded}"), 2),
        else_=3,
    ).label("rank")
    return (
        HITS.add_columns(rank, func.count().over().label("total"))
        .where(
            LocalCommittee.organisation_id == organisation_id,
            has(names, folded) | has(places, folded) | has(regions, folded),
        )
        .order_by(rank, LocalCommittee.position)
    )


def as_hit(row: Row[Any]) -> Hit:
    return Hit(row.id, row.lc_ja, row.lc_en, LcState(row.state), row.prefecture, row.region_ja, row.region_en)


def card_parameters(actor: Actor, lc_id: int) -> dict[str, Any]:
    return {"lc": lc_id, "organisation": actor.organisation.id, "today": actor.today}


def as_card(row: Row[Any]) -> Card:
    """A row of ``CARD``, or of a query that adds to it."""
    return Card(
        lc_id=row.id,
        name_ja=row.lc_ja,
        name_en=row.lc_en,
        state=LcState(row.state),
        state_since=row.state_since,
        school_kind=SchoolKind(row.kind),
        aliases=list(filter(None, row.aliases.split("\n"))),
        former_names=list(filter(None, row.former_names.split("\n"))),
        prefecture=row.prefecture,
        region_ja=row.region_ja,
        region_en=row.region_en,
        representative_until=row.until,
        state_decision=row.state_decision,
        own=own_names(row),
    )


def own_names(row: Row[Any] | LocalCommittee) -> OwnNames:
    aliases = list(filter(None, row.own_aliases.split("\n")))
    return OwnNames(row.own_name_ja, row.own_name_en, aliases, ClubType(row.club_type) if row.club_type else None)


def step_to(actor: Actor, row: Row[Any]) -> NextStep:
    name = row.lc_ja if actor.language == "ja" else row.lc_en
    return NextStep(name, f"local_committees:show:{row.id}", translate=False)
