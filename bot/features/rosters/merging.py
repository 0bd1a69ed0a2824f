"""Two records of one person become one, after a look at what will be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.errors import Conflict
from bot.features import Service
from bot.features.members.models import Profile
from bot.features.members.names import clean
from bot.features.people.actors import Actor
from bot.features.people.changes import changed
from bot.features.people.models import FormerRecord, Person
from bot.features.people.noting import record_by
from bot.features.people.rules import Right
from bot.features.rosters import uniting
from bot.features.rosters.accounts import hand_over
from bot.features.rosters.comparing import MergePreview, compare
from bot.features.rosters.readdressing import Party, readdress
from bot.features.rosters.repointing import repoint
from bot.features.schools.models import School
from bot.features.schools.names import fold
from bot.i18n import N_

#: What a menu of Discord holds.
PAGE = 25


@dataclass(frozen=True, slots=True)
class PersonChoice:
    person_id: int
    name: str
    school_ja: str
    school_en: str


class MergingService(Service):
    async def complete(self, actor: Actor, text: str) -> list[PersonChoice]:
        """At most 25 people for what has been typed so far, a number or a part of a name; who is called so comes first.
        Raises NotAllowed."""
        actor.require(Right.KEEP_PEOPLE)
        query = (
            select(Person.id, Person.display_name, School.name_ja, School.name_en)
            .outerjoin(Profile, Profile.person_id == Person.id)
            .outerjoin(School, School.id == Profile.school_id)
            .where(Person.organisation_id == actor.organisation.id, Person.display_name != "")
        )
        if typed := clean(text):
            number = typed.removeprefix("#")
            ways = [
                Person.display_name.contains(typed, autoescape=True),
                Profile.search.contains(fold(typed), autoescape=True),
                Person.id == (int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else 0),
            ]
            whole = [Person.display_name == typed, Profile.search.contains(f"\n{fold(typed)}\n", autoescape=True)]
            query = query.where(or_(*ways)).order_by(case((or_(*whole, ways[2]), 0), else_=1))
        async with self.database.reading() as connection:
            rows = await fetch(connection, query.order_by(Person.display_name, Person.id).limit(PAGE))
        return [PersonChoice(row.id, row.display_name, row.name_ja or "", row.name_en or "") for row in rows]

    async def preview(self, actor: Actor, kept_id: int, gone_id: int) -> MergePreview:
        """What would be if the record ``gone_id`` went into ``kept_id``.

        Raises:
            NotAllowed: the actor is no national officer in office.
            Invalid: both are the same record.
            NotFound: one of them is no person of the actor's organisation.
        """
        actor.require(Right.KEEP_PEOPLE)
        async with self.database.reading() as connection:
            return await compare(connection, actor, kept_id, gone_id)

    async def merge(self, actor: Actor, kept_id: int, gone_id: int, token: str) -> int | None:
        """Make one record of two, as the preview with this ``token`` showed. Everything that points at the one that
        goes points at the kept one afterwards, and what stands under its Discord account stands under the kept one's.

        Returns the Discord account that is nobody's any more, if there is one.

        Raises:
            NotAllowed, Invalid, NotFound: as in ``preview``.
            Conflict: something has changed since the preview.
        """
        actor.require(Right.KEEP_PEOPLE)
        now = self.clock.now()
        async with self.database.writing() as session:
            await session.execute(
                select(Person.id).where(Person.id.in_([kept_id, gone_id])).order_by(Person.id).with_for_update()
            )
            preview = await compare(session, actor, kept_id, gone_id)
            if preview.token != token:
                raise Conflict(
                    N_("One of the two records has changed since you looked. Nothing was merged. Please look again.")
                )
            await uniting.join_terms(session, kept_id, gone_id)
            await uniting.fill_profile(session, kept_id, gone_id)
            await uniting.settle_fees(session, kept_id, gone_id)
            await uniting.drop_double_claims(session, kept_id, gone_id)
            await repoint(session, "people", gone_id, kept_id)
            await session.execute(delete(Person).where(Person.id == gone_id))
            await self._unite_accounts(session, actor.organisation.id, preview, now)
            for person_id, action in ((kept_id, "person.merge"), (gone_id, "person.merged_away")):
                record_by(
                    session,
                    actor,
                    at=now,
                    action=action,
                    subject_kind="person",
                    subject_id=person_id,
                    fields=("terms", *preview.fields),
                )
        return preview.gone.discord_user_id if preview.kept.discord_user_id is not None else None

    async def _unite_accounts(
        self, session: AsyncSession, organisation_id: int, preview: MergePreview, now: datetime
    ) -> None:
        """Of two Discord accounts the kept record's is the person's; a record without one takes over the other's."""
        kept, gone = preview.kept, preview.gone
        session.add(
            FormerRecord(
                organisation_id=organisation_id,
                person_id=kept.person_id,
                former_person_id=gone.person_id,
                discord_user_id=gone.discord_user_id if kept.discord_user_id is not None else None,
                merged_at=now,
            )
        )
        if gone.discord_user_id is None:
            pass
        elif kept.discord_user_id is None:
            own = update(Person).where(Person.id == kept.person_id).values(discord_user_id=gone.discord_user_id)
            await session.execute(own.execution_options(synchronize_session=False))
        else:
            await hand_over(session, organisation_id, gone.discord_user_id, kept.discord_user_id)
            old, new = Party(gone.person_id, gone.discord_user_id), Party(kept.person_id, kept.discord_user_id)
            await readdress(session, organisation_id, old, new, now)
        changed(session, organisation_id, kept.discord_user_id or gone.discord_user_id)
