"""Writing down the outcomes of parcels, many at a time."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, update

from bot.clock import Clock
from bot.db import Database
from bot.deliveries import rules
from bot.deliveries.models import KEY_LENGTH, Action, Delivery, DeliveryState, RecipientKind
from bot.deliveries.notices import OWN_KINDS, Cause, trouble_notices
from bot.deliveries.outbox import enqueue
from bot.deliveries.values import Due, NewDelivery, Parcel, Permanent, Recipient, Sent, Transient

Outcome = Sent | Transient | Permanent
_TABLE: Any = Delivery.__table__


class Settling:
    """``name``: whose claims these are."""

    def __init__(self, database: Database, clock: Clock, name: str, chance: random.Random) -> None:
        self._database, self._clock, self._name, self._chance = database, clock, name, chance

    async def settle(self, outcomes: Sequence[tuple[Parcel, Outcome]]) -> None:
        """Mark them all in one transaction, except rows that another worker has claimed meanwhile."""
        if not outcomes:
            return
        now = self._clock.now()
        changes: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        news: list[NewDelivery] = []
        causes: set[Cause] = set()
        for parcel, outcome in outcomes:
            wait = self._wait(parcel.first, outcome)
            for row in parcel.rows:
                values = _values(row, outcome, now, wait)
                changes[tuple(values)].append({"row": row.id, "by": self._name} | _prefixed(values))
                if isinstance(outcome, Permanent) and row.fallback is not None:
                    news.append(_way_round(row, row.fallback, now))
                elif isinstance(outcome, Permanent | Transient) and _is_trouble(row, values["state"]):
                    causes.add(Cause(row.organisation_id, outcome.code, row.time_zone))
        async with self._database.writing() as session:
            for columns, rows in changes.items():
                await session.execute(_statement(columns), rows)
            await enqueue(session, [*news, *await trouble_notices(session, causes, now)], now)

    def _wait(self, row: Due, outcome: Outcome) -> timedelta:
        """The same for all rows of a parcel, so that they stay together."""
        if not isinstance(outcome, Transient):
            return timedelta(0)
        wait = rules.wait_after(row.attempts, self._chance)
        return max(wait, timedelta(seconds=outcome.retry_after or 0))


def _values(row: Due, outcome: Outcome, now: datetime, wait: timedelta) -> dict[str, Any]:
    over = {"claimed_by": None, "lease_until": None, "settled_at": now}
    if isinstance(outcome, Sent):
        if outcome.message_id is None:
            ended = DeliveryState.DONE if row.recipient.kind is RecipientKind.JOB else DeliveryState.NOT_NEEDED
            return {**over, "state": ended.value, "error_code": None}
        return {
            **over,
            "state": DeliveryState.SENT.value,
            "error_code": None,
            "channel_id": outcome.channel_id,
            "message_id": outcome.message_id,
        }
    if isinstance(outcome, Permanent):
        state = DeliveryState.UNREACHABLE if outcome.unreachable else DeliveryState.FAILED
        if row.action is Action.EDIT and row.fallback is not None:
            state = DeliveryState.NOT_NEEDED  # it is sent again: nothing is lost, so nobody has to look at it
        return {**over, "state": state.value, "error_code": outcome.code}
    again = now + wait
    if not outcome.may_have_arrived and rules.is_too_late(row.due_at, row.tolerance, again):
        return {**over, "state": DeliveryState.MISSED.value, "error_code": outcome.code}
    values = {
        "claimed_by": None,
        "lease_until": None,
        "state": DeliveryState.PENDING.value,
        "next_attempt_at": again,
        "error_code": outcome.code,
    }
    if not outcome.may_have_arrived:
        values["attempted_at"] = row.attempted_before
    return values


def _is_trouble(row: Due, state: str) -> bool:
    """Should officers hear of it?"""
    return state in (DeliveryState.FAILED, DeliveryState.MISSED) and not row.kind.startswith(OWN_KINDS)


def _way_round(row: Due, fallback: Recipient, now: datetime) -> NewDelivery:
    return NewDelivery(
        organisation_id=row.organisation_id,
        kind=row.kind,
        key=fallback_key(row.key),
        subject=row.subject,
        recipient=fallback,
        due_at=now,
        time_zone=row.time_zone,
        payload=row.payload,
        urgency=row.urgency,
        lane=row.lane,
        tolerance=row.tolerance,
    )


def fallback_key(key: str) -> str:
    """A key of its own for the fallback message. The tail of a long key becomes a digest, so that it stays unique."""
    ending = ":fallback"
    longest = KEY_LENGTH - len(ending)
    if len(key) > longest:
        digest = sha256(key.encode()).hexdigest()[:32]
        key = f"{key[: longest - len(digest) - 1]}:{digest}"
    return key + ending


def _prefixed(values: dict[str, Any]) -> dict[str, Any]:
    return {f"new_{name}": value for name, value in values.items()}


@cache
def _statement(columns: tuple[str, ...]) -> Any:
    return (
        update(_TABLE)
        .where(
            _TABLE.c.id == bindparam("row"),
            _TABLE.c.state == DeliveryState.CLAIMED.value,
            _TABLE.c.claimed_by == bindparam("by"),
        )
        .values({column: bindparam(f"new_{column}") for column in columns})
    )
