"""今週のまとめ: on Sunday evening each LC has one message with the coming week's events, to be passed on in LINE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Reader, fetch, insert_if_absent
from bot.deliveries.models import RecipientKind, Urgency
from bot.deliveries.outbox import cancel, enqueue
from bot.deliveries.schedule import instant
from bot.deliveries.values import Recipient
from bot.errors import NotAllowed, NotFound
from bot.features import Service
from bot.features.channels.rules import Places
from bot.features.channels.service import places
from bot.features.events.lines import posted_where
from bot.features.events.lists import EventLine, line_in
from bot.features.events.models import Audience, Event, WeekOff
from bot.features.events.queries import LIST
from bot.features.local_committees.models import LocalCommittee
from bot.features.local_committees.queries import UNKNOWN_LC, with_lc
from bot.features.organisations.each import for_each, moment_of, zone_of
from bot.features.people.actors import Actor
from bot.features.people.changes import change_by
from bot.features.people.rules import Right
from bot.i18n import N_
from bot.kit.messages import JobKind, MessageKind
from bot.kit.moments import Moment

#: It counts among what a thread or a channel hears gathered, and comes with what waits for the digest.
WEEK = MessageKind("events:week", N_("Weekly summary of events"), urgency=Urgency.DIGEST, is_budgeted=True)
SEND = JobKind("events:send_weeks", N_("Weekly summary of events (automatic)"))
#: Sunday, 18:00.
WEEKDAY, AT = 6, time(18)
#: Later than this the week is left out.
LATEST = timedelta(days=1)
NOT_THEIRS = N_("Only members of this LC see its week. All coming events are in the list.")


@dataclass(frozen=True, slots=True)
class Week:
    """The events from the Monday after ``day`` to the next Sunday: of the LC, of committees and the organisation, and
    online ones of other LCs. ``is_off``: it isn't sent; None for those who can't change that."""

    lc_id: int
    lc_ja: str
    lc_en: str
    day: date
    own: Sequence[EventLine]
    national: Sequence[EventLine]
    online: Sequence[EventLine]
    is_off: bool | None = None

    @property
    def count(self) -> int:
        return len(self.own) + len(self.national) + len(self.online)


class WeekService(Service):
    async def plan_all(self) -> None:
        """See to it that every organisation has its next Sunday planned."""

        async def plan(organisation_id: int, time_zone: str) -> None:
            async with self.database.writing() as session:
                await plan_next(session, Moment(organisation_id, time_zone, self.clock.now()))

        await for_each(self.database, "weekly summaries not planned", plan)

    async def send(self, organisation_id: int, day: date) -> None:
        """The job of a Sunday: a message for each LC for which there is something. Done twice, it is said once; more
        than a day late, it isn't said any more."""
        async with self.database.writing() as session:
            moment = await moment_of(session, organisation_id, self.clock.now())
            if moment is None:
                return
            await plan_next(session, moment)
            if _is_too_late(day, moment):
                return
            off = select(WeekOff.lc_id)
            here = (LocalCommittee.organisation_id == organisation_id, LocalCommittee.id.not_in(off))
            lc_ids = [row.id for row in await fetch(session, select(LocalCommittee.id).where(*here))]
            found = await places(session, organisation_id, lc_ids)
            where = {lc_id: to for lc_id in sorted(lc_ids) if (to := _told_at(found[lc_id])) is not None}
            rows = await _rows(session, organisation_id, moment.time_zone, day)
            due_at = instant(datetime.combine(day, AT), moment.time_zone)
            news = [
                WEEK.to(
                    to, moment, f"{lc_id}:{day}", {"lc": lc_id, "day": str(day)}, about=_about(lc_id), due_at=due_at
                )
                for lc_id, to in where.items()
                if any(_is_for(row, lc_id) for row in rows)
            ]
            await enqueue(session, news, moment.now)

    async def week(self, organisation_id: int, lc_id: int, day: date) -> Week | None:
        """What the message of a Sunday says when it goes out; None if the LC doesn't want it, or it comes too late."""
        now = self.clock.now()
        async with self.database.reading() as connection:
            moment = await moment_of(connection, organisation_id, now)
            if moment is None or await _is_off(connection, lc_id) or _is_too_late(day, moment):
                return None
            return await _week(connection, organisation_id, lc_id, day)

    async def own_week(self, actor: Actor, lc_id: int, day: date) -> Week:
        """The same for somebody of the LC, or who organises there. Raises NotAllowed; NotFound."""
        may_edit = actor.may(Right.ORGANISE, lc_id)
        if lc_id not in actor.lc_ids and not may_edit:
            raise NotAllowed(NOT_THEIRS, next_steps=[LIST])
        async with self.database.reading() as connection:
            is_off = await _is_off(connection, lc_id) if may_edit else None
            found = await _week(connection, actor.organisation.id, lc_id, day)
        if found is None:
            raise NotFound(UNKNOWN_LC, next_steps=[LIST])
        return Week(lc_id, found.lc_ja, found.lc_en, day, found.own, found.national, found.online, is_off)

    async def switch(self, actor: Actor, lc_id: int, *, on: bool) -> None:
        """Whether the LC gets it. Raises NotAllowed; NotFound."""
        async with change_by(self, actor, Right.ORGANISE, lc_id) as change:
            await change.lock(LocalCommittee, lc_id, UNKNOWN_LC)
            if on:
                gone = delete(WeekOff).where(WeekOff.lc_id == lc_id)
                await change.session.execute(gone.execution_options(synchronize_session=False))
            else:
                await insert_if_absent(change.session, WeekOff, lc_id=lc_id, since=change.now)
                await cancel(change.session, change.moment.organisation_id, _about(lc_id), change.now)
            change.note("event.week", "local_committee", lc_id)


