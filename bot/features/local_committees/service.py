from __future__ import annotations

from collections import Counter
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import fetch
from bot.errors import Conflict, Invalid, NotFound
from bot.features import Service
from bot.features.audit.models import AuditEntry
from bot.features.local_committees import rules
from bot.features.local_committees.acting import heard_by, locked, names_of
from bot.features.local_committees.models import LcState, LocalCommittee, Via
from bot.features.local_committees.queries import (
    CARD,
    EXACT,
    FIND,
    HITS,
    UNKNOWN_LC,
    as_card,
    as_hit,
    card_parameters,
    fetch_page,
    own_names,
    search_query,
    step_to,
)
from bot.features.local_committees.values import (
    HISTORY_PAGE,
    MAX_TEXT,
    PAGE,
    Card,
    Coverage,
    Found,
    HistoryLine,
    Hit,
    OwnNames,
    RegionCard,
)
from bot.features.organisations.naming import one_name
from bot.features.people.actors import Actor
from bot.features.people.changes import change_by
from bot.features.people.noting import trail
from bot.features.people.rules import Right
from bot.features.schools.models import Region, School, SchoolKind
from bot.features.schools.names import fold_query, search_text
from bot.i18n import N_
from bot.kit.edits import merged
from bot.paging import Part, fetch_part


class LocalCommitteeService(Service):
    async def find(self, actor: Actor, text: str, page: int = 0) -> Found:
        """One page of the LCs that match ``text``; a page past the end is the last one.

        Raises:
            Invalid: nothing is left of the text to search by.
            NotFound: no LC answers; those with a name near it are the next steps.
        """
        text = text.strip()[:MAX_TEXT]
        folded = fold_query(text)
        if not folded:
            raise Invalid(N_("Please enter at least one letter of a name, an abbreviation or a region."))
        async with self.database.reading() as connection:
            rows, page = await fetch_page(connection, search_query(actor.organisation.id, folded), page)
            if not rows:
                raise await self._unknown(connection, actor, text)
        return Found(text, [as_hit(row) for row in rows], rows[0].total, page)

    async def in_region(self, actor: Actor, region_id: int, page: int = 0) -> Found:
        """One page of the LCs of a region; a page past the end is the last one.

        Raises:
            NotFound: there is no such region in the actor's organisation, or it has no LCs.
        """
        query = HITS.add_columns(func.count().over().label("total")).where(
            LocalCommittee.organisation_id == actor.organisation.id, School.region_id == region_id
        )
        async with self.database.reading() as connection:
            rows, page = await fetch_page(connection, query.order_by(LocalCommittee.position), page)
        if not rows:
            raise NotFound(
                N_("There are no LCs left in that region. Please open the coverage again."), next_steps=[FIND]
            )
        region = RegionCard(region_id, rows[0].region_ja, rows[0].region_en)
        return Found("", [as_hit(row) for row in rows], rows[0].total, page, region)

    async def complete(self, actor: Actor, text: str) -> list[Hit]:
        """At most 25 LCs for what has been typed so far; with nothing typed, the actor's own come first."""
        folded = fold_query(text)
        async with self.database.reading() as connection:
            if folded:
                rows, _ = await fetch_page(connection, search_query(actor.organisation.id, folded), 0)
            else:
                own_first = case((LocalCommittee.id.in_(actor.lc_ids or [0]), 0), else_=1)
                query = HITS.where(LocalCommittee.organisation_id == actor.organisation.id)
                rows = await fetch(connection, query.order_by(own_first, LocalCommittee.position).limit(PAGE))
        return [as_hit(row) for row in rows]

    async def meant(self, actor: Actor, ref: str) -> int:
        """The id of the LC that ``ref`` means: ``#id`` as completion gives it, or a name as somebody typed it.

        An id is only read, not looked up: the next step looks it up, and no statement is lost.

        Raises:
            NotFound: no LC of that name; those with a name near it are the next steps.
            Conflict: a name fits several; the first five are next steps, and of more the search.
        """
        if ref.startswith("#") and ref[1:].isdecimal() and len(ref) < 20:
            return int(ref[1:])
        folded = fold_query(ref)
        async with self.database.reading() as connection:
            rows = (await fetch_page(connection, search_query(actor.organisation.id, folded), 0))[0] if folded else []
            if not rows:
                raise await self._unknown(connection, actor, ref)
        exact = [row for row in rows if row.rank == EXACT]
        meant = exact or list(rows)
        if len(meant) > 1:
            raise Conflict(
                N_("“{text}” matches {n} LCs. Which one do you mean?"),
                text=ref[:MAX_TEXT],
                n=len(meant) if exact else rows[0].total,
                next_steps=[*(step_to(actor, row) for row in meant[:5]), *([FIND] if len(meant) > 5 else [])],
            )
        lc_id: int = meant[0].id
        return lc_id

    async def show(self, actor: Actor, ref: str) -> Card:
        """The LC that ``ref`` means. One statement for an id.

        Raises:
            NotFound: there is no such LC in the actor's organisation; for a name, those near it are next steps.
            Conflict: a name fits several; the first five are next steps, and of more the search.
        """
        lc_id = await self.meant(actor, ref)
        async with self.database.reading() as connection:
            rows = await fetch(connection, CARD, card_parameters(actor, lc_id))
        if not rows:
            raise NotFound(UNKNOWN_LC, next_steps=[FIND])
        return as_card(rows[0])

    async def coverage(self, actor: Actor) -> Coverage:
        """Counts by region and by prefecture that add up to the number of schools. One statement."""
        state = func.coalesce(LocalCommittee.state, LcState.NO_CONTACT.value).label("state")
        query = (
            select(Region.id, Region.name_ja, Region.name_en, School.prefecture, state, func.count().label("n"))
            .select_from(School)
            .join(Region, Region.id == School.region_id)
            .outerjoin(LocalCommittee, LocalCommittee.school_id == School.id)
            .where(School.organisation_id == actor.organisation.id, School.kind != SchoolKind.OTHER)
            .group_by(
                Region.id, Region.position, Region.name_ja, Region.name_en, School.prefecture, LocalCommittee.state
            )
            .order_by(Region.position)
        )
        coverage = Coverage({}, {})
        async with self.database.reading() as connection:
            for row in await connection.execute(query):
                at = LcState(row.state)
                region = RegionCard(row.id, row.name_ja, row.name_en)
                coverage.by_region.setdefault(region, Counter())[at] += row.n
                if row.prefecture:
                    coverage.by_prefecture.setdefault(row.prefecture, Counter())[at] += row.n
        if not coverage.by_region:
            raise NotFound(
                N_("This organisation has no schools in its directory yet. National officers can import a list.")
            )
        return coverage

    async def change_state(
        self, actor: Actor, lc_id: int, state: LcState, on: date, decision: str | None = None
    ) -> None:
        """Move an LC along its lifecycle, as of the day ``on``.

        Raises:
            NotAllowed: the actor is no national officer in office.
            Invalid: a state that takes a decision comes without its reference, or the day is yet to come.
            NotFound: there is no such LC in the actor's organisation.
            Conflict: the state can't follow the present one, or the LC stands there already.
        """
        actor.require(Right.CHANGE_LC_STATE)
        decision = (decision or "").strip() or None
        async with change_by(self, actor, Right.CHANGE_LC_STATE) as change:
            lc = await locked(change, lc_id)
            rules.check_state(LcState(lc.state), state, on, decision, actor.today)
            lc.state_since, lc.state_decision = on, decision
            fields = ("state", "state_since", "state_decision")
            rules.CHANGE[state].move(change, lc, "local_committee", lc_id, fields)

    async def _unknown(self, connection: AsyncConnection, actor: Actor, text: str) -> NotFound:
        rows = (
            await connection.execute(
                HITS.add_columns(LocalCommittee.search_names)
                .where(LocalCommittee.organisation_id == actor.organisation.id)
                .order_by(LocalCommittee.position)
            )
        ).all()
        if not rows:
            return NotFound(
                N_("This organisation has no LCs in its directory yet. National officers can import a list.")
            )
        by_id = {row.id: row for row in rows}
        near = rules.nearest(text, {row.id: row.search_names for row in rows})
        return NotFound(
            N_("No LC found for “{text}”. Did you mean one of these?")
            if near
            else N_("No LC found for “{text}”. Please try another name, an abbreviation or a region."),
            text=text[:MAX_TEXT],
            next_steps=[step_to(actor, by_id[lc_id]) for lc_id in near] + [FIND],
        )


