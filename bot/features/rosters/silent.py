"""Those who are asked whether they want to be kept, for the officers who can reach them another way."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, not_, select

from bot.db import fetch
from bot.errors import Conflict
from bot.features import Service
from bot.features.members.models import Contact, Profile
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.features.rosters.models import Keeping
from bot.features.rosters.retention import stays
from bot.features.schools.models import School
from bot.i18n import N_
from bot.paging import fetch_part

#: What a menu of Discord holds.
PAGE = 25


@dataclass(frozen=True, slots=True)
class SilentLine:
    """``until``: the last day for an answer. ``is_written_to``: the question goes to them directly, as they chose."""

    person_id: int
    name: str
    reading: str
    school_ja: str
    school_en: str
    until: date
    is_written_to: bool


@dataclass(frozen=True, slots=True)
class SilentPage:
    """``page`` counts from 0."""

    lines: Sequence[SilentLine]
    total: int
    page: int
    pages: int


class SilentService(Service):
    async def listed(self, actor: Actor, page: int = 0) -> SilentPage:
        """Who is asked just now, those first to whom nobody writes, then by the day; 25 a page.

        Raises:
            NotAllowed: the actor is no national officer in office.
        """
        actor.require(Right.KEEP_PEOPLE)
        written_to = _is_written_to().label("written_to")
        query = (
            select(
                Person.id,
                Person.display_name,
                Profile.reading,
                School.name_ja,
                School.name_en,
                Keeping.until,
                written_to,
            )
            .join(Person, Person.id == Keeping.person_id)
            .outerjoin(Profile, Profile.person_id == Person.id)
            .outerjoin(School, School.id == Profile.school_id)
            .where(Keeping.organisation_id == actor.organisation.id, Keeping.until.is_not(None))
            .order_by(written_to, Keeping.until, Person.id)
        )
        async with self.database.reading() as connection:
            rows = await fetch_part(connection, query, page, PAGE)
        lines = [
            SilentLine(
                row.id,
                row.display_name,
                row.reading or "",
                row.name_ja or "",
                row.name_en or "",
                row.until,
                bool(row.written_to),
            )
            for row in rows
        ]
        return SilentPage(lines, rows.total, rows.page, rows.pages)

    async def keep(self, actor: Actor, person_ids: Collection[int]) -> int:
        """Note that these people have said to an officer that they want to stay; how many that were.

        Raises:
            NotAllowed: the actor is no national officer in office.
            Conflict: none of them is asked any more.
        """
        actor.require(Right.KEEP_PEOPLE)
        now = self.clock.now()
        query = (
            select(Keeping)
            .where(
                Keeping.organisation_id == actor.organisation.id,
                Keeping.person_id.in_(list(person_ids)[:PAGE]),
                Keeping.until.is_not(None),
            )
            .order_by(Keeping.id)
            .with_for_update()
        )
        async with self.database.writing() as session:
            asked = (await session.scalars(query)).all()
            if not asked:
                raise Conflict(N_("Somebody has answered this already. Nothing was changed."))
            for keeping in asked:
                await stays(session, actor, keeping, now)
        return len(asked)

    async def count_for(self, actor: Actor) -> tuple[int, int]:
        """As ``count``, for the actor. Raises NotAllowed: they are no national officer in office."""
        actor.require(Right.KEEP_PEOPLE)
        return await self.count(actor.organisation.id)

    async def count(self, organisation_id: int) -> tuple[int, int]:
        """How many are asked, and to how many of them nobody writes. One statement."""
        query = (
            select(func.count().label("asked"), func.count().filter(not_(_is_written_to())).label("unwritten"))
            .select_from(Keeping)
            .join(Person, Person.id == Keeping.person_id)
            .outerjoin(Profile, Profile.person_id == Person.id)
            .where(Keeping.organisation_id == organisation_id, Keeping.until.is_not(None))
        )
        async with self.database.reading() as connection:
            (row,) = await fetch(connection, query)
        return row.asked, row.unwritten


def _is_written_to() -> ColumnElement[bool]:
    """As ``RetentionService`` decides it. Who has no profile chose nothing."""
    return and_(func.coalesce(Profile.contact, "") == Contact.DIRECT.value, Person.discord_user_id.is_not(None))
