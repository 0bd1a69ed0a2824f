"""What is offered while somebody types."""

from __future__ import annotations

from collections.abc import Iterable

from discord import app_commands

from bot.errors import Invalid
from bot.i18n import N_

#: So many choices Discord shows.
MOST = 25


def fitting(named: Iterable[tuple[str, str]], typed: str) -> list[app_commands.Choice[str]]:
    """Of all that there is (name, value), what has in its name what was typed: who is called just so first, then whose
    name begins so. Only then the first 25 are taken, so that by typing more everything can be reached."""
    wanted = typed.strip().casefold()
    found = [(name.casefold(), name, value) for name, value in named if wanted in name.casefold()]
    found.sort(key=lambda one: (one[0] != wanted, not one[0].startswith(wanted)))
    return [app_commands.Choice(name=name[:100], value=value) for _, name, value in found][:MOST]


def chosen_id(text: str) -> int:
    """The id behind what a completion offered, such as ``#7``. Raises Invalid: the text was typed and not chosen."""
    if not text.startswith("#") or not text[1:].isdecimal() or len(text) > 19:
        raise Invalid(N_("Please choose from the list that appears while you type."))
    return int(text[1:])
