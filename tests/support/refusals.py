"""What a look before a form says, beside what the change says."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from bot.db import Database
from bot.errors import UserError


async def refusal(call: Awaitable[Any]) -> tuple[type[UserError], str] | None:
    """How it was refused; None: it wasn't."""
    try:
        await call
    except UserError as error:
        return type(error), error.message
    return None


async def alike(look: Awaitable[Any], change: Awaitable[Any], kind: type[UserError] | None) -> None:
    """The look, which writes nothing, says what the change says."""
    looked, changed = await refusal(look), await refusal(change)
    assert looked == changed
    assert (looked[0] if looked else None) is kind


@contextmanager
def only_looking(database: Database) -> Iterator[None]:
    """A write meanwhile fails."""
    with patch.object(database, "writing", side_effect=AssertionError("written on a look")):
        yield
