"""Putting LCs on the map: helpers that join somebody else's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import data
from bot.features.local_committees.models import LocalCommittee, State
from bot.features.schools.models import School
from bot.features.schools.names import search_text


def add_local_committees(session: AsyncSession, schools: Iterable[School], at: datetime) -> list[LocalCommittee]:
    """An LC without contact for each school, findable by every name that people use for the school and its place."""
    prefectures = {row["code"]: row for row in data.rows("prefectures")}
    added = []
    for school in schools:
        places = []
        if school.prefecture:
            prefecture = prefectures[school.prefecture]
            places = [prefecture["name_ja"], prefecture["short_ja"], prefecture["name_en"], prefecture["area_ja"]]
        added.append(
            LocalCommittee(
                organisation_id=school.organisation_id,
                school_id=school.id,
                state=State.NO_CONTACT.value,
                search_names=search_text(names_of(school)),
                search_places=search_text(places),
                position=school.position,
                created_at=at,
            )
        )
    session.add_all(added)
    return added


def names_of(school: School, lc: LocalCommittee | None = None) -> list[str]:
    """Every name by which people call a school and, where it has its own, the LC there."""
    names = [school.name_ja, school.name_en, *school.aliases.split("\n"), *school.former_names.split("\n")]
    # "The University of Tokyo" is typed without its article, and as "Tokyo University".
    plain = school.name_en.removeprefix("The ")
    if plain.startswith("University of "):
        plain = plain.removeprefix("University of ").removeprefix("the ") + " University"
    names.append(plain)
    if lc is not None:
        names += [lc.own_name_ja, lc.own_name_en, *lc.own_aliases.split("\n")]
    return names
