"""Series of events: how one begins, and its next occurrences, which are made ahead of time."""

from __future__ import annotations

import secrets
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.deliveries.outbox import enqueue
from bot.deliveries.schedule import local_time
from bot.errors import Invalid
from bot.features.committees.models import StandingCommittee
from bot.features.events import following, rules
from bot.features.events.charge import in_charge, new_charge, organiser_of
from bot.features.events.mirroring import mirror_soon
from bot.features.events.models import Event, EventPost, EventSeries, EventState
from bot.features.events.queries import local
from bot.features.events.question_rows import as_data, from_data, questions_of
from bot.features.events.repeats import Repeat, as_text, from_text, moved, occurrences
from bot.features.events.rules import When
from bot.features.people.changes import Change
from bot.features.signups import placing
from bot.features.signups.opening import open_by_itself
from bot.i18n import N_
from bot.kit.messages import JobKind
from bot.kit.moments import Moment

SERIES = JobKind("events:series", N_("Making the next events of a series (automatic)"))
AT = time(12)
#: How far ahead occurrences are made, and how many of them at most; the next one always is.
AHEAD, MOST_AHEAD = timedelta(days=60), 12
#: So long before it begins an occurrence is shown in its channel; the first at once.
POSTED_BEFORE = timedelta(days=7)
#: What an occurrence has from its series.
_COPIED = (
    "title_ja",
    "title_en",
    "text",
    "text_en",
    "language",
    "place",
    "link",
    "is_online",
    "audience",
    "limit",
    "cost",
    "alcohol",
)
_MINUTE = timedelta(minutes=1)
OTHER_DAY = N_("The start isn't one of the days on which it repeats. Please change the start, or how it repeats.")
SEVERAL_DAYS = N_(
    "It repeats on several days, so it isn't clear how the others move. Please end the series and create a new one."
)


def template_of(event: Event) -> dict[str, Any]:
    """What the next occurrences take from this one; ``closes``: minutes from the deadline to the start;
    ``place_rules``: as they are for the start ``place_rules_for``. Its questions stand beside it."""
    closes, starts = local(event.closes_local), local(event.starts_local)
    before = None if closes is None or starts is None else (starts - closes) // _MINUTE
    return {name: getattr(event, name) for name in _COPIED} | {
        "closes": before,
        "choices": event.choices,
        "place_rules": event.place_rules,
        "place_rules_for": event.starts_local,
    }


def length_of(when: When) -> dict[str, Any]:
    """The columns of a series for how long it takes."""
    minutes = None if when.ends is None else (when.ends - when.starts) // _MINUTE
    return {"minutes": minutes, "whole_days": when.whole_days}


def when_at(series: EventSeries, planned: datetime) -> When:
    """An occurrence as it is planned, on the wall clock."""
    ends = None if series.minutes is None else planned + timedelta(minutes=series.minutes)
    return When(planned, ends, series.whole_days)


def closes_at(series: EventSeries, planned: datetime) -> datetime | None:
    before = series.template["closes"]
    return None if before is None else planned - timedelta(minutes=before)


def place_rules_at(series: EventSeries, planned: datetime) -> dict[str, Any] | None:
    """With the times that they have for this start."""
    found, starts = series.template.get("place_rules"), local(series.template.get("place_rules_for"))
    if found is None or starts is None:
        return None
    return placing.as_json(placing.moved(placing.from_json(found, None), planned - starts))


def start_of(series: EventSeries) -> datetime:
    return datetime.fromisoformat(series.starts_local)


def moved_repeat(repeat: Repeat, was: date, now: date) -> Repeat:
    """Raises Invalid."""
    try:
        return moved(repeat, was, now)
    except ValueError:
        raise Invalid(SEVERAL_DAYS) from None


def moved_text(event: Event, when: When) -> str:
    """How a draft repeats once its start is another. Raises Invalid."""
    was = local(event.starts_local)
    return (
        event.repeat if was is None else as_text(moved_repeat(from_text(event.repeat), was.date(), when.starts.date()))
    )


