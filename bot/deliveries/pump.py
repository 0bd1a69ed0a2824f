"""One track of the worker: claim, keep the pace, send, settle.

It is driven by events alone (a timer, an enqueued row, a message that went out) and never waits for them.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.deliveries import rules
from bot.deliveries.claims import Claims
from bot.deliveries.limiter import Limiter
from bot.deliveries.models import Action, DeliveryState, RecipientKind, Track
from bot.deliveries.notices import TOO_LATE
from bot.deliveries.settling import Outcome, Settling
from bot.deliveries.values import Parcel, Permanent, Sent, Transient

log = structlog.get_logger("tsunagu.deliveries")

#: Parcels of a track in memory if the track has no pace.
MOST = 200
#: Parcels of a track that are sent at the same time.
AT_ONCE = 50
#: Jobs work on the database, where more at once gain nothing.
JOBS_AT_ONCE = 2
#: How many outcomes are written down together, and the seconds after which fewer are.
SETTLE_AT, SETTLE_SECONDS = 200, 0.25
#: Seconds until the next try after a database error.
DATABASE_WAIT = 5.0
#: Seconds; rows due later than this are looked up again by then.
LONGEST_SLEEP = 86_400.0


class Sender(Protocol):
    """The side that knows Discord."""

    async def send(self, parcel: Parcel) -> Sent:
        """Render and send, with the first row's nonce, so that a repeat within minutes isn't a second message.

        Raises:
            Transient, Permanent
        """
        ...

    async def find(self, parcel: Parcel) -> Sent | None:
        """The message of an earlier attempt, if it arrived.

        Raises:
            Transient, Permanent
        """
        ...


class Pump:
    def __init__(
        self,
        track: Track,
        claims: Claims,
        settling: Settling,
        sender: Sender,
        clock: Clock,
        limiters: Sequence[Limiter],
        counts: Counter[str],
        nonce_trusted: float,
    ) -> None:
        self._track, self._claims, self._settling, self._sender = track, claims, settling, sender
        self._clock, self._limiters, self._counts, self._nonce_trusted = clock, limiters, counts, nonce_trusted
        slowest = max((limiter.interval for limiter in limiters), default=0.0)
        # With a pace, a second and a half of work: claimed rows can't be overtaken by more urgent ones.
        self._most = max(8, int(1.5 / slowest)) if slowest else MOST
        self._ready: list[Parcel] = []
        self._sending: dict[asyncio.Task[Outcome], Parcel] = {}
        self._places: set[tuple[str, int]] = set()
        self._outcomes: list[tuple[Parcel, Outcome]] = []
        self._runner: asyncio.Task[None] | None = None
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._is_running = False
        #: Unclaimed rows may be due.
        self._look = False
        #: Somebody has just called.
        self._called = False
        #: Something happened since the present run began.
        self._again = False
        self._settle_now = False
        self._held_until = 0.0
        self.trouble: str | None = None

    @property
    def in_hand(self) -> int:
        return len(self._ready) + len(self._sending)

    @property
    def is_idle(self) -> bool:
        return not self.in_hand and not self._outcomes and (self._runner is None or self._runner.done())

    def start(self) -> None:
        self._is_running = True
        self.wake()

    def wake(self) -> None:
        """Rows may be due."""
        self._look = self._called = True
        self._kick()

    async def stop(self, grace: float) -> None:
        self._is_running = False
        for name in list(self._timers):
            self._timers.pop(name).cancel()
        if self._runner is not None:
            self._runner.cancel()  # wherever it waits: everything begun there is in memory or undone
            await asyncio.gather(self._runner, return_exceptions=True)
        if self._sending:
            await asyncio.wait(self._sending, timeout=grace)
        try:
            await self._settle()
            if self._ready:
                await self._claims.release([row.id for parcel in self._ready for row in parcel.rows])
        except (SQLAlchemyError, OSError) as error:
            # The next start continues from there.
            log.error("deliveries not settled at the end", track=self._track.value, reason=type(error).__name__)
        self._ready.clear()

    def _kick(self) -> None:
        self._again = True
        if self._is_running and (self._runner is None or self._runner.done()):
            self._runner = asyncio.create_task(self._run(), name=f"deliveries {self._track.value}")

    def _after(self, seconds: float, what: str) -> None:
        """Come back later; a timer of the same name is replaced."""
        if timer := self._timers.pop(what, None):
            timer.cancel()
        if self._is_running:
            self._timers[what] = asyncio.get_running_loop().call_later(
                min(max(seconds, 0.0), LONGEST_SLEEP), self._ring, what
            )

    def _ring(self, what: str) -> None:
        self._timers.pop(what, None)
        match what:
            case "renew":
                self._renewing = asyncio.create_task(self._renew())
            case "settle":
                self._settle_now = True
                self._kick()
            case _:
                self.wake()

    async def _run(self) -> None:
        self._again = True
        try:
            while self._again and self._is_running:  # events while the timer was being set count too
                await self._work()
        except (SQLAlchemyError, OSError) as error:
            self.trouble = f"waits for the database ({type(error).__name__})"
            log.error("deliveries wait for the database", track=self._track.value, reason=type(error).__name__)
            self._after(DATABASE_WAIT, "due")
        else:
            self.trouble = None

    async def _work(self) -> None:
        moved = False
        while self._is_running:
            self._again = False
            moved |= await self._settle_if_time()
            if (held := self._held_for()) > 0:
                self._after(held, "due")
                return
            # Somebody called: it may be more urgent than the parcels in hand, so a little room is always left.
            if self._called or (self._look and len(self._ready) <= self._most // 3):
                most = self._most * 3 // 2 if self._called else self._most
                self._called = False
                self._look = await self._claim(most - len(self._ready))
                moved = True
            if self._next() is not None:
                for limiter in self._limiters:
                    await limiter.wait()
                if (index := self._next()) is not None and self._held_for() <= 0:
                    self._begin(self._ready.pop(index))
            elif not self._again:
                break
        if not self.in_hand and not self._outcomes and (timer := self._timers.pop("renew", None)):
            timer.cancel()  # nothing is held any more
        if moved and self._is_running and not self._look:
            await self._set_timer()

    def _held_for(self) -> float:
        """Seconds for which nothing may go out, because Discord said so."""
        until = max(self._held_until, *(limiter.held_until for limiter in self._limiters), 0.0)
        return until - asyncio.get_running_loop().time()

    async def _claim(self, wanted: int) -> bool:
        """Claim so many rows. True if there may be more."""
        if wanted <= 0:
            return True
        parcels = await self._claims.claim(self._track, wanted)
        self._ready += parcels
        self._ready.sort(key=lambda parcel: (parcel.first.lane, parcel.first.due_at))
        if parcels and "renew" not in self._timers:
            self._after(self._claims.lease.total_seconds() / 3, "renew")
        return sum(len(parcel.rows) for parcel in parcels) >= wanted

    def _next(self) -> int | None:
        """The position of the first parcel whose place isn't being sent to right now."""
        is_jobs = self._track is Track.JOBS
        if len(self._sending) >= (JOBS_AT_ONCE if is_jobs else AT_ONCE):
            return None
        for index, parcel in enumerate(self._ready):
            if is_jobs or parcel.place not in self._places:
                return index
        return None

    def _begin(self, parcel: Parcel) -> None:
        self._places.add(parcel.place)
        task = asyncio.create_task(self._deliver(parcel), name=f"delivery {parcel.first.id}")
        self._sending[task] = parcel
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Outcome]) -> None:
        parcel = self._sending.pop(task)
        self._places.discard(parcel.place)
        if task.cancelled():
            return
        outcome = task.result()
        self._outcomes.append((parcel, outcome))
        if isinstance(outcome, Transient):
            wait = outcome.retry_after or 0.0
            if outcome.holds_track:
                self._held_until = asyncio.get_running_loop().time() + wait
            elif wait:
                for limiter in self._limiters[-1:]:  # the process's own: the next one would fail the same way
                    limiter.hold(wait)
        self._counts[outcome.code if isinstance(outcome, Transient | Permanent) else DeliveryState.SENT.value] += 1
        self._kick()

    async def _deliver(self, parcel: Parcel) -> Outcome:
        row, now = parcel.first, self._clock.now()
        try:
            if (
                row.attempted_before is not None
                and row.action is Action.POST
                and row.recipient.kind is not RecipientKind.JOB
                and not rules.nonce_is_trusted(row.attempted_before, now, self._nonce_trusted)
            ):
                if found := await self._sender.find(parcel):
                    return found
                if rules.is_too_late(row.due_at, row.tolerance, now):
                    return Transient(TOO_LATE, may_have_arrived=False)
                for limiter in self._limiters:  # the lookup took the first slot
                    await limiter.wait()
            return await self._sender.send(parcel)
        except (Transient, Permanent) as outcome:
            return outcome
        except (SQLAlchemyError, OSError) as error:
            return Transient(type(error).__name__, may_have_arrived=True)
        except Exception:
            log.exception("delivery failed", delivery=row.id, kind=row.kind)
            return Transient("fault", may_have_arrived=True)

    async def _settle_if_time(self) -> bool:
        if not self._outcomes:
            return False
        if len(self._outcomes) >= SETTLE_AT or self._settle_now or not self.in_hand:
            await self._settle()
            return True
        if "settle" not in self._timers:
            self._after(SETTLE_SECONDS, "settle")
        return False

    async def _settle(self) -> None:
        """Outcomes that can't be written down now are kept and tried again."""
        self._settle_now = False
        outcomes = self._outcomes[:]
        await self._settling.settle(outcomes)
        del self._outcomes[: len(outcomes)]

    async def _renew(self) -> None:
        held = [*self._ready, *self._sending.values(), *(parcel for parcel, _ in self._outcomes)]
        if not held:
            return
        try:
            await self._claims.renew(row.id for parcel in held for row in parcel.rows)
        except (SQLAlchemyError, OSError) as error:
            log.error("leases not renewed", track=self._track.value, reason=type(error).__name__)
        self._after(self._claims.lease.total_seconds() / 3, "renew")

    async def _set_timer(self) -> None:
        due = (await self._claims.next_due(self._track)).values()
        if due:
            # Due rows that another process holds must not make us spin.
            self._after(max((min(due) - self._clock.now()).total_seconds(), 0.05), "due")
