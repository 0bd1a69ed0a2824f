from __future__ import annotations

from bot.features.posts.claims import ClaimService
from bot.ui.brief import BriefPart
from bot.ui.renderers import Occasion


async def brief_part(occasion: Occasion) -> BriefPart:
    """New officers whom nobody has confirmed yet."""
    words = occasion.words
    count = await occasion.services[ClaimService].count_open(occasion.address.organisation_id)
    line = words.plural("{n} new officer to confirm", "{n} new officers to confirm", count)
    return BriefPart(words("To be confirmed"), [line] if count else [])
