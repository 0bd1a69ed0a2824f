"""Putting LCs on the map: helpers that join somebody else's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from sqlalchemy.ext.asyncio import AsyncSession

from bot import data
from bot.features.local_committees.models import LocalCommittee, State
from bot.features.schools.models import School
from bot.features.schools.names import search_text
from bot.features.schools.readings import readings_of


def add_local_committees(session: AsyncSession, schools: Iterable[School], at: datetime) -> list[LocalCommittee]:
    """An LC without contact for each school, findable by every name that people use for the school and its place."""
    added = [
        LocalCommittee(
            organisation_id=school.organisation_id,
            school_id=school.id,
            state=State.NO_CONTACT.value,
            search_names=search_text(names_of(school)),
            search_places=search_places(school.prefecture),
            position=school.position,
            created_at=at,
        )
        for school in schools
    ]
    session.add_all(added)
    return added


@cache
def search_places(prefecture: str | None) -> str:
    """The places by which an LC in a prefecture can be found, as its ``search_places`` keeps them."""
    row = next((row for row in data.rows("prefectures") if row["code"] == prefecture), None)
    if row is None:
        return search_text([])
    names = [row["name_ja"], row["short_ja"], row["area_ja"]]
    return search_text([*names, row["name_en"], *readings_of(*names)])


def names_of(school: School, lc: LocalCommittee | None = None) -> list[str]:
    """Every name by which people call a school and, where it has its own, the LC there."""
    names = [school.name_ja, school.name_en, *school.aliases.split("\n"), *school.former_names.split("\n")]
    # "The University of Tokyo" is typed without its article, and as "Tokyo University".
    plain = school.name_en.removeprefix("The ")
    if plain.startswith("University of "):
        plain = plain.removeprefix("University of ").removeprefix("the ") + " University"
    names += [plain, *readings_of(school.name_ja, *school.former_names.split("\n"))]
    if lc is not None:
        names += [lc.own_name_ja, lc.own_name_en, *lc.own_aliases.split("\n")]
    return names
