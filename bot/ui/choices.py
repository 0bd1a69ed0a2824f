"""Choices from a menu or a button's route: they came from outside, so they are never trusted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import Enum
from typing import TypeVar

from bot.errors import Invalid
from bot.i18n import N_

E = TypeVar("E", bound=Enum)
NOT_OFFERED = N_("That isn't one of the choices. Please choose from the list.")
#: The largest number that a database keeps.
MOST = 2**63 - 1


def chosen_numbers(chosen: Sequence[str]) -> list[int]:
    """The ids behind the chosen options. Raises Invalid for what no menu of ours offers."""
    if not all(one.isascii() and one.isdecimal() and len(one) < 20 and int(one) <= MOST for one in chosen):
        raise Invalid(NOT_OFFERED)
    return [int(one) for one in chosen]


def chosen_number(chosen: Sequence[str]) -> int:
    """The same where one can be chosen."""
    if len(chosen) != 1:
        raise Invalid(NOT_OFFERED)
    return chosen_numbers(chosen)[0]


def chosen_day(value: str) -> date:
    """The day behind a button, as ``isoformat`` writes it. Raises Invalid for what isn't one."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Invalid(NOT_OFFERED) from None


def chosen_one(kind: type[E], value: str) -> E:
    """The member of an enumeration behind a button or an option. Raises Invalid where there is none."""
    try:
        return kind(value)
    except ValueError:
        raise Invalid(NOT_OFFERED) from None
