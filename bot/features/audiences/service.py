"""The regions, committees and LCs that a rule can name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from bot.db import fetch
from bot.features import Service
from bot.features.audiences.reach import lc_names
from bot.features.audiences.rules import Audience, TheseLcs
from bot.features.audiences.values import LcName
from bot.features.committees.models import StandingCommittee
from bot.features.local_committees.models import LocalCommittee
from bot.features.schools.models import Region


@dataclass(frozen=True, slots=True)
class Choices:
    """``regions``: id, Japanese, English; ``committees``: id, abbreviation."""

    regions: list[tuple[int, str, str]]
    committees: list[tuple[int, str]]
    lcs: list[LcName]


class ChoiceService(Service):
    async def choices(self, organisation_id: int, audience: Audience | None = None) -> Choices:
        """All regions and committees, and the LCs that ``audience`` names."""
        regions = (
            select(Region.id, Region.name_ja, Region.name_en)
            .where(Region.organisation_id == organisation_id)
            .order_by(Region.position)
        )
        committees = (
            select(StandingCommittee.id, StandingCommittee.abbreviation)
            .where(StandingCommittee.organisation_id == organisation_id)
            .order_by(StandingCommittee.position)
        )
        named: Collection[int] = ()
        if audience is not None:
            rule = audience.rule
            named = (*audience.excluded, *(rule.lc_ids if isinstance(rule, TheseLcs) else ()))
        async with self.database.reading() as connection:
            return Choices(
                [(row.id, row.name_ja, row.name_en) for row in await fetch(connection, regions)],
                [(row.id, row.abbreviation) for row in await fetch(connection, committees)],
                [
                    LcName(row.lc_id, row.lc_ja, row.lc_en)
                    for row in await fetch(
                        connection,
                        lc_names().where(
                            LocalCommittee.organisation_id == organisation_id, LocalCommittee.id.in_(named or [0])
                        ),
                    )
                ],
            )
