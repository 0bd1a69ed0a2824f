"""Asking, reminding, answering, closing: helpers that join somebody else's transaction.

The outbox is the table of reminders: each is a row of it from the start, due on its day, and an answer takes it back in
the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import insert_if_absent
from bot.deliveries.models import RecipientKind
from bot.deliveries.outbox import cancel, enqueue
from bot.deliveries.values import NewDelivery, Recipient
from bot.errors import Conflict
from bot.features.asks.models import Ask
from bot.features.people.changes import Change
from bot.kit.messages import MessageKind
from bot.kit.moments import Moment

A = TypeVar("A", bound=Ask)


def question(
    kind: MessageKind,
    discord_user_id: int,
    moment: Moment,
    part: object,
    payload: Mapping[str, Any],
    *,
    about: str,
    reminded_after: Iterable[int],
    since: datetime | None = None,
) -> list[NewDelivery]:
    """The question to a person and its reminders, so many days after it, numbered from 0 in key and payload.

    Only for somebody who chose direct messages (``members.reaching``); others see it in their home. ``since``: when it
    went out, or was to; None: now. ``about``: the subject by which an answer takes them back.
    """
    return [
        kind.to(
            Recipient(RecipientKind.PERSON, discord_user_id),
            moment,
            f"{part}:{number}",
            {**payload, "number": number},
            about=about,
            due_at=max(moment.now, (since or moment.now) + timedelta(days=days)),
            is_reminder=kind.is_reminder or number > 0,
        )
        for number, days in enumerate((0, *reminded_after))
    ]


async def ask(
    session: AsyncSession, moment: Moment, table: type[Ask], news: Iterable[NewDelivery], **values: Any
) -> bool:
    """Ask somebody, and plan what they hear of it. False, and they hear nothing, if they were asked this already."""
    made = await insert_if_absent(session, table, organisation_id=moment.organisation_id, **values)
    if made is not None:
        await enqueue(session, news, moment.now)
    return made is not None


async def waiting(change: Change, table: type[A], *which: ColumnElement[bool], missing: str) -> Sequence[A]:
    """The questions that wait, locked: of two who answer, the second sees the first.

    Raises:
        Conflict: none of them waits (any more); it says ``missing``.
    """
    query = select(table).where(table.open_on(change.moment.today), *which).order_by(table.id).with_for_update()
    found = (await change.session.scalars(query)).all()
    if not found:
        raise Conflict(missing)
    return found


async def answered(change: Change, row: Ask, about: str, *unless: ColumnElement[bool]) -> None:
    """Note that a question, which has to be locked, has its answer, and take back the reminders ``about`` it, unless
    they are about another one too that still waits."""
    row.answered_at = change.now
    await change.session.flush()
    if not unless or not await change.session.scalar(select(or_(*unless))):
        await cancel(change.session, change.moment.organisation_id, about, change.now)


async def close(session: AsyncSession, table: type[Ask], at: datetime, *which: ColumnElement[bool]) -> None:
    """Wait for no answer any more; those given stay. A reminder that is due later finds nothing to say."""
    query = update(table).where(table.closed_at.is_(None), *which).values(closed_at=at)
    await session.execute(query.execution_options(synchronize_session=False))
