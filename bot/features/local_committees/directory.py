"""Putting LCs on the map: a helper that joins somebody else's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import data
from bot.features.local_committees.models import LocalCommittee, State
from bot.features.local_committees.rules import search_text
from bot.features.schools.models import Region, School


def add_local_committees(
    session: AsyncSession, schools: Iterable[tuple[School, Region]], at: datetime
) -> list[LocalCommittee]:
    """An LC without contact for each school, findable by every name that people use for the school and its place."""
    prefectures = {row["code"]: row for row in data.rows("prefectures")}
    added = []
    for school, region in schools:
        names = [school.name_ja, school.name_en, *school.aliases.split("\n"), *school.former_names.split("\n")]
        # "The University of Tokyo" is typed from its second word on, "University of Tsukuba" from its last.
        openings = [opening for opening in ("The ", "University of ") if opening in school.name_en]
        names += [school.name_en.split(opening, 1)[1] for opening in openings]
        places = [region.name_ja, region.name_en]
        if school.prefecture:
            prefecture = prefectures[school.prefecture]
            places += [prefecture["name_ja"], prefecture["short_ja"], prefecture["name_en"]]
        added.append(
            LocalCommittee(
                organisation_id=school.organisation_id,
                school_id=school.id,
                state=State.NO_CONTACT.value,
                search_names=search_text(names),
                search_places=search_text(places),
                position=school.position,
                created_at=at,
            )
        )
    session.add_all(added)
    return added
