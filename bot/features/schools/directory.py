"""Taking the schools of Japan into an organisation: a helper that joins somebody else's transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bot import data
from bot.features.schools.models import Region, School, SchoolKind
from bot.features.schools.names import readings_of, search_text


def region_search(names: Sequence[str]) -> str:
    """The ``search_text`` of a region with these names."""
    return search_text([*names, *readings_of(*names)])


async def add_other_institution(session: AsyncSession, organisation_id: int) -> None:
    """The place for people whose school is not in the list."""
    session.add(
        School(
            organisation_id=organisation_id,
            code="other",
            name_ja="その他の教育機関",
            name_en="Another institution",
            kind=SchoolKind.OTHER,
            position=1_000_000,
        )
    )
    await session.flush()


async def add_medical_schools(session: AsyncSession, organisation_id: int) -> list[School]:
    """The 82 medical schools of Japan with their eight regions, in the order of the regions."""
    regions = {
        row["code"]: Region(
            organisation_id=organisation_id,
            code=row["code"],
            name_ja=row["name_ja"],
            name_en=row["name_en"],
            aliases=row["alias_ja"],
            search_text=region_search([row["name_ja"], row["name_en"], row["alias_ja"]]),
            position=position,
        )
        for position, row in enumerate(data.rows("regions"))
    }
    session.add_all(regions.values())
    await session.flush()
    prefectures = {row["name_ja"]: row["code"] for row in data.rows("prefectures")}
    rows = sorted(
        data.rows("medical_schools"),
        key=lambda row: (regions[row["region"]].position, prefectures[row["prefecture_ja"]]),
    )
    schools = [
        School(
            organisation_id=organisation_id,
            code=row["code"],
            name_ja=row["name_ja"],
            name_en=row["name_en"],
            aliases=row["abbreviation_ja"],
            former_names="\n".join(name for name in (row["former_names_ja"], row["former_names_en"]) if name),
            kind=row["kind"],
            prefecture=prefectures[row["prefecture_ja"]],
            region_id=regions[row["region"]].id,
            position=position,
        )
        for position, row in enumerate(rows)
    ]
    session.add_all(schools)
    await session.flush()
    return schools
