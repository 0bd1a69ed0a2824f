"""What can go wrong for a user, said so that they know what to do next.

An error carries a message id (English, translated by ``bot.i18n``) and its parameters, never a finished sentence: the
code that raises it doesn't know who reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class NextStep:
    """A way out of an error, shown as a button: ``custom_id`` is the route of a component (see ``bot.ui.items``)."""

    label: str
    custom_id: str
    translate: bool = True


class UserError(Exception):
    """The user asked for something that can't be done. ``next_steps`` become at most 25 buttons."""

    def __init__(self, message: str, /, *, next_steps: Sequence[NextStep] = (), **params: Any) -> None:
        super().__init__(message)
        self.message = message
        self.params = params
        self.next_steps = tuple(next_steps)


class NotFound(UserError):
    """The thing named doesn't exist, or not for this reader."""


class NotAllowed(UserError):
    """The reader may not do this, or no longer."""


class Conflict(UserError):
    """The state of things has moved on, or more than one thing is meant."""


class Moved(Conflict):
    """The reader acted on an outdated state. The same action would be refused again."""


class Invalid(UserError):
    """The text or choice can't be used."""


class StartError(Exception):
    """The process can't start. The message is one line for the person at the terminal; the exit code is 2."""
