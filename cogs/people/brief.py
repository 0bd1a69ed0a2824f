from __future__ import annotations

from bot.clock import local_date
from bot.features.handovers.asking import HandoverWatch
from bot.features.people.models import Level
from bot.ui.brief import BriefPart
from bot.ui.renderers import Occasion


async def brief_part(occasion: Occasion) -> BriefPart:
    """Terms that end soon with nobody to follow."""
    words, address = occasion.words, occasion.address
    today = local_date(occasion.now, address.time_zone)
    counts = await occasion.services[HandoverWatch].without_successor(address.organisation_id, today)
    lines = []
    if national := counts.get(Level.NATION, 0):
        lines.append(
            words.plural(
                "{n} national post ends within 60 days and has no successor",
                "{n} national posts end within 60 days and have no successor",
                national,
            )
        )
    if local := counts.get(Level.LC, 0):
        lines.append(
            words.plural(
                "{n} LC post ends within 60 days and has no successor",
                "{n} LC posts end within 60 days and have no successor",
                local,
            )
        )
    return BriefPart(words("Handover"), lines)
