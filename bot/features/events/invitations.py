"""Who was invited to an event and hasn't answered, when they are reminded of it, and the work that is planned for that.

An invitation is answered by "I can't come this time" or by signing up, whatever became of that since.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.deliveries.outbox import cancel, enqueue
from bot.deliveries.schedule import instant, local_time
from bot.features.events.invited import IS_OPEN, ITS_SIGNUP
from bot.features.events.models import Audience, Event, EventInvitation, EventState
from bot.features.events.queries import local
from bot.features.homes.facts import Query
from bot.features.local_committees.queries import with_lc
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, NOW
from bot.features.signups.models import SignUp
from bot.i18n import N_
from bot.kit.messages import JobKind, MessageKind
from bot.kit.moments import Moment

INVITED = MessageKind("events:invited", N_("Invitation to an event"), tolerance=timedelta(days=7), is_budgeted=True)
UNANSWERED = MessageKind(
    "events:unanswered", N_("Reminder of an invitation to an event"), is_budgeted=True, is_reminder=True
)
LOOK = JobKind("events:invitations", N_("Reminding people of invitations (automatic)"))
#: So long before sign-up closes those who haven't answered are reminded, where there is twice that time.
BEFORE = timedelta(days=3)
#: The least time from an invitation to its reminder, and from there until sign-up closes.
AFTER_INVITING, UNTIL_CLOSING = timedelta(hours=3), timedelta(hours=2)
#: Local hours between which people are reminded; of the day before, at the last of them.
DAY_FROM, DAY_UNTIL, LAST_HOUR = time(9), time(20), time(19)
#: Invitations that home shows.
SHOWN_AT_HOME = 5


def reminded_at(asked_at: datetime, closes_at: datetime, now: datetime, time_zone: str) -> datetime | None:
    """When somebody is reminded who hasn't answered: three days before sign-up closes, or halfway to it where that is
    later; by day, and not before ``now``. None: too little time is left."""
    wanted = max(asked_at + (closes_at - asked_at) / 2, closes_at - BEFORE, now)
    first, last = max(asked_at + AFTER_INVITING, now), closes_at - UNTIL_CLOSING
    return next((at for at in _by_day(wanted, time_zone) if first <= at <= last), None)


def _by_day(wanted: datetime, time_zone: str) -> Iterator[datetime]:
    """``wanted`` itself, or for one at night the next morning, else the evening before."""
    there = local_time(wanted, time_zone)
    if DAY_FROM <= there.time() < DAY_UNTIL:
        yield wanted
        return
    evening = there.date() if there.time() >= DAY_UNTIL else there.date() - timedelta(days=1)
    yield instant(datetime.combine(evening + timedelta(days=1), DAY_FROM), time_zone)
    yield instant(datetime.combine(evening, LAST_HOUR), time_zone)


def closes_at(event: Event) -> datetime:
    """When one can't sign up any more for a posted event."""
    assert event.starts_at is not None, "a posted event has a time"
    closes = local(event.closes_local)
    return event.starts_at if closes is None else min(event.starts_at, instant(closes, event.time_zone))


async def unreminded(session: AsyncSession, event_id: int) -> Sequence[Any]:
    """Those who haven't answered and weren't reminded. ``asked_at``: since when they can answer, as people can't sign
    up before a sign-up opens."""
    opens = func.coalesce(SignUp.opens_at, EventInvitation.invited_at)
    asked_at = case((opens > EventInvitation.invited_at, opens), else_=EventInvitation.invited_at).label("asked_at")
    query = (
        select(EventInvitation.id, EventInvitation.person_id, asked_at)
        .join(SignUp, ITS_SIGNUP)
        .where(EventInvitation.event_id == event_id, IS_OPEN, EventInvitation.reminded_at.is_(None))
    )
    return await fetch(session, query.order_by(EventInvitation.id))


async def plan_look(session: AsyncSession, event: Event, moment: Moment) -> None:
    """Plan the next reminder for the present times of the event, in place of an earlier plan. The event is locked."""
    about = f"event:{event.id}:invitations"
    await cancel(session, moment.organisation_id, about, moment.now)
    closes = closes_at(event)
    found = [
        reminded_at(one.asked_at, closes, moment.now, moment.time_zone) for one in await unreminded(session, event.id)
    ]
    times = [at for at in found if at is not None]
    if times:
        event.looks += 1
        job = LOOK.at(min(times), moment, event.id, {"event": event.id}, about=about, generation=event.looks)
        await enqueue(session, [job], moment.now)


_OPEN_FOR_ME = (
    with_lc(
        select(
            Event.id,
            Event.title_ja.label("ja"),
            Event.title_en.label("en"),
            Event.starts_local.label("local"),
        )
        .join(EventInvitation, EventInvitation.event_id == Event.id)
        .join(SignUp, ITS_SIGNUP),
        Event.lc_id,
        outer=True,
    )
    .where(
        Event.organisation_id == ASKER.organisation_id,
        EventInvitation.person_id == ASKER.person_id,
        IS_OPEN,
        Event.state == EventState.POSTED.value,
        or_(Event.audience != Audience.LC.value, Event.lc_id.in_(ASKER.lc_ids)),
        Event.starts_at > NOW,
        or_(SignUp.closes_at.is_(None), SignUp.closes_at > NOW),
    )
    .order_by(Event.starts_at, Event.id)
    .limit(SHOWN_AT_HOME)
)


def invited(actor: Actor) -> Query | None:
    """For home: events to which the actor is invited, and that they haven't answered."""
    return None if actor.person_id is None else _OPEN_FOR_ME
