"""Claiming rows that are due, under a lease, and deciding which of them go now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, literal_column, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.db import Database, fetch
from bot.deliveries import rules
from bot.deliveries.models import Delivery, DeliveryState, Lane, RecipientKind, Track, Urgency
from bot.deliveries.notices import OWN_KINDS, TOO_LATE, Cause, trouble_notices
from bot.deliveries.outbox import enqueue
from bot.deliveries.parcels import can_be_bundled, parcels
from bot.deliveries.recipients import counts_for, sent_this_week, spared_until
from bot.deliveries.values import Parcel

#: How long a claim holds without being renewed; then another worker may claim the row.
LEASE = timedelta(seconds=120)

_TABLE: Any = Delivery.__table__
# As literals: SQLite doesn't look into parameters when it decides whether a partial index fits.
_PENDING = Delivery.state == literal_column("'pending'")
_IS_CLAIMED = _TABLE.c.state == literal_column("'claimed'")
#: Looked up after each piece of work, so it is built once.
_NEXT_DUE = select(
    *(
        select(func.min(Delivery.next_attempt_at))
        .where(_PENDING, Delivery.track == bindparam("track"), Delivery.lane == int(lane))
        .scalar_subquery()
        .label(lane.name)
        for lane in Lane
    )
)
_PLACE = tuple_(Delivery.recipient_kind, Delivery.recipient_id)


class Claims:
    """The claims of one worker. No two workers that run at once may share a ``name``."""

    def __init__(self, database: Database, clock: Clock, name: str, lease: timedelta = LEASE) -> None:
        self._database, self._clock, self.name, self.lease = database, clock, name, lease

    async def next_due(self, track: Track) -> dict[Lane, datetime]:
        """When the next row of each lane is due. One statement."""
        async with self._database.reading() as connection:
            row = (await connection.execute(_NEXT_DUE, {"track": track})).one()
        return {lane: at for lane, at in zip(Lane, row, strict=True) if at is not None}

    async def backlog(self) -> tuple[int, float]:
        """How many rows are due and not sent yet, and by how many seconds the oldest is late."""
        now = self._clock.now()
        query = select(func.count().label("n"), func.min(Delivery.next_attempt_at).label("oldest")).where(
            _PENDING, Delivery.next_attempt_at <= now
        )
        async with self._database.reading() as connection:
            row = (await fetch(connection, query))[0]
        return row.n, (now - row.oldest).total_seconds() if row.oldest else 0.0

    async def claim(self, track: Track, limit: int) -> list[Parcel]:
        """Up to about ``limit`` rows that are due, the prompt lane first, as parcels to send now.

        Rows that are too late, come at night or exceed a person's weekly budget are settled here and left out.
        """
        now = self._clock.now()
        due = [lane for lane, at in (await self.next_due(track)).items() if at <= now]
        if not due or limit < 1:
            return []
        async with self._database.writing() as session:
            rows: list[Any] = []
            for lane in sorted(due):
                if len(rows) < limit:
                    rows += await self._take(session, now, _due_in(track, lane, now, limit - len(rows)))
            if track is not Track.JOBS:
                rows += await self._take(session, now, _companions(rows, now))
            return await self._sort(session, rows, now)

    async def _take(self, session: AsyncSession, now: datetime, wanted: Any) -> Sequence[Any]:
        if wanted is None:
            return []
        query = (
            update(_TABLE)
            .where(_TABLE.c.id.in_(wanted))
            .values(
                state=DeliveryState.CLAIMED.value,
                claimed_by=self.name,
                lease_until=now + self.lease,
                attempts=_TABLE.c.attempts + 1,
                attempted_before=_TABLE.c.attempted_at,
                attempted_at=func.coalesce(_TABLE.c.attempted_at, now),
            )
            .returning(_TABLE)
        )
        return await fetch(session, query)

    async def _sort(self, session: AsyncSession, rows: Sequence[Any], now: datetime) -> list[Parcel]:
        """Postpone rows that have to wait, give up rows that are too late, and combine rows that go together."""
        counts = await sent_this_week(session, rows, now)
        spared = await spared_until(session, rows, now)
        going: list[tuple[Any, Urgency]] = []
        missed: list[Any] = []
        dropped: list[int] = []
        messages: dict[tuple[str, int], set[int]] = defaultdict(set)
        back: list[dict[str, Any]] = []
        for row in sorted(rows, key=lambda row: (row.lane, row.due_at, row.id)):
            urgency = Urgency(row.urgency)
            started = row.attempted_before is not None  # it may have arrived: only finishing it settles that
            if rules.is_too_late(row.due_at, row.tolerance, now) and not started:
                missed.append(row)
                continue
            until = now if started or urgency is Urgency.URGENT else rules.earliest(now, row.time_zone, Urgency.DAILY)
            # All that goes now goes in one message for each organisation; the others' count.
            sending = messages[row.recipient_kind, row.recipient_id]
            sent = counts[row.recipient_kind, row.recipient_id] + len(sending - {row.organisation_id})
            due_at = row.due_at
            if not started and rules.over_budget(
                sent, urgency, is_budgeted=row.is_budgeted, in_thread=row.recipient_kind == RecipientKind.THREAD
            ):
                urgency, until = Urgency.DIGEST, rules.earliest(now, row.time_zone, Urgency.DIGEST)
                due_at = until  # it is late only from there on: waiting for the digest was intended
            if row.is_reminder and not started and (end := spared.get(row.recipient_id)) is not None:
                until = max(until, rules.earliest(end, row.time_zone, Urgency.DAILY))
                if rules.is_too_late(due_at, row.tolerance, until):
                    dropped.append(row.id)  # as intended, so nobody has to hear of it
                    continue
            if until > now:
                back.append(_back(row, until, urgency, due_at))
                continue
            if counts_for(row):
                sending.add(row.organisation_id)
            going.append((row, urgency))
        if missed:
            await session.execute(
                update(_TABLE)
                .where(_TABLE.c.id.in_([row.id for row in missed]))
                .values(
                    state=DeliveryState.MISSED.value,
                    settled_at=now,
                    error_code=TOO_LATE,
                    attempts=_TABLE.c.attempts - 1,
                    attempted_at=None,
                )
            )
            causes = {
                Cause(row.organisation_id, TOO_LATE, row.time_zone)
                for row in missed
                if not row.kind.startswith(OWN_KINDS)
            }
            await enqueue(session, await trouble_notices(session, causes, now), now)
        if dropped:
            await session.execute(
                update(_TABLE)
                .where(_TABLE.c.id.in_(dropped))
                .values(
                    state=DeliveryState.NOT_NEEDED.value,
                    settled_at=now,
                    attempts=_TABLE.c.attempts - 1,
                    attempted_at=None,
                )
            )
        if back:
            await session.execute(_PUT_BACK, back)
        # Due in the hour of the digest and over the week's budget: it becomes a part of the digest.
        turned = [row.id for row, urgency in going if urgency != row.urgency]
        if turned:
            await session.execute(update(_TABLE).where(_TABLE.c.id.in_(turned)).values(urgency=Urgency.DIGEST.value))
        return await parcels(session, [row for row, _ in going], turned)

    async def renew(self, ids: Iterable[int]) -> None:
        """Renew the claims that are still in hand."""
        async with self._database.writing() as session:
            await session.execute(
                update(_TABLE)
                .where(_TABLE.c.id.in_(list(ids)), _TABLE.c.claimed_by == self.name)
                .values(lease_until=self._clock.now() + self.lease)
            )

    async def release(self, ids: Iterable[int]) -> None:
        """Release claims that weren't begun, for the next worker."""
        async with self._database.writing() as session:
            await session.execute(
                update(_TABLE)
                .where(_TABLE.c.id.in_(list(ids)), _TABLE.c.claimed_by == self.name, _IS_CLAIMED)
                .values(
                    state=DeliveryState.PENDING.value,
                    claimed_by=None,
                    lease_until=None,
                    attempts=_TABLE.c.attempts - 1,
                    attempted_at=_TABLE.c.attempted_before,
                )
            )

    async def recover(self, *, own: bool = False) -> int:
        """Release claims whose lease has run out; with ``own``, all of this worker's, which has just started and has
        none in hand."""
        now = self._clock.now()
        lost = _TABLE.c.lease_until <= now
        # An old claim must not hold for hours because a clock was set back.
        lost |= _TABLE.c.lease_until > now + 2 * self.lease
        if own:
            lost |= _TABLE.c.claimed_by == self.name
        async with self._database.writing() as session:
            query = (
                update(_TABLE)
                .where(_IS_CLAIMED, lost)
                .values(state=DeliveryState.PENDING.value, claimed_by=None, lease_until=None, next_attempt_at=now)
                .returning(_TABLE.c.id)
            )
            return len((await session.execute(query)).all())


