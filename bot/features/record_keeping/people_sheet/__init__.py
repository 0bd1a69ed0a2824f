"""The organisation's own list of people. People on it are invisible until they claim their record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import local_date
from bot.db import Reader, fetch
from bot.features.audit.service import Noted, add_entries
from bot.features.members.models import Profile
from bot.features.members.queries import with_profile
from bot.features.memberships.queries import standings
from bot.features.memberships.rules import year_of
from bot.features.organisations.models import Organisation
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.features.posts import claims
from bot.features.record_keeping.models import RosterEntry
from bot.features.record_keeping.people_sheet.rows import KEY, Examiner, Known, NewPerson, Roster
from bot.features.record_keeping.service import UNCLAIMED_KEPT
from bot.features.schools.models import School, SchoolKind
from bot.features.sheets.columns import words
from bot.features.sheets.kinds import SheetKind
from bot.features.sheets.kinds.local_committees import state as directories
from bot.features.sheets.values import Entry, Handout, ImportPlan, Progress

#: Rows a statement.
_BATCH = 250
Prepared = tuple[Actor, datetime, list[dict[str, Any]], list[Handout]]


class PeopleSheet(SheetKind[Roster, Prepared]):
    key = KEY
    needs = (("name",), ("consent", "source"))
    own = frozenset({"number", "name", "reading"})
    right = Right.KEEP_PEOPLE

    async def lock(self, session: AsyncSession, actor: Actor) -> None:
        """One import after another. Those who join meanwhile are only worth a remark, so nobody waits for it."""
        await session.execute(
            select(Organisation.id).where(Organisation.id == actor.organisation.id).with_for_update(key_share=True)
        )

    async def look(self, reader: Reader, actor: Actor) -> Roster:
        organisation, zone = actor.organisation.id, actor.organisation.time_zone
        directory = await directories.look(reader, actor)
        known = await fetch(
            reader,
            select(RosterEntry.fingerprint, RosterEntry.year_of_study, RosterEntry.imported_at).where(
                RosterEntry.organisation_id == organisation
            ),
        )
        people = await fetch(
            reader,
            select(Person.id, Person.display_name, Profile.school_id)
            .join(Profile, Profile.person_id == Person.id)
            .where(Person.organisation_id == organisation),
        )
        return Roster(
            directory.places,
            frozenset(
                Known(row.fingerprint, row.year_of_study, year_of(local_date(row.imported_at, zone))) for row in known
            ),
            frozenset((row.id, row.display_name, row.school_id) for row in people),
        )

    def plan(self, entries: Sequence[Entry], state: Roster, actor: Actor, progress: Progress) -> ImportPlan:
        return Examiner(state, actor.today).plan(entries, progress)

    def prepare(self, plan: ImportPlan, state: Roster, actor: Actor, at: datetime) -> Prepared:
        expires_on = actor.today + timedelta(days=UNCLAIMED_KEPT)
        rows, handouts = [], []
        new: NewPerson
        for new in plan.changes:
            code = claims.new_code()
            rows.append(
                {
                    "organisation_id": actor.organisation.id,
                    "fingerprint": new.fingerprint,
                    "name": new.name,
                    "reading": new.reading,
                    "school_id": new.school_id,
                    "institution": new.institution,
                    "year_of_study": new.year,
                    "kind": new.kind,
                    "consent": new.consent,
                    "source": new.source,
                    "digest": claims.digest(code),
                    "imported_at": at,
                    "expires_on": expires_on,
                }
            )
            handouts.append(Handout(new.school_ja, new.school_en, new.name, code, actor.today, expires_on))
        return actor, at, rows, handouts

    async def write(self, session: AsyncSession, prepared: Prepared, progress: Progress) -> Sequence[Handout]:
        actor, at, rows, handouts = prepared
        progress.total = len(rows)
        for start in range(0, len(rows), _BATCH):
            some = rows[start : start + _BATCH]
            await session.execute(insert(RosterEntry), some)
            progress.done += len(some)
        await add_entries(
            session,
            [Noted("people.import", "organisation", actor.organisation.id, ("people",))],
            at=at,
            organisation_id=actor.organisation.id,
            actor_discord_id=actor.caller.discord_user_id,
            origin=actor.caller.origin,
        )
        return handouts

    async def export(self, reader: Reader, actor: Actor) -> Sequence[Mapping[str, str]]:
        """Everybody who has joined, with their membership today."""
        rows = await fetch(
            reader,
            with_profile(
                select(Person.id, Profile.institution, Profile.year_of_study, Profile.consented_at, School.kind)
            )
            .where(Person.organisation_id == actor.organisation.id)
            .order_by(Person.id),
        )
        found = await standings(reader, actor.organisation.id, [row.id for row in rows], actor.today)
        kind_words, is_ja = words(KEY, "kind"), actor.language == "ja"

        def school(row: Any) -> str:
            if row.kind is None or row.kind == SchoolKind.OTHER:
                return str(row.institution)
            return str(row.school_ja if is_ja else row.school_en or row.school_ja)

        def kind(person_id: int) -> str:
            word = kind_words[found[person_id].kind.value]
            return word.name_ja if is_ja else word.name_en

        yes = words(KEY, "consent")["yes"]
        return [
            {
                "number": str(row.id),
                "name": row.display_name,
                "reading": row.reading or "",
                "school": school(row),
                "year": str(row.year_of_study or ""),
                "kind": kind(row.id),
                "consent": yes.name_ja if is_ja else yes.name_en,
                "source": f"{row.consented_at:%Y-%m-%d}",
            }
            for row in rows
        ]


KIND = PeopleSheet()
