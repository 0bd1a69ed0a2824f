"""A change that somebody makes: one transaction, one look at the clock, and its lines in the history."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Record
from bot.deliveries.outbox import enqueue
from bot.deliveries.values import NewDelivery
from bot.errors import NextStep, NotFound
from bot.features import Service
from bot.features.audit.service import add_entry
from bot.features.people import entitlements
from bot.features.people.actors import Actor
from bot.features.people.rules import Right
from bot.kit.moments import Moment

T = TypeVar("T", bound=Record)


@dataclass(slots=True)
class Change:
    """Helpers that join a change take it as their first argument, instead of a session, an actor and an instant."""

    session: AsyncSession
    actor: Actor
    moment: Moment

    @property
    def now(self) -> datetime:
        return self.moment.now

    async def lock(self, table: type[T], which: int | ColumnElement[bool], missing: str, *next_steps: NextStep) -> T:
        """A row of the actor's organisation, by its id or a condition: of two who change it, the second sees the first.

        Raises:
            NotFound: there is none; it says ``missing``.
        """
        this = table.id == which if isinstance(which, int) else which
        ours = table.__table__.c.organisation_id == self.moment.organisation_id
        row = await self.session.scalar(select(table).where(this, ours).with_for_update())
        if row is None:
            raise NotFound(missing, next_steps=next_steps)
        return row

    def note(
        self, action: str, subject_kind: str, subject_id: int, fields: Iterable[str] = (), via: str | None = None
    ) -> None:
        """A line in the history. ``fields`` are names; values never go in."""
        add_entry(
            self.session,
            at=self.now,
            organisation_id=self.moment.organisation_id,
            actor_discord_id=self.actor.caller.discord_user_id,
            origin=self.actor.caller.origin,
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            fields=fields,
            via=via,
        )

    async def send(self, *news: NewDelivery) -> None:
        """Have messages sent. A key that is known already changes nothing."""
        await enqueue(self.session, news, self.now)


@asynccontextmanager
async def change_by(
    service: Service,
    actor: Actor,
    right: Right | None = None,
    lc_id: int | None = None,
    committee: str | None = None,
    subject: tuple[str, int] | None = None,
    now: datetime | None = None,
) -> AsyncIterator[Change]:
    """Begin a change; it is committed at the end, and an error leaves nothing of it.

    The right is looked at twice. Before the transaction begins, by the terms with which the actor came: a refusal
    doesn't wait for SQLite's one writer, and nobody waits for it. And in the transaction, by the terms and grants that
    stand there on the day of the change: somebody may have ended one since. All other questions to the actor in
    the transaction (``actor.require``, ``actor.officer_of``) go by these, too.

    ``now``: the instant of the change, where what comes before it goes by it already.

    Raises:
        NotAllowed: the actor lacks the right.
    """
    about = (lc_id, committee, subject)
    if right is not None:
        actor.require(right, *about)
    moment = actor.moment(now or service.clock.now())
    async with service.database.writing() as session:
        await _look_again(session, actor, moment)
        if right is not None:
            actor.require(right, *about)
        yield Change(session, actor, moment)


async def _look_again(session: AsyncSession, actor: Actor, moment: Moment) -> None:
    """One statement; none for somebody who has nothing to lose: no post, grant, LC or membership that gives a right."""
    actor.today = moment.today
    if actor.has_rights:
        user_id = actor.caller.discord_user_id
        actor.holdings, actor.entitlements = await entitlements.read(session, moment.organisation_id, user_id)
