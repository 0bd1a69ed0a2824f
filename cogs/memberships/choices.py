"""What was chosen in a menu, which is never trusted."""

from __future__ import annotations

from bot.errors import Invalid
from bot.i18n import N_

NOT_OFFERED = N_("That isn't one of the choices. Please choose from the list.")


def numbers(chosen: list[str]) -> list[int]:
    """The ids behind the chosen options. Raises Invalid for anything else."""
    if not all(value.isascii() and value.isdecimal() and len(value) < 19 for value in chosen):
        raise Invalid(NOT_OFFERED)
    return [int(value) for value in chosen]