def _due_in(track: Track, lane: Lane, now: datetime, limit: int) -> Any:
    return (
        select(Delivery.id)
        .where(_PENDING, Delivery.track == track, Delivery.lane == int(lane), Delivery.next_attempt_at <= now)
        .order_by(Delivery.next_attempt_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


def _companions(rows: Iterable[Any], now: datetime) -> Any:
    """Other rows that are due for the same recipients and may go into the same message."""
    places = {(row.recipient_kind, row.recipient_id) for row in rows if can_be_bundled(row)}
    if not places:
        return None
    return (
        select(Delivery.id)
        .where(
            _PENDING,
            _PLACE.in_(sorted(places)),
            Delivery.settled_at.is_(None),
            Delivery.next_attempt_at <= now,
            Delivery.urgency != Urgency.URGENT,
        )
        .with_for_update(skip_locked=True)
    )


_PUT_BACK = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("row"))
    .values(
        state=DeliveryState.PENDING.value,
        claimed_by=None,
        lease_until=None,
        attempts=_TABLE.c.attempts - 1,
        attempted_at=None,
        next_attempt_at=bindparam("until"),
        urgency=bindparam("how"),
        due_at=bindparam("due"),
    )
)


def _back(row: Any, until: datetime, urgency: Urgency, due_at: datetime) -> dict[str, Any]:
    return {"row": row.id, "until": until, "how": urgency.value, "due": due_at}