async def begin(change: Change, event: Event, when: When) -> None:
    """A draft that repeats is posted: it is the first occurrence. Raises Invalid."""
    if not event.repeat:
        return
    first = next(occurrences(from_text(event.repeat), when.starts, event.time_zone, limit=1), None)
    if first != when.starts:
        raise Invalid(OTHER_DAY)
    assert event.starts_local is not None
    series = EventSeries(
        organisation_id=event.organisation_id,
        lc_id=event.lc_id,
        committee_id=event.committee_id,
        repeat=event.repeat,
        starts_local=event.starts_local,
        time_zone=event.time_zone,
        **length_of(when),
        template=template_of(event) | {"questions": as_data(await questions_of(change.session, event.id))},
        skipped=[],
        made_until=event.starts_local,
        channel_id=event.channel_id,
        made_by_id=event.made_by_id,
        made_at=change.now,
    )
    change.session.add(series)
    await change.session.flush()
    event.series_id, event.occurrence, event.repeat, event.is_changed = series.id, event.starts_local, "", False
    await make_ahead(change.session, series, change.moment)
    await plan_next(change.session, change.moment)


async def plan_next(session: AsyncSession, moment: Moment) -> None:
    """Plan the next day's look at series, in the caller's transaction."""
    await enqueue(session, [SERIES.daily(AT, moment)], moment.now)


async def make_ahead(session: AsyncSession, series: EventSeries, moment: Moment) -> None:
    """Make the occurrences that are missing; the series is locked. Those whose time has passed meanwhile stay away."""
    if series.ended_at is not None:
        return
    made_until = datetime.fromisoformat(series.made_until)
    here = local_time(moment.now, series.time_zone)
    coming = await _coming(session, series.id, moment.now)
    repeat, first, had = from_text(series.repeat), start_of(series), coming
    for planned in occurrences(repeat, first, series.time_zone, after=made_until, limit=10_000):
        if coming >= MOST_AHEAD or (coming and planned > here + AHEAD):
            break
        series.made_until = planned.isoformat(timespec="minutes")
        if planned > here and series.made_until not in series.skipped:
            await _make(session, series, planned, moment)
            coming += 1
    if coming > had:
        await mirror_soon(session, moment)


async def _coming(session: AsyncSession, series_id: int, now: datetime) -> int:
    query = select(func.count(Event.id)).where(
        Event.series_id == series_id, Event.state == EventState.POSTED, Event.starts_at > now
    )
    return await session.scalar(query) or 0


async def _make(session: AsyncSession, series: EventSeries, planned: datetime, moment: Moment) -> None:
    when = when_at(series, planned)
    event = Event(
        organisation_id=series.organisation_id,
        lc_id=series.lc_id,
        committee_id=series.committee_id,
        state=rules.EVENTS.first.value,
        uid=secrets.token_hex(16),
        time_zone=series.time_zone,
        channel_id=series.channel_id,
        **{name: series.template[name] for name in _COPIED},
        **await _look(session, series.id),
        **rules.time_columns(when, series.time_zone),
        closes_local=rules.column(closes_at(series, planned)),
        choices=series.template.get("choices", []),
        place_rules=place_rules_at(series, planned),
        series_id=series.id,
        occurrence=rules.column(planned),
        made_by_id=series.made_by_id,
        made_at=moment.now,
        changed_at=moment.now,
        posted_at=moment.now,
    )
    rules.POST.put(event)
    event.told = rules.told(event)
    session.add(event)
    await session.flush()
    session.add_all(from_data(event.id, series.template.get("questions", ())))
    for person_id in await _organisers_before(session, series, event, moment.today):
        session.add(new_charge(event, person_id, moment, person_id))
    await session.flush()
    key = select(StandingCommittee.key).where(
        StandingCommittee.id == series.committee_id, StandingCommittee.organisation_id == series.organisation_id
    )
    organiser_id = await organiser_of(session, event, moment.today)
    await open_by_itself(session, moment, following.new_signup(event, await session.scalar(key), organiser_id))
    await following.plan_reminder(session, event, when, moment)


