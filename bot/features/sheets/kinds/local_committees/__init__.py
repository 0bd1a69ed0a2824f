"""The sheet of LCs: a row is a school with its LC, what it says of itself, where it stands and who represents it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Reader, fetch
from bot.features.people.actors import Actor
from bot.features.people.models import Person, Post, Term
from bot.features.people.rules import Right
from bot.features.people.terms import LC_REPRESENTATIVE
from bot.features.sheets.cells import join_names
from bot.features.sheets.columns import words
from bot.features.sheets.kinds import SheetKind
from bot.features.sheets.kinds.local_committees import state, writing
from bot.features.sheets.kinds.local_committees.finding import Regions, prefecture_names
from bot.features.sheets.kinds.local_committees.lines import KEY
from bot.features.sheets.kinds.local_committees.rows import Examiner
from bot.features.sheets.kinds.local_committees.state import Directory
from bot.features.sheets.kinds.local_committees.writing import Prepared
from bot.features.sheets.values import Entry, Handout, ImportPlan, Progress


class LocalCommitteeSheet(SheetKind[Directory, Prepared]):
    key = KEY
    right = Right.CHANGE_LC_STATE
    needs = (("name_ja", "name_en", "code"),)
    own = frozenset({"code", "name_ja", "name_en", "own_name_ja", "own_name_en", "aliases", "representative"})

    async def lock(self, session: AsyncSession, actor: Actor) -> None:
        await state.lock(session, actor)

    async def look(self, reader: Reader, actor: Actor) -> Directory:
        return await state.look(reader, actor)

    def plan(self, entries: Sequence[Entry], state: Directory, actor: Actor, progress: Progress) -> ImportPlan:
        return Examiner(state, actor).plan(entries, progress)

    def prepare(self, plan: ImportPlan, state: Directory, actor: Actor, at: datetime) -> Prepared:
        return writing.prepare(plan, state, actor, at)

    async def write(self, session: AsyncSession, prepared: Prepared, progress: Progress) -> Sequence[Handout]:
        return await writing.write(session, prepared, progress)

    async def export(self, reader: Reader, actor: Actor) -> Sequence[Mapping[str, str]]:
        """Each LC with today's representative. A code that waits to be used has no name that anybody kept."""
        directory = await state.look(reader, actor)
        holders = {
            row.lc_id: row
            for row in await fetch(
                reader,
                select(Term.lc_id, Person.display_name, Term.starts_on, Term.ends_on)
                .join(Person, Person.id == Term.person_id)
                .join(Post, Post.id == Term.post_id)
                .where(
                    Term.organisation_id == actor.organisation.id,
                    Post.key == LC_REPRESENTATIVE,
                    Term.held_on(actor.today),
                    func.length(Person.display_name) > 0,
                ),
            )
        }
        regions = Regions(directory).name_of

        def named(pair: tuple[str, str] | None) -> str:
            return pair[actor.language != "ja"] if pair else ""

        def word(field: str, value: str | None) -> str:
            found = words(KEY, field).get(value or "")
            return named((found.name_ja, found.name_en)) if found else ""

        rows = []
        for place in directory.places:
            holder = holders.get(place.lc_id)
            rows.append(
                {
                    "code": place.code,
                    "name_ja": place.name_ja,
                    "name_en": place.name_en,
                    "prefecture": named(prefecture_names().get(place.prefecture)),
                    "region": named(regions.get(place.region_id or 0)),
                    "school_kind": word("school_kind", place.kind),
                    "own_name_ja": place.own_name_ja,
                    "own_name_en": place.own_name_en,
                    "aliases": join_names(place.own_aliases.split("\n")),
                    "club_type": word("club_type", place.club_type),
                    "state": word("state", place.state),
                    "state_since": str(place.state_since or ""),
                    "state_decision": place.state_decision or "",
                    "representative": holder.display_name if holder else "",
                    "starts": str(holder.starts_on) if holder else "",
                    "ends": str(holder.ends_on) if holder else "",
                }
            )
        return rows


KIND = LocalCommitteeSheet()
