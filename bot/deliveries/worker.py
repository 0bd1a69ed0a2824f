"""The worker: wakes when something is due, sends it, and writes down the outcome.

No task waits while there is nothing to do: a timer of the loop starts a short task, and each enqueue sets the timer
again. Nothing holds a transaction while it sends, and memory use is bounded, however much is pending.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.db import Database
from bot.deliveries.claims import LEASE, Claims
from bot.deliveries.housekeeping import sign
from bot.deliveries.limiter import Limiter
from bot.deliveries.models import Track
from bot.deliveries.outbox import ENQUEUED
from bot.deliveries.pump import Pump, Sender
from bot.deliveries.rules import NONCE_TRUSTED
from bot.deliveries.settling import Settling

#: How often a worker notes that it is alive.
SIGN_EVERY = timedelta(minutes=1)


class Worker:
    """``rate``: messages per second over all channels; ``direct_rate``: direct messages per second; 0 is no limit.

    ``name`` tells processes that share a database apart. ``lease``: how long a claim holds after its holder's last
    sign of life. ``nonce_trusted``: seconds for which Discord surely still knows a nonce.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        sender: Sender,
        *,
        name: str,
        rate: float,
        direct_rate: float,
        chance: random.Random | None = None,
        lease: timedelta = LEASE,
        nonce_trusted: float = NONCE_TRUSTED,
    ) -> None:
        self._database, self._clock = database, clock
        self._claims = Claims(database, clock, name, lease)
        settling = Settling(database, clock, name, chance or random.Random())
        everything = Limiter(rate)
        paces = {
            Track.JOBS: (),
            Track.CHANNELS: (everything,),
            Track.PEOPLE: (Limiter(direct_rate), everything),
        }
        #: Outcomes of rows since the start, by state or error code.
        self.counts: Counter[str] = Counter()
        self._pumps = [
            Pump(track, self._claims, settling, sender, clock, limiters, self.counts, nonce_trusted)
            for track, limiters in paces.items()
        ]
        self.is_running = False
        #: Overdue rows, and the seconds the oldest is late, at the last look.
        self.backlog = (0, 0.0)
        self._signed: datetime | None = None

    async def start(self) -> None:
        """Reclaim the rows that this worker left behind, and start."""
        await self._claims.recover(own=True)
        await sign(self._database, self._claims.name, self._clock.now())
        self.is_running = True
        self._database.on_commit.append(self._on_commit)
        for pump in self._pumps:
            pump.start()

    async def stop(self, grace: float) -> None:
        """Claim nothing more, and give messages that are being sent ``grace`` seconds. The next worker continues the
        rest."""
        if not self.is_running:
            return
        self.is_running = False
        self._database.on_commit.remove(self._on_commit)
        await asyncio.gather(*(pump.stop(grace) for pump in self._pumps))

    async def look_after(self) -> None:
        """The regular chore: release claims whose holder is gone, and check whether something is due, in case the
        clock or another process moved on unnoticed."""
        await self._claims.recover()
        now = self._clock.now()
        if self._signed is None or abs(now - self._signed) >= SIGN_EVERY:
            await sign(self._database, self._claims.name, now)
            self._signed = now
        self.backlog = await self._claims.backlog()
        self.wake()

    def wake(self) -> None:
        """Check now whether something is due."""
        if self.is_running:
            for pump in self._pumps:
                pump.wake()

    def _on_commit(self, info: Mapping[Any, Any]) -> None:
        if ENQUEUED in info:
            self.wake()

    @property
    def trouble(self) -> str | None:
        """The error that keeps it from working; None if it works."""
        if not self.is_running:
            return "not started"
        return next((pump.trouble for pump in self._pumps if pump.trouble), None)

    @property
    def in_hand(self) -> int:
        """Parcels in memory."""
        return sum(pump.in_hand for pump in self._pumps)

    @property
    def is_idle(self) -> bool:
        """Was everything done that was due at the last look?"""
        return all(pump.is_idle for pump in self._pumps)
