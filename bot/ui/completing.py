"""What is offered while somebody types, and what was chosen from it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from discord import app_commands

from bot.errors import Invalid, UserError
from bot.i18n import N_
from bot.ui.requests import Interaction, MemberRequest

Choices = list[app_commands.Choice[str]]
#: So many choices Discord shows.
MOST = 25


def completion(
    offers: Callable[[MemberRequest, str], Coroutine[Any, Any, Choices]],
) -> Callable[[Interaction, str], Coroutine[Any, Any, Choices]]:
    """For ``app_commands.autocomplete``. People whom the command would refuse are offered nothing: the command says
    why."""

    async def complete(interaction: Interaction, typed: str) -> Choices:
        try:
            return await offers(await MemberRequest.open(interaction), typed)
        except UserError:
            return []

    return complete


def fitting(named: Iterable[tuple[str, str]], typed: str) -> Choices:
    """The entries (name, value) whose names contain what was typed: exact names first, then names that begin with it.
    Only then are the first 25 taken, so that everything can be reached by typing more."""
    wanted = typed.strip().casefold()
    found = [(name.casefold(), name, value) for name, value in named if wanted in name.casefold()]
    found.sort(key=lambda one: (one[0] != wanted, not one[0].startswith(wanted)))
    return offered([(name, value) for _, name, value in found][:MOST])


def offered(named: Iterable[tuple[str, str]]) -> Choices:
    """Names and values, in this order."""
    return [app_commands.Choice(name=name[:100], value=value) for name, value in named]


def id_in(text: str) -> int | None:
    """The id behind what was offered, such as ``#7``. None: the text was typed and not chosen."""
    return int(text[1:]) if text.startswith("#") and text[1:].isdecimal() and len(text) < 20 else None


def chosen_id(text: str) -> int:
    """The same where it has to be chosen. Raises Invalid: it was typed."""
    if (found := id_in(text)) is None:
        raise Invalid(N_("Please choose from the list that appears while you type."))
    return found
