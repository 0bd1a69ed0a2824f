from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.deliveries.models import Action, Delivery, DeliveryState, RecipientKind
from bot.deliveries.outbox import enqueue
from bot.deliveries.values import NewDelivery, Recipient, Transient
from bot.features import Service
from bot.features.organisations.each import for_each, moment_of
from bot.i18n import N_
from bot.kit.messages import JobKind, MessageKind
from bot.kit.moments import Moment

JOB_KIND = JobKind("briefs:make", N_("Preparing the morning brief (automatic)"))
#: A late one is still useful until the evening.
MESSAGE_KIND = MessageKind("briefs:message", N_("Morning brief"), tolerance=timedelta(hours=12))
AT = time(8)
MONDAY = 0
#: If an earlier brief is tried again this soon, wait for it: only then is it known which message to replace.
SOON = timedelta(minutes=1)


class BriefService(Service):
    async def plan_all(self) -> None:
        """See to it that every organisation has its next brief planned."""

        async def plan(organisation_id: int, time_zone: str) -> None:
            async with self.database.writing() as session:
                await plan_next(session, Moment(organisation_id, time_zone, self.clock.now()))

        await for_each(self.database, "brief not planned", plan)

    async def make(self, organisation_id: int, day: date) -> None:
        """Have the brief of a day delivered: on Mondays, or where there is none yet, as a new message in the place of
        the old one, else by editing that. Done twice, it comes out the same.

        Raises: Transient (an earlier brief is on its way; nothing is changed).
        """
        now = self.clock.now()
        async with self.database.writing() as session:
            moment = await moment_of(session, organisation_id, now)
            if moment is None:
                return
            await plan_next(session, moment)
            day = max(day, moment.today)  # after an outage, today's: one of a day past says nothing new
            key = _key(organisation_id, day)
            if await _is_on_its_way(session, organisation_id, key, now):
                raise Transient("earlier_on_its_way", may_have_arrived=False)
            last = await _last_message(session, organisation_id, before=key)
            new = MESSAGE_KIND.to(
                Recipient(RecipientKind.OFFICERS, organisation_id),
                moment,
                f"{organisation_id}:{day.isoformat()}",
                {"day": day.isoformat()},
                about=f"brief:{organisation_id}",
            )
            if last is None:
                await enqueue(session, [new], now)
                return
            channel_id, message_id = last
            of_old = {"channel_id": channel_id, "message_id": message_id}
            if day.weekday() == MONDAY:
                await enqueue(session, [new, _changed(new, Action.DELETE, **of_old)], now)
            else:
                # Somebody may have deleted it by hand: then it is posted again.
                await enqueue(session, [replace(_changed(new, Action.EDIT, **of_old), fallback=new.recipient)], now)


async def plan_next(session: AsyncSession, moment: Moment) -> None:
    """Plans the next morning's brief, in the caller's transaction."""
    await enqueue(session, [JOB_KIND.daily(AT, moment)], moment.now)


def _key(organisation_id: int, day: date) -> str:
    return f"{MESSAGE_KIND}:{organisation_id}:{day.isoformat()}"


def _key_of(key: str, action: Action) -> str:
    """The key of what the brief of ``key`` does to the earlier message."""
    return f"{key}:{action.value}"


def _changed(new: NewDelivery, action: Action, channel_id: int, message_id: int) -> NewDelivery:
    return replace(new, key=_key_of(new.key, action), action=action, channel_id=channel_id, message_id=message_id)


async def _is_on_its_way(session: AsyncSession, organisation_id: int, key: str, now: datetime) -> bool:
    """Is a brief of another day being sent just now? A kill between Discord and the database leaves one like that."""
    query = select(
        exists().where(
            Delivery.organisation_id == organisation_id,
            Delivery.subject == f"brief:{organisation_id}",
            Delivery.kind == MESSAGE_KIND,
            Delivery.state.in_([DeliveryState.PENDING, DeliveryState.CLAIMED]),
            Delivery.next_attempt_at <= now + SOON,
            Delivery.key.not_in([key, *(_key_of(key, action) for action in (Action.EDIT, Action.DELETE))]),
        )
    )
    return bool(await session.scalar(query))


async def _last_message(session: AsyncSession, organisation_id: int, before: str) -> tuple[int, int] | None:
    """Where the brief stands that was posted last, before the day of the key ``before``; None if it was taken away, as
    on a Monday with nothing to say."""
    gone = aliased(Delivery)
    is_gone = exists().where(
        gone.organisation_id == organisation_id,
        gone.subject == Delivery.subject,
        gone.action == Action.DELETE,
        gone.message_id == Delivery.message_id,
    )
    query = (
        select(Delivery.channel_id, Delivery.message_id, is_gone.label("is_gone"))
        .where(
            Delivery.organisation_id == organisation_id,
            Delivery.subject == f"brief:{organisation_id}",
            Delivery.kind == MESSAGE_KIND,
            Delivery.action == Action.POST,
            Delivery.state == DeliveryState.SENT,
            Delivery.key != before,
        )
        .order_by(Delivery.id.desc())
        .limit(1)
    )
    row = (await session.execute(query)).one_or_none()
    return (row.channel_id, row.message_id) if row and not row.is_gone else None
