from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import fetch
from bot.errors import Conflict, Invalid, NextStep, NotFound
from bot.features import Service
from bot.features.audit.service import record
from bot.features.local_committees import rules
from bot.features.local_committees.models import LocalCommittee, State
from bot.features.people.actors import Actor
from bot.features.people.models import Post, Term
from bot.features.people.rules import Right
from bot.features.people.terms import LC_REPRESENTATIVE
from bot.features.schools.models import Region, School, SchoolKind
from bot.i18n import N_

#: A select menu and a completion hold this many.
PAGE = 25
MAX_TEXT = 60


@dataclass(frozen=True, slots=True)
class Hit:
    """An LC in a list."""

    lc_id: int
    name_ja: str
    name_en: str
    state: State
    prefecture: str | None
    region_ja: str | None
    region_en: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search. ``page`` counts from 0."""

    text: str
    hits: list[Hit]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class Card:
    """An LC by itself. ``representative_until``: the last day of the present representative; None if there is none."""

    lc_id: int
    name_ja: str
    name_en: str
    state: State
    state_since: date | None
    school_kind: SchoolKind
    aliases: list[str]
    former_names: list[str]
    prefecture: str | None
    region_ja: str | None
    region_en: str | None
    representative_until: date | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many schools stand where. Each sum over all keys is the number of schools."""

    by_region: dict[tuple[str, str], Counter[State]]
    by_prefecture: dict[str, Counter[State]]

    @property
    def total(self) -> Counter[State]:
        return sum(self.by_region.values(), Counter())


class LocalCommitteeService(Service):
    async def find(self, actor: Actor, text: str, page: int = 0) -> Found:
        """One page of the LCs that answer to ``text``; a page past the end is the last one.

        Raises:
            Invalid: nothing is left of the text to search by.
            NotFound: no LC answers; the three nearest are the next steps.
        """
        text = text.strip()[:MAX_TEXT]
        folded = rules.fold(text)
        if not folded:
            raise Invalid(N_("Please type at least one letter of a name, an abbreviation or a region."))
        async with self.database.reading() as connection:
            rows = await self._search(connection, actor.organisation.id, folded, page)
            if not rows and page > 0:
                page, rows = 0, await self._search(connection, actor.organisation.id, folded, 0)
            if not rows:
                raise await self._unknown(connection, actor, text)
        return Found(text, [_hit(row) for row in rows], rows[0].total, page)

    async def complete(self, actor: Actor, text: str) -> list[Hit]:
        """At most 25 LCs for what has been typed so far; with nothing typed, the actor's own come first."""
        folded = rules.fold(text)
        async with self.database.reading() as connection:
            if folded:
                rows = await self._search(connection, actor.organisation.id, folded, 0)
            else:
                own_first = case((LocalCommittee.id.in_(actor.lc_ids or [0]), 0), else_=1)
                query = _HITS.where(LocalCommittee.organisation_id == actor.organisation.id)
                rows = await fetch(connection, query.order_by(own_first, LocalCommittee.position).limit(PAGE))
        return [_hit(row) for row in rows]

    async def show(self, actor: Actor, ref: str) -> Card:
        """The LC that ``ref`` means: ``#id`` as completion gives it, or a name as somebody typed it. One statement
        for an id.

        Raises:
            NotFound: there is no such LC in the actor's organisation; for a name, the three nearest are next steps.
            Conflict: a name fits several; the first five are next steps.
        """
        async with self.database.reading() as connection:
            if ref.startswith("#") and ref[1:].isdecimal() and len(ref) < 20:
                row = await self._card(connection, actor, int(ref[1:]))
                if row is None:
                    raise NotFound(N_("That LC is no longer in the directory. Please search again."), next_steps=[FIND])
                return row
            folded = rules.fold(ref)
            rows = await self._search(connection, actor.organisation.id, folded, 0) if folded else []
            exact = [row for row in rows if row.rank == _EXACT]
            meant = exact or list(rows)
            if not meant:
                raise await self._unknown(connection, actor, ref)
            if len(meant) > 1:
                raise Conflict(
                    N_("“{text}” fits {n} LCs. Which one do you mean?"),
                    text=ref[:MAX_TEXT],
                    n=len(meant) if exact else rows[0].total,
                    next_steps=[_step(actor, row) for row in meant[:5]],
                )
            card = await self._card(connection, actor, meant[0].id)
            assert card is not None
            return card

    async def coverage(self, actor: Actor) -> Coverage:
        """Counts by region and by prefecture that add up to the number of schools. One statement."""
        state = func.coalesce(LocalCommittee.state, State.NO_CONTACT.value).label("state")
        query = (
            select(Region.name_ja, Region.name_en, School.prefecture, state, func.count().label("n"))
            .select_from(School)
            .join(Region, Region.id == School.region_id)
            .outerjoin(LocalCommittee, LocalCommittee.school_id == School.id)
            .where(School.organisation_id == actor.organisation.id, School.kind != SchoolKind.OTHER)
            .group_by(Region.position, Region.name_ja, Region.name_en, School.prefecture, LocalCommittee.state)
            .order_by(Region.position)
        )
        coverage = Coverage({}, {})
        async with self.database.reading() as connection:
            for row in await connection.execute(query):
                at = State(row.state)
                coverage.by_region.setdefault((row.name_ja, row.name_en), Counter())[at] += row.n
                if row.prefecture:
                    coverage.by_prefecture.setdefault(row.prefecture, Counter())[at] += row.n
        if not coverage.by_region:
            raise NotFound(N_("This organisation has no schools in its directory yet."))
        return coverage

    async def change_state(self, actor: Actor, lc_id: int, state: State, on: date) -> None:
        """Move an LC along its lifecycle, as of the day ``on``.

        Raises:
            NotAllowed: the actor is no national officer in office.
            NotFound: there is no such LC in the actor's organisation.
            Conflict: the state can't follow the present one, or the LC stands there already.
        """
        actor.require(Right.CHANGE_LC_STATE)
        async with self.database.writing() as session:
            lc = await session.scalar(
                select(LocalCommittee)
                .where(LocalCommittee.id == lc_id, LocalCommittee.organisation_id == actor.organisation.id)
                .with_for_update()
            )
            if lc is None:
                raise NotFound(N_("That LC is no longer in the directory. Please search again."), next_steps=[FIND])
            if state not in rules.FOLLOWING[State(lc.state)]:
                raise Conflict(N_("An LC can't go to this state from where it stands now. Please look at its card."))
            lc.state, lc.state_since = state.value, on
            record(
                session,
                at=self.clock.now(),
                organisation_id=lc.organisation_id,
                actor_discord_id=actor.caller.discord_user_id,
                origin=actor.caller.origin,
                action="lc.state",
                subject_kind="local_committee",
                subject_id=lc.id,
                fields=("state", "state_since"),
            )

    async def _search(
        self, connection: AsyncConnection, organisation_id: int, folded: str, page: int
    ) -> Sequence[Row[Any]]:
        return await fetch(connection, _search_query(organisation_id, folded, page))

    async def _card(self, connection: AsyncConnection, actor: Actor, lc_id: int) -> Card | None:
        parameters = {"lc": lc_id, "organisation": actor.organisation.id, "today": actor.today}
        row = (await connection.execute(_CARD, parameters)).one_or_none()
        if row is None:
            return None
        return Card(
            lc_id=row.id,
            name_ja=row.name_ja,
            name_en=row.name_en,
            state=State(row.state),
            state_since=row.state_since,
            school_kind=SchoolKind(row.kind),
            aliases=list(filter(None, row.aliases.split("\n"))),
            former_names=list(filter(None, row.former_names.split("\n"))),
            prefecture=row.prefecture,
            region_ja=row.region_ja,
            region_en=row.region_en,
            representative_until=row.until,
        )

    async def _unknown(self, connection: AsyncConnection, actor: Actor, text: str) -> NotFound:
        rows = (
            await connection.execute(
                _HITS.add_columns(LocalCommittee.search_names)
                .where(LocalCommittee.organisation_id == actor.organisation.id)
                .order_by(LocalCommittee.position)
            )
        ).all()
        if not rows:
            return NotFound(N_("This organisation has no LCs in its directory yet."))
        by_id = {row.id: row for row in rows}
        near = rules.nearest(text, {row.id: row.search_names for row in rows})
        return NotFound(
            N_("I know no LC called “{text}”. Do you mean one of these?"),
            text=text[:MAX_TEXT],
            next_steps=[_step(actor, by_id[lc_id]) for lc_id in near] + [FIND],
        )