class OwnRecordService(Service):
    async def edit(
        self, actor: Actor, lc_id: int, own: OwnNames, via: Via | None = None, seen: OwnNames | None = None
    ) -> list[str]:
        """Set what an LC says of itself; returns the names of the fields that changed. ``seen``: see ``merged``.

        Raises:
            NotAllowed: the actor is neither an officer of that LC nor a national officer in office.
            Invalid: a national officer from outside doesn't say how they heard it, or a name is none.
            NotFound: there is no such LC in the actor's organisation.
            Overtaken: somebody else has changed the same since it was seen.
        """
        via = heard_by(actor, Right.EDIT_LC, lc_id, via)
        aliases = [*dict.fromkeys(filter(None, (one_name(name, 100) for name in own.aliases)))]
        own = OwnNames(one_name(own.name_ja, 100), one_name(own.name_en, 100), aliases, own.club_type)
        if len("\n".join(aliases)) > 400:
            raise Invalid(N_("The names are too long in total. Please remove some."))
        async with change_by(self, actor, Right.EDIT_LC, lc_id) as change:
            lc = await locked(change, lc_id)
            own = merged(own, seen, own_names(lc))
            values = {"own_name_ja": own.name_ja, "own_name_en": own.name_en, "own_aliases": "\n".join(own.aliases)}
            if changed := lc.take({**values, "club_type": own.club_type.value if own.club_type else None}):
                school = await change.session.get_one(School, lc.school_id)
                lc.search_names = search_text(names_of(school, lc))
                change.note("lc.edit", "local_committee", lc_id, changed, via)
        return changed

    async def history(self, actor: Actor, lc_id: int, page: int = 0) -> Part[HistoryLine]:
        """Ten changes of an LC, the latest first.

        Raises:
            NotAllowed: the actor is neither an officer of that LC nor a national officer in office.
        """
        actor.require(Right.SEE_LC_HISTORY, lc_id)
        query = trail(actor.organisation.id).where(
            AuditEntry.subject_kind == "local_committee", AuditEntry.subject_id == lc_id
        )
        async with self.database.reading() as connection:
            rows = await fetch_part(connection, query, page, HISTORY_PAGE)
        return rows.each(
            lambda row: HistoryLine(row.at, row.display_name, row.action, row.fields, Via(row.via) if row.via else None)
        )
