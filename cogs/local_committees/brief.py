from __future__ import annotations

from bot.clock import local_date
from bot.features.committees.service import CommitteeService
from bot.ui.brief import BriefPart
from bot.ui.renderers import Occasion


async def brief_part(occasion: Occasion) -> BriefPart:
    """How many LCs have not said yet what they do this year: a number, no list of names."""
    words, address = occasion.words, occasion.address
    today = local_date(occasion.now, address.time_zone)
    count = await occasion.services[CommitteeService].silent_lcs(address.organisation_id, today)
    line = words.plural(
        "{n} member LC has answered no committee yet this year",
        "{n} member LCs have answered no committee yet this year",
        count,
    )
    return BriefPart(words("Answers to the committees"), [line] if count else [])
