"""What there is to choose from while joining: committees, regions, schools."""

from __future__ import annotations

from sqlalchemy import case, func, select

from bot.db import fetch
from bot.features import Service
from bot.features.local_committees.models import LocalCommittee
from bot.features.members import queries
from bot.features.members.records import CommitteeChoice, RegionChoice, SchoolChoice
from bot.features.people.actors import Actor
from bot.features.schools.models import Region, School, SchoolKind
from bot.features.schools.names import fold_query
from bot.paging import Part, fetch_part

#: What a menu of Discord holds.
MENU = 25


class ChoiceService(Service):
    async def committees(self, actor: Actor) -> list[CommitteeChoice]:
        async with self.database.reading() as connection:
            return await queries.committees_of(connection, actor.organisation.id)

    async def regions(self, actor: Actor) -> list[RegionChoice]:
        """The regions that have schools, and at the end, under 0, the schools that have none."""
        query = (
            select(Region.id, Region.name_ja, Region.name_en, func.count(School.id).label("n"))
            .select_from(School)
            .outerjoin(Region, Region.id == School.region_id)
            .where(School.organisation_id == actor.organisation.id, School.kind != SchoolKind.OTHER)
            .group_by(Region.id, Region.name_ja, Region.name_en, Region.position)
            .order_by(Region.id.is_(None), Region.position)
        )
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        return [RegionChoice(row.id or 0, row.name_ja or "", row.name_en or "", row.n) for row in rows]

    async def schools(self, actor: Actor, region_id: int, page: int = 0) -> Part[SchoolChoice]:
        """A menu of the schools of a region (0: without one)."""
        query = (
            select(School.id, School.name_ja, School.name_en)
            .where(
                School.organisation_id == actor.organisation.id,
                School.kind != SchoolKind.OTHER,
                School.region_id == region_id if region_id else School.region_id.is_(None),
            )
            .order_by(School.position, School.id)
        )
        async with self.database.reading() as connection:
            rows = await fetch_part(connection, query, page, MENU)
        return rows.each(lambda row: SchoolChoice(row.id, row.name_ja, row.name_en))

    async def complete_school(self, actor: Actor, text: str) -> list[SchoolChoice]:
        """At most 25 schools for what has been typed so far, by any of their names; whole names come first."""
        query = select(School.id, School.name_ja, School.name_en).where(
            School.organisation_id == actor.organisation.id, School.kind != SchoolKind.OTHER
        )
        if folded := fold_query(text):
            names = LocalCommittee.search_names
            query = query.join(LocalCommittee, LocalCommittee.school_id == School.id).where(
                names.contains(folded, autoescape=True)
            )
            whole, beginning = (names.contains(one, autoescape=True) for one in (f"\n{folded}\n", f"\n{folded}"))
            query = query.order_by(case((whole, 0), (beginning, 1), else_=2))
        async with self.database.reading() as connection:
            rows = await fetch(connection, query.order_by(School.position, School.id).limit(MENU))
        return [SchoolChoice(row.id, row.name_ja, row.name_en) for row in rows]
