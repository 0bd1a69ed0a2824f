"""Texts that leave the bot: what owners paste into a mail to a speaker, and the programme of an edition."""

from __future__ import annotations

from bot.features.symposia.queries import EditionCard, SlotCard, SymposiumCard
from bot.i18n import Words
from cogs.symposia import words as told


def asking(symposium: SymposiumCard, edition: EditionCard, slot: SlotCard, words: Words) -> str:
    about = _about(symposium, edition, slot, words)
    text = words(
        "we would be very happy if you could take part in the following event:\n\n{about}\n\nWould you tell us "
        "whether you can come? If you accept, we will show your name and affiliation with the programme. We will "
        "gladly arrange your travel with you.",
        about=about,
    )
    return _letter(slot, text, words)


def thanking(symposium: SymposiumCard, edition: EditionCard, slot: SlotCard, words: Words) -> str:
    about = _about(symposium, edition, slot, words)
    text = words(
        "thank you very much for taking part:\n\n{about}\n\nEverybody who was there learned a lot from you. We hope "
        "to see you again.",
        about=about,
    )
    return _letter(slot, text, words)


def _letter(slot: SlotCard, text: str, words: Words) -> str:
    assert slot.speaker is not None
    return words("Dear {name},\n\n{text}\n\nKind regards,", name=slot.speaker.name, text=text)


def _about(symposium: SymposiumCard, edition: EditionCard, slot: SlotCard, words: Words) -> str:
    name, number = told.name_of(symposium, words), told.number_of(edition.number, words)
    lines = [f"{name} {number}", words("Date: {day}", day=told.day_of(edition, words))]
    if theme := words.either(edition.title_ja, edition.title_en):
        lines.append(words("Theme: {theme}", theme=theme))
    if edition.place:
        lines.append(words("Place: {place}", place=edition.place))
    return "\n".join([*lines, told.slot_name(slot, words)])


def programme(symposium: SymposiumCard, edition: EditionCard, words: Words) -> str:
    """For the text of an event: each slot, with who has accepted it."""
    lines = [f"{told.name_of(symposium, words)} {told.number_of(edition.number, words)}"]
    if theme := words.either(edition.title_ja, edition.title_en):
        lines.append(words("Theme: {theme}", theme=theme))
    return "\n".join([*lines, *(_in_programme(slot, words) for slot in edition.slots)])


def _in_programme(slot: SlotCard, words: Words) -> str:
    one = slot.speaker if slot.speaker is not None and slot.speaker.has_accepted else None
    return f"・{told.slot_name(slot, words)} – {told.who(one, words)}" if one else f"・{told.slot_name(slot, words)}"