FIND = NextStep(N_("Search again"), "local_committees:ask")

_HITS = (
    select(
        LocalCommittee.id,
        School.name_ja,
        School.name_en,
        LocalCommittee.state,
        School.prefecture,
        Region.name_ja.label("region_ja"),
        Region.name_en.label("region_en"),
    )
    .join(School, School.id == LocalCommittee.school_id)
    .outerjoin(Region, Region.id == School.region_id)
)
_REPRESENTATIVE_UNTIL = (
    select(func.max(Term.ends_on))
    .join(Post, Post.id == Term.post_id)
    .where(
        Term.lc_id == LocalCommittee.id,
        Post.key == LC_REPRESENTATIVE,
        Term.starts_on <= bindparam("today"),
        Term.ends_on >= bindparam("today"),
    )
    .correlate(LocalCommittee)
    .scalar_subquery()
    .label("until")
)
_CARD = _HITS.add_columns(
    LocalCommittee.state_since, School.kind, School.aliases, School.former_names, _REPRESENTATIVE_UNTIL
).where(LocalCommittee.id == bindparam("lc"), LocalCommittee.organisation_id == bindparam("organisation"))

_EXACT = 0


def _search_query(organisation_id: int, folded: str, page: int) -> Select[Any]:
    """Exact name, then beginning of a name, then of a place, then anywhere within; 25 a page, with the total."""
    names, places = LocalCommittee.search_names, LocalCommittee.search_places

    def has(column: Any, pattern: str) -> ColumnElement[bool]:
        return column.contains(pattern, autoescape=True)  # type: ignore[no-any-return]

    rank = case(
        (has(names, f"\n{folded}\n"), _EXACT),
        (has(names, f"\n{folded}"), 1),
        (has(places, f"\n{folded}"), 2),
        else_=3,
    ).label("rank")
    return (
        _HITS.add_columns(rank, func.count().over().label("total"))
        .where(
            LocalCommittee.organisation_id == organisation_id,
            has(names, folded) | has(places, folded),
        )
        .order_by(rank, LocalCommittee.position)
        .limit(PAGE)
        .offset(page * PAGE)
    )


def _hit(row: Row[Any]) -> Hit:
    return Hit(row.id, row.name_ja, row.name_en, State(row.state), row.prefecture, row.region_ja, row.region_en)


def _step(actor: Actor, row: Row[Any]) -> NextStep:
    name = row.name_ja if actor.language == "ja" else row.name_en
    return NextStep(name, f"local_committees:show:{row.id}", translate=False)
