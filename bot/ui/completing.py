"""What is offered while somebody types."""

from __future__ import annotations

from collections.abc import Iterable

from discord import app_commands

#: So many choices Discord shows.
MOST = 25


def fitting(named: Iterable[tuple[str, str]], typed: str) -> list[app_commands.Choice[str]]:
    """Of all that there is (name, value), what has in its name what was typed: who is called just so first, then whose
    name begins so. Only then the first 25 are taken, so that by typing more everything can be reached."""
    wanted = typed.strip().casefold()
    found = [(name.casefold(), name, value) for name, value in named if wanted in name.casefold()]
    found.sort(key=lambda one: (one[0] != wanted, not one[0].startswith(wanted)))
    return [app_commands.Choice(name=name[:100], value=value) for _, name, value in found][:MOST]