async def _look(session: AsyncSession, series_id: int) -> dict[str, Any]:
    """How the date before it is shown."""
    columns = ("picture_id", "has_banner", "shows_names")
    query = select(*(Event.__table__.c[name] for name in columns)).where(Event.series_id == series_id)
    row = (await session.execute(query.order_by(Event.occurrence.desc()).limit(1))).one()
    return {name: getattr(row, name) for name in columns}


async def _organisers_before(session: AsyncSession, series: EventSeries, event: Event, today: date) -> list[int]:
    """The organisers of the occurrence before it. If that is long over, those who did until then."""
    before = select(Event.id, Event.ends_at, Event.time_zone).where(
        Event.series_id == series.id, Event.occurrence < event.occurrence
    )
    last = (await session.execute(before.order_by(Event.occurrence.desc()).limit(1))).one()
    return await in_charge(session, last.id, min(today, rules.in_charge_until(last.ends_at, last.time_zone)))


async def post_near(session: AsyncSession, series_id: int, moment: Moment) -> None:
    """Show in its channel what begins within a week and was never shown."""
    shown = select(EventPost.id).where(EventPost.event_id == Event.id).exists()
    query = (
        select(Event)
        .where(
            Event.series_id == series_id,
            Event.state == EventState.POSTED,
            Event.channel_id.is_not(None),
            Event.starts_at > moment.now,
            Event.starts_at <= moment.now + POSTED_BEFORE,
            ~shown,
        )
        .order_by(Event.id)
        .with_for_update()
    )
    for event in (await session.scalars(query)).all():
        assert event.channel_id is not None
        await following.post_in(session, moment, event, event.channel_id)


async def move(change: Change, series: EventSeries, event: Event, when: When) -> EventSeries:
    """From an occurrence on it is at another time: what comes is a series of its own, and the one before it ends.

    The n-th occurrence from there becomes the n-th of the new one, whatever became of it. Raises Invalid.
    """
    assert event.occurrence is not None
    was, zone = datetime.fromisoformat(event.occurrence), series.time_zone
    repeat = from_text(series.repeat)
    later = _from(repeat, start_of(series), was, zone, max([series.made_until, *series.skipped]))
    if repeat.times is not None:
        before = sum(1 for one in occurrences(repeat, start_of(series), zone, limit=repeat.times) if one < was)
        repeat = _with_times(repeat, repeat.times - before)
    repeat = moved_repeat(repeat, was.date(), when.starts.date())
    new_times = list(occurrences(repeat, when.starts, zone, limit=len(later)))
    if not new_times or new_times[0] != when.starts:
        raise Invalid(OTHER_DAY)
    column = {str(rules.column(old)): str(rules.column(new)) for old, new in zip(later, new_times, strict=False)}
    fresh = EventSeries(
        organisation_id=series.organisation_id,
        lc_id=series.lc_id,
        committee_id=series.committee_id,
        repeat=as_text(repeat),
        starts_local=str(rules.column(when.starts)),
        time_zone=zone,
        **length_of(when),
        template=series.template,
        skipped=[column[one] for one in series.skipped if one in column],
        made_until=max(column[one] for one in column if one <= series.made_until),
        channel_id=series.channel_id,
        ended_at=series.ended_at,
        made_by_id=series.made_by_id,
        made_at=change.now,
    )
    change.session.add(fresh)
    series.ended_at = series.ended_at or change.now
    await change.session.flush()
    query = select(Event).where(Event.series_id == series.id, Event.occurrence >= event.occurrence)
    for one in (await change.session.scalars(query.order_by(Event.id).with_for_update())).all():
        assert one.occurrence is not None
        if one.occurrence in column:
            one.series_id, one.occurrence = fresh.id, column[one.occurrence]
    await change.session.flush()
    return fresh


def _with_times(repeat: Repeat, times: int) -> Repeat:
    return Repeat(repeat.pattern, repeat.until, times, repeat.skips_holidays)


def _from(repeat: Repeat, first: datetime, since: datetime, zone: str, until: str) -> list[datetime]:
    """Its occurrences between two of them, which belong to it."""
    found = []
    for planned in occurrences(repeat, first, zone, after=since - _MINUTE, limit=10_000):
        if planned.isoformat(timespec="minutes") > until:
            break
        found.append(planned)
    return found
