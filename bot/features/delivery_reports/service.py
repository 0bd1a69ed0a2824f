from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from bot.clock import local_date
from bot.db import fetch
from bot.deliveries import rules
from bot.deliveries.models import TROUBLED, Delivery, DeliveryState, Urgency
from bot.deliveries.notices import OWN_KINDS, note_dealt_with
from bot.deliveries.outbox import ENQUEUED
from bot.errors import Conflict
from bot.features import Service
from bot.features.homes.facts import Query
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, NOW, Given, earlier
from bot.features.people.changes import Change, change_by
from bot.features.people.rules import Right
from bot.i18n import N_

#: Troubles older than this are no longer shown.
SHOWN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Deliveries of one kind that ended for the same cause. ``channels``: some of the places, at most five; persons
    are counted, never named."""

    kind: str
    code: str
    count: int
    latest: datetime
    channels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """``late``: overdue. ``next_due``: the next time among the others."""

    pending: int
    late: int
    next_due: datetime | None


@dataclass(frozen=True, slots=True)
class Outage:
    """The outcome of deliveries that were due in an outage."""

    missed: int
    late: int
    waiting: int


class DeliveryService(Service):
    async def troubles(self, actor: Actor) -> list[Trouble]:
        """Deliveries that did not arrive in the last 30 days, by cause, the latest first.

        Raises:
            NotAllowed: the actor is no national officer in office.
        """
        actor.require(Right.SEE_DELIVERIES)
        now = self.clock.now()
        query = (
            select(
                Delivery.kind,
                Delivery.error_code,
                func.count().label("n"),
                func.max(Delivery.settled_at).label("latest"),
            )
            .where(*_troubled(actor.organisation.id, now))
            .group_by(Delivery.kind, Delivery.error_code)
            .order_by(func.max(Delivery.settled_at).desc())
        )
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
            places = await fetch(
                connection,
                select(Delivery.kind, Delivery.error_code, Delivery.recipient_id)
                .where(*_troubled(actor.organisation.id, now), Delivery.recipient_kind.in_(["channel", "thread"]))
                .distinct(),
            )
        return [
            Trouble(
                kind=row.kind,
                code=row.error_code or "",
                count=row.n,
                latest=row.latest,
                channels=tuple(
                    place.recipient_id
                    for place in places
                    if (place.kind, place.error_code) == (row.kind, row.error_code)
                )[:5],
            )
            for row in rows
        ]

    async def waiting(self, actor: Actor) -> Waiting:
        """Deliveries that still have to go out. Raises NotAllowed as ``troubles`` does."""
        actor.require(Right.SEE_DELIVERIES)
        now = self.clock.now()
        query = select(
            func.count().label("pending"),
            func.count().filter(Delivery.due_at <= now).label("late"),
            func.min(Delivery.due_at).filter(Delivery.due_at > now).label("next_due"),
        ).where(
            Delivery.organisation_id == actor.organisation.id,
            Delivery.state.in_([DeliveryState.PENDING, DeliveryState.CLAIMED]),
            Delivery.recipient_kind != "job",
        )
        async with self.database.reading() as connection:
            row = (await fetch(connection, query))[0]
        return Waiting(row.pending, row.late, row.next_due)

    async def retry(self, actor: Actor, kind: str, code: str) -> int:
        """Send everything that failed for a cause again, from now on; return how many.

        Raises:
            NotAllowed: the actor is no national officer in office.
            Conflict: somebody else has dealt with all of them.
        """
        async with change_by(self, actor, Right.SEE_DELIVERIES) as change:
            query = (
                select(Delivery.id, Delivery.time_zone, Delivery.urgency)
                .where(*_troubled(actor.organisation.id, change.now), *_of_cause(kind, code))
                .with_for_update()
            )
            rows = await fetch(change.session, query)
            for row in rows:
                due = rules.earliest(change.now, row.time_zone, Urgency(row.urgency))
                again = {
                    "state": DeliveryState.PENDING.value,
                    "settled_at": None,
                    "due_at": due,
                    "next_attempt_at": due,
                    "attempts": 0,
                    # It certainly did not arrive, else it would not be listed.
                    "attempted_at": None,
                    "attempted_before": None,
                    "bundle_id": None,
                    "error_code": None,
                }
                await change.session.execute(update(Delivery).where(Delivery.id == row.id).values(**again))
            change.session.info[ENQUEUED] = True
            await note_dealt_with(change.session, actor.organisation.id, code, change.now)
            self._note(change, "delivery.retry", len(rows))
        return len(rows)

    async def put_aside(self, actor: Actor, kind: str, code: str) -> int:
        """Dismiss everything that failed for a cause; return how many. Raises as ``retry`` does."""
        async with change_by(self, actor, Right.SEE_DELIVERIES) as change:
            query = (
                update(Delivery)
                .where(*_troubled(actor.organisation.id, change.now), *_of_cause(kind, code))
                .values(state=DeliveryState.WITHDRAWN.value)
                .returning(Delivery.id)
                .execution_options(synchronize_session=False)
            )
            count = len((await change.session.scalars(query)).all())
            await note_dealt_with(change.session, actor.organisation.id, code, change.now)
            self._note(change, "delivery.put_aside", count)
        return count

    async def trouble_count(self, organisation_id: int, code: str, day: str, time_zone: str) -> int:
        """How many deliveries ended for a cause on a local day (``2026-11-21``)."""
        now = self.clock.now()
        query = select(Delivery.settled_at).where(
            Delivery.organisation_id == organisation_id,
            Delivery.state.in_(TROUBLED),
            Delivery.settled_at > now - timedelta(days=2),
            Delivery.error_code == code,
        )
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        return sum(local_date(row.settled_at, time_zone).isoformat() == day for row in rows)

    async def open_troubles(self, organisation_id: int) -> int:
        """How many deliveries wait for an officer's look."""
        query = select(func.count()).where(*_troubled(organisation_id, self.clock.now()))
        async with self.database.reading() as connection:
            return await connection.scalar(query) or 0

    async def outage(self, organisation_id: int, since: datetime, until: datetime) -> Outage:
        """The outcome of deliveries that were due between two instants."""
        query = (
            select(Delivery.state, func.count().label("n"))
            .where(
                Delivery.organisation_id == organisation_id,
                Delivery.due_at > since,
                Delivery.due_at <= until,
                Delivery.recipient_kind != "job",
                ~Delivery.kind.startswith(OWN_KINDS),  # its own late notices are no news
                (Delivery.state != DeliveryState.SENT) | (Delivery.settled_at > until),
            )
            .group_by(Delivery.state)
        )
        async with self.database.reading() as connection:
            found = {row.state: row.n for row in await fetch(connection, query)}
        waiting = found.get(DeliveryState.PENDING, 0) + found.get(DeliveryState.CLAIMED, 0)
        return Outage(found.get(DeliveryState.MISSED, 0), found.get(DeliveryState.SENT, 0), waiting)

    def _note(self, change: Change, action: str, count: int) -> None:
        if not count:
            raise Conflict(N_("Another officer has already dealt with this. Please open the page again."))
        change.note(action, "organisation", change.moment.organisation_id, ("state",))


def _troubled(organisation_id: Given[int], now: Given[datetime]) -> tuple[Any, ...]:
    return (
        Delivery.organisation_id == organisation_id,
        Delivery.state.in_(TROUBLED),
        Delivery.settled_at > earlier(now, SHOWN),
    )


_IN_TROUBLE = select(func.count().label("n")).where(*_troubled(ASKER.organisation_id, NOW))


def deliveries_in_trouble(actor: Actor) -> Query | None:
    """For home: ``n`` deliveries didn't arrive, and no officer has looked after them."""
    return _IN_TROUBLE if actor.may(Right.SEE_DELIVERIES) else None


def _of_cause(kind: str, code: str) -> tuple[Any, ...]:
    return Delivery.kind == kind, Delivery.error_code == code
