from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bot.db import fetch
from bot.errors import Conflict, Invalid, NotFound
from bot.features import Service
from bot.features.audit.models import AuditEntry
from bot.features.audit.service import record
from bot.features.local_committees import rules
from bot.features.local_committees.directory import names_of
from bot.features.local_committees.models import ClubType, LocalCommittee, State, Via
from bot.features.local_committees.queries import (
    CARD,
    EXACT,
    FIND,
    HITS,
    as_hit,
    fetch_page,
    search_query,
    step_to,
)
from bot.features.local_committees.records import (
    HISTORY_PAGE,
    MAX_TEXT,
    PAGE,
    Card,
    Change,
    Coverage,
    Found,
    Hit,
    OwnNames,
    RegionCard,
)
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.features.schools.models import Region, School, SchoolKind
from bot.features.schools.names import fold_query, search_text
from bot.i18n import N_


class LocalCommitteeService(Service):
    async def find(self, actor: Actor, text: str, page: int = 0) -> Found:
        """One page of the LCs that answer to ``text``; a page past the end is the last one.

        Raises:
            Invalid: nothing is left of the text to search by.
            NotFound: no LC answers; the three nearest are the next steps.
        """
        text = text.strip()[:MAX_TEXT]
        folded = fold_query(text)
        if not folded:
            raise Invalid(N_("Please type at least one letter of a name, an abbreviation or a region."))
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
            raise NotFound(N_("That region has no LCs any more. Please look at the coverage again."), next_steps=[FIND])
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
            folded = fold_query(ref)
            rows = (await fetch_page(connection, search_query(actor.organisation.id, folded), 0))[0] if folded else []
            exact = [row for row in rows if row.rank == EXACT]
            meant = exact or list(rows)
            if not meant:
                raise await self._unknown(connection, actor, ref)
            if len(meant) > 1:
                raise Conflict(
                    N_("“{text}” fits {n} LCs. Which one do you mean?"),
                    text=ref[:MAX_TEXT],
                    n=len(meant) if exact else rows[0].total,
                    next_steps=[step_to(actor, row) for row in meant[:5]],
                )
            card = await self._card(connection, actor, meant[0].id)
            assert card is not None
            return card

    async def coverage(self, actor: Actor) -> Coverage:
        """Counts by region and by prefecture that add up to the number of schools. One statement."""
        state = func.coalesce(LocalCommittee.state, State.NO_CONTACT.value).label("state")
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
                at = State(row.state)
                region = RegionCard(row.id, row.name_ja, row.name_en)
                coverage.by_region.setdefault(region, Counter())[at] += row.n
                if row.prefecture:
                    coverage.by_prefecture.setdefault(row.prefecture, Counter())[at] += row.n
        if not coverage.by_region:
            raise NotFound(N_("This organisation has no schools in its directory yet."))
        return coverage

    async def change_state(self, actor: Actor, lc_id: int, state: State, on: date, decision: str | None = None) -> None:
        """Move an LC along its lifecycle, as of the day ``on``.

        Raises:
            NotAllowed: the actor is no national officer in office.
            Invalid: a state that takes a decision comes without its reference, or the day is yet to come.
            NotFound: there is no such LC in the actor's organisation.
            Conflict: the state can't follow the present one, or the LC stands there already.
        """
        actor.require(Right.CHANGE_LC_STATE)
        decision = (decision or "").strip() or None
        async with self.database.writing() as session:
            lc = await _locked(session, actor, lc_id)
            rules.check_state(State(lc.state), state, on, decision, actor.today)
            lc.state, lc.state_since, lc.state_decision = state.value, on, decision
            self._note(session, actor, lc, "lc.state", ("state", "state_since", "state_decision"))

    async def edit(self, actor: Actor, lc_id: int, own: OwnNames, via: Via | None = None) -> list[str]:
        """Set what an LC says of itself; returns the names of the fields that changed.

        Raises:
            NotAllowed: the actor is neither an officer of that LC nor a national officer in office.
            Invalid: a national officer from outside doesn't say how they heard it.
            NotFound: there is no such LC in the actor's organisation.
        """
        via = heard_by(actor, Right.EDIT_LC, lc_id, via)
        values = {
            "own_name_ja": own.name_ja.strip(),
            "own_name_en": own.name_en.strip(),
            "own_aliases": "\n".join(dict.fromkeys(filter(None, (name.strip() for name in own.aliases)))),
            "club_type": own.club_type.value if own.club_type else None,
        }
        async with self.database.writing() as session:
            lc = await _locked(session, actor, lc_id)
            changed = [name for name, value in values.items() if getattr(lc, name) != value]
            if changed:
                for name in changed:
                    setattr(lc, name, values[name])
                school = await session.get_one(School, lc.school_id)
                lc.search_names = search_text(names_of(school, lc))
                self._note(session, actor, lc, "lc.edit", changed, via)
        return changed

    async def history(self, actor: Actor, lc_id: int, page: int = 0) -> tuple[list[Change], bool]:
        """Ten changes of an LC, the latest first, and whether there are older ones.

        Raises:
            NotAllowed: the actor is neither an officer of that LC nor a national officer in office.
        """
        actor.require(Right.SEE_LC_HISTORY, lc_id)
        query = (
            select(AuditEntry.at, Person.display_name, AuditEntry.action, AuditEntry.fields, AuditEntry.via)
            .outerjoin(
                Person,
                (Person.organisation_id == AuditEntry.organisation_id)
                & (Person.discord_user_id == AuditEntry.actor_discord_id),
            )
            .where(
                AuditEntry.organisation_id == actor.organisation.id,
                AuditEntry.subject_kind == "local_committee",
                AuditEntry.subject_id == lc_id,
            )
            .order_by(AuditEntry.id.desc())
            .limit(HISTORY_PAGE + 1)
            .offset(page * HISTORY_PAGE)
        )
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        changes = [
            Change(row.at, row.display_name, row.action, row.fields, Via(row.via) if row.via else None) for row in rows
        ]
        return changes[:HISTORY_PAGE], len(changes) > HISTORY_PAGE

    def _note(
        self,
        session: AsyncSession,
        actor: Actor,
        lc: LocalCommittee,
        action: str,
        fields: Iterable[str],
        via: Via | None = None,
    ) -> None:
        record(
            session,
            at=self.clock.now(),
            organisation_id=lc.organisation_id,
            actor_discord_id=actor.caller.discord_user_id,
            origin=actor.caller.origin,
            action=action,
            subject_kind="local_committee",
            subject_id=lc.id,
            fields=fields,
            via=via,
        )

    async def _card(self, connection: AsyncConnection, actor: Actor, lc_id: int) -> Card | None:
        parameters = {"lc": lc_id, "organisation": actor.organisation.id, "today": actor.today}
        row = (await connection.execute(CARD, parameters)).one_or_none()
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
            state_decision=row.state_decision,
            own_name_ja=row.own_name_ja,
            own_name_en=row.own_name_en,
            own_aliases=list(filter(None, row.own_aliases.split("\n"))),
            club_type=ClubType(row.club_type) if row.club_type else None,
        )

    async def _unknown(self, connection: AsyncConnection, actor: Actor, text: str) -> NotFound:
        rows = (
            await connection.execute(
                HITS.add_columns(LocalCommittee.search_names)
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
            next_steps=[step_to(actor, by_id[lc_id]) for lc_id in near] + [FIND],
        )


def heard_by(actor: Actor, right: Right, lc_id: int, via: Via | None) -> Via | None:
    """How the actor, who does something for an LC, heard what it wants: None for the LC's own officers.

    Raises:
        NotAllowed: the actor lacks the right.
        Invalid: a national officer from outside of the LC doesn't say how.
    """
    actor.require(right, lc_id)
    if lc_id in actor.officer_of:
        return None
    if via is None:
        raise Invalid(N_("Please say how you heard it from the LC: by LINE, mail, phone or in person."))
    return via


async def _locked(session: AsyncSession, actor: Actor, lc_id: int) -> LocalCommittee:
    lc = await session.scalar(
        select(LocalCommittee)
        .where(LocalCommittee.id == lc_id, LocalCommittee.organisation_id == actor.organisation.id)
        .with_for_update()
    )
    if lc is None:
        raise NotFound(N_("That LC is no longer in the directory. Please search again."), next_steps=[FIND])
    return lc
