"""What the owners of a series hear at once."""

from __future__ import annotations

from discord.utils import escape_markdown

from bot.deliveries.values import Due
from bot.features.symposia.queries import SlotCard
from bot.features.symposia.watching import SymposiumWatch
from bot.ui.renderers import Line, Occasion
from cogs.symposia import words as told
from cogs.symposia.slots import SlotButton


async def withdrawn(occasion: Occasion, due: Due) -> Line | None:
    """None once somebody else has accepted the slot."""
    payload, words = due.payload, occasion.words
    found = await occasion.services[SymposiumWatch].opened(payload["slot"], payload["speaker"])
    if found is None:
        return None
    slot = SlotCard(found.slot_id, 0, found.role, found.title_ja, found.title_en, from_outside=False)
    text = words(
        "**{name}** can't come: {slot}, {series} {number}. The slot is open again.",
        name=escape_markdown(found.speaker or words("somebody")),
        slot=escape_markdown(told.slot_name(slot, words)),
        series=escape_markdown(words.either(found.name_ja, found.name_en)),
        number=told.number_of(found.number, words),
    )
    button = SlotButton.make(words("Open the slot"), emoji=told.EMOJI, slot_id=found.slot_id)
    return Line(text, button, title=words("A speaker withdrew"))
