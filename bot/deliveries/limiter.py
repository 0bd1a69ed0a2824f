"""One pace for the whole process. discord.py knows the limits of a channel, but not the one over all of them."""

from __future__ import annotations

import asyncio


class Limiter:
    """At most ``rate`` per second, evenly spaced: callers reserve a slot and then wait for it, so there are no bursts.
    It uses the loop's own time, which no change of the system's clock moves.
    """

    def __init__(self, rate: float) -> None:
        self.interval = 1 / rate if rate else 0.0
        self._next = 0.0
        #: The loop's time until which everybody waits.
        self.held_until = 0.0

    def reserve(self) -> float:
        """Reserve the next slot and return the seconds to wait for it."""
        now = asyncio.get_running_loop().time()
        at = max(now, self._next, self.held_until)
        self._next = at + self.interval if self.interval else 0.0  # without a rate, nobody waits for a slot
        return at - now

    async def wait(self) -> None:
        if (seconds := self.reserve()) > 0:
            await asyncio.sleep(seconds)

    def hold(self, seconds: float) -> None:
        """Let nobody through for a while, as Discord asked."""
        self.held_until = max(self.held_until, asyncio.get_running_loop().time() + seconds)
