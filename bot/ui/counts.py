"""How many come, in words that several pages need."""

from __future__ import annotations

from bot.features.signups.values import ChoiceLine, Counts
from bot.i18n import Words


def count_line(counts: Counts, words: Words) -> str:
    """ "" while nobody has signed up where everybody fits in."""
    if counts.limit is None:
        told = words.plural("{n} person is coming", "{n} people are coming", counts.accepted) if counts.accepted else ""
    elif counts.free == 0:
        told = words.plural("Full ({n} place)", "Full ({n} places)", counts.limit)
    else:
        told = words("{n} of {limit} places taken", n=counts.accepted + counts.offered, limit=counts.limit)
    if counts.waiting:
        told += words(" · {n} waiting", n=counts.waiting)
    if counts.applied:
        told += words(" · {n} to be confirmed", n=counts.applied)
    return told


def choice_line(choice: ChoiceLine, words: Words) -> str:
    """A way to take part, with how many there are and fit."""
    name = words.either(choice.label_ja, choice.label_en)
    if choice.limit is not None:
        return words("{name} ({n} of {limit})", name=name, n=choice.taken, limit=choice.limit)
    return words.plural("{name} ({n} person)", "{name} ({n} people)", choice.taken, name=name) if choice.taken else name
