"""Answers about health, food and the like are deleted some days after the event."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.deliveries.outbox import enqueue
from bot.deliveries.schedule import instant
from bot.features import Service
from bot.features.audit.service import add_entry
from bot.features.events.models import KIND, Event, EventAnswer, EventQuestion, EventState
from bot.features.events.question_rules import KEPT_DAYS
from bot.features.organisations.each import for_each, moment_of
from bot.i18n import N_
from bot.kit.messages import JobKind
from bot.kit.moments import Moment

FORGET = JobKind("events:forget", N_("Deleting sensitive answers about events (automatic)"))
AT = time(4)


async def plan_next(session: AsyncSession, moment: Moment) -> None:
    """Plan the next night's look, in the caller's transaction. It looks for what there is to delete by itself, so that
    a moved event needs no other plan."""
    await enqueue(session, [FORGET.daily(AT, moment)], moment.now)


class ForgettingService(Service):
    async def plan_all(self) -> None:
        """See to it that every organisation with such a question has its next look planned."""

        async def plan(organisation_id: int, time_zone: str) -> None:
            some = (
                select(EventQuestion.id)
                .join(Event, Event.id == EventQuestion.event_id)
                .where(Event.organisation_id == organisation_id, EventQuestion.is_sensitive)
                .limit(1)
            )
            async with self.database.writing() as session:
                if await session.scalar(some) is not None:
                    await plan_next(session, Moment(organisation_id, time_zone, self.clock.now()))

        await for_each(self.database, "look at sensitive answers not planned", plan)

    async def look(self, organisation_id: int) -> None:
        """The job of each night: of events that ended seven days ago or earlier, or were cancelled then, delete the
        sensitive answers. The history says that it was done. Done twice, it is done once."""
        async with self.database.writing() as session:
            moment = await moment_of(session, organisation_id, self.clock.now())
            if moment is None:
                return
            await plan_next(session, moment)
            first_kept = datetime.combine(moment.today - timedelta(days=KEPT_DAYS - 1), time.min)
            before = instant(first_kept, moment.time_zone)
            called_off = and_(Event.state == EventState.CANCELLED, Event.changed_at < before)
            query = (
                select(EventAnswer.id, Event.id.label("event_id"), Event.lc_id)
                .join(EventQuestion, EventQuestion.id == EventAnswer.question_id)
                .join(Event, Event.id == EventQuestion.event_id)
                .where(
                    Event.organisation_id == organisation_id,
                    EventQuestion.is_sensitive,
                    or_(Event.ends_at < before, called_off),
                )
                .order_by(Event.id)
            )
            rows = await fetch(session, query)
            gone = delete(EventAnswer).where(EventAnswer.id.in_(query.with_only_columns(EventAnswer.id).order_by(None)))
            await session.execute(gone.execution_options(synchronize_session=False))
            for event_id, lc_id in dict.fromkeys((row.event_id, row.lc_id) for row in rows):
                subject = ("local_committee", lc_id) if lc_id is not None else (KIND, event_id)
                add_entry(
                    session,
                    at=moment.now,
                    organisation_id=organisation_id,
                    actor_discord_id=None,
                    origin=str(FORGET),
                    action="event.forget_answers",
                    subject_kind=subject[0],
                    subject_id=subject[1],
                )