async def plan_next(session: AsyncSession, moment: Moment) -> None:
    await enqueue(session, [SEND.weekly(WEEKDAY, AT, moment)], moment.now)


def _about(lc_id: int) -> str:
    return f"{WEEK}:{lc_id}"


def _is_too_late(day: date, moment: Moment) -> bool:
    return moment.now - instant(datetime.combine(day, AT), moment.time_zone) > LATEST


async def _is_off(reader: Reader, lc_id: int) -> bool:
    return bool(await fetch(reader, select(WeekOff.id).where(WeekOff.lc_id == lc_id)))


def _told_at(of: Places) -> Recipient | None:
    """Its officers' thread, where it is passed on from; else its channel, else that of its own server."""
    ref = f"lc:{of.lc_id}"
    spots = [spot for spot in of.spots if spot.absent_since is None]
    for spot in spots:
        if spot.officers_thread_id:
            return Recipient(RecipientKind.THREAD, spot.officers_thread_id, ref)
    for spot in spots:
        if spot.channel_id:
            return Recipient(RecipientKind.CHANNEL, spot.channel_id, ref)
    own = of.own
    if own is not None and own.announcements_channel_id and own.absent_since is None:
        return Recipient(RecipientKind.CHANNEL, own.announcements_channel_id, ref)
    return None


def window(day: date, time_zone: str) -> tuple[datetime, datetime]:
    """The instants of the Monday after a Sunday, and of the Monday after that."""
    monday = datetime.combine(day + timedelta(days=1), time())
    return instant(monday, time_zone), instant(monday + timedelta(days=7), time_zone)


async def _rows(reader: Reader, organisation_id: int, time_zone: str, day: date) -> Sequence[Any]:
    begins, ends = window(day, time_zone)
    return await posted_where(reader, organisation_id, Event.starts_at >= begins, Event.starts_at < ends)


def _is_for(row: Any, lc_id: int) -> bool:
    """Is an event of the week the LC's business?"""
    return row.lc_id in (None, lc_id) or (row.is_online and row.audience != Audience.LC)


async def _week(reader: Reader, organisation_id: int, lc_id: int, day: date) -> Week | None:
    """None: there is no such LC."""
    this = (LocalCommittee.id == lc_id, LocalCommittee.organisation_id == organisation_id)
    names = await fetch(reader, with_lc(select(LocalCommittee.id)).where(*this))
    if not names:
        return None
    rows = await _rows(reader, organisation_id, await zone_of(reader, organisation_id), day)
    own = [line_in(row) for row in rows if row.lc_id == lc_id]
    national = [line_in(row) for row in rows if row.lc_id is None]
    online = [line_in(row) for row in rows if row.lc_id not in (None, lc_id) and _is_for(row, lc_id)]
    return Week(lc_id, names[0].lc_ja, names[0].lc_en, day, own, national, online)
