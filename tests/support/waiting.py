"""How tests wait: until something is so, however long it takes on a busy machine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

#: Seconds after which something hangs. It is no claim: nothing is faster or slower by it, and only a fault meets it.
HANG = 180.0


async def until(condition: Callable[[], Any], seconds: float = HANG) -> Any:
    """Wait until ``condition()`` is true, and return what it gave."""
    async with asyncio.timeout(seconds):
        while not (result := condition()):  # noqa: ASYNC110 - the condition is the caller's
            await asyncio.sleep(0.01)
    return result


async def until_it_is(look: Callable[[], Awaitable[Any]], otherwise: Callable[[], str] = str) -> Any:
    """Wait until ``await look()`` gives something true, and return it. ``otherwise`` tells what is wrong, if it never
    does."""
    try:
        async with asyncio.timeout(HANG):
            while not (result := await look()):  # noqa: ASYNC110 - what is looked at tells nobody
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(otherwise()) from None
    return result
