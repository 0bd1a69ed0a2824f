"""What people do with a series of events, and the daily look that makes its next ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Unpack

import structlog
from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Reader, fetch
from bot.deliveries.schedule import local_time
from bot.errors import Conflict, Invalid, NotFound
from bot.features import Service
from bot.features.events import following, rules, series
from bot.features.events.changing import Settable, call_off, locked, set_parts
from bot.features.events.models import Audience, Event, EventAnswer, EventQuestion, EventSeries, EventState
from bot.features.events.queries import GONE, LIST, EventCard, card_to_organise, local, when_in
from bot.features.events.question_rows import as_data, from_data, questions_of
from bot.features.events.repeat_reading import NEVER, read_repeat
from bot.features.events.repeats import Repeat, as_text, from_text, occurrences
from bot.features.events.rules import When
from bot.features.events.steps import edit_step, show_step
from bot.features.organisations.each import for_each, moment_of
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Person
from bot.i18n import N_
from bot.kit.moments import Moment
from bot.times import Day, Span

log = structlog.get_logger("tsunagu.events")

#: Dates that the page of a series shows.
SHOWN = 12
NO_SERIES = N_("This event doesn't repeat.")
ENDED = N_("This series has ended already. Nothing was changed.")
NOT_ITS_DATE = N_("It doesn't take place on that date any more. Please choose another one.")


@dataclass(frozen=True, slots=True)
class Planned:
    """A date of a series. ``event_id``: None while no event is made of it, or it is skipped. ``starts``: when that
    event begins, which may have been moved."""

    planned: datetime
    event_id: int | None
    starts: datetime
    is_off: bool


@dataclass(frozen=True, slots=True)
class SeriesCard:
    """A series, seen from one of its events. ``repeat``: also where it has ended."""

    event: EventCard
    repeat: Repeat
    time_zone: str
    is_ended: bool
    dates: Sequence[Planned]


class RepeatingService(Service):
    async def repeat(self, actor: Actor, event_id: int, version: int, text: str, *, skips_holidays: bool) -> None:
        """How a draft repeats, as people say it; "": it doesn't. Its start moves to the first time.

        Raises:
            NotFound; NotAllowed; Invalid.
            Conflict: it is posted, or was changed since ``version``.
        """
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            rules.check_version(event.version, version)
            rules.POST.require(event.state, show_step(event_id))
            if text.strip():
                repeat, when = read_for(
                    text, when_in(event), change.now, event.time_zone, skips_holidays=skips_holidays
                )
                values = {"repeat": as_text(repeat), **rules.time_columns(when, event.time_zone), "pasted": ""}
            else:
                values = {"repeat": ""}
            if changed := event.take(values):
                event.version += 1
                following.note(change, event, "event.repeat", changed)

    async def series(self, actor: Actor, event_id: int) -> SeriesCard:
        """Raises NotFound: it doesn't repeat. Raises NotAllowed."""
        now = self.clock.now()
        async with self.database.reading() as connection:
            card = await card_to_organise(connection, actor, event_id, now)
            rows = await fetch(connection, select(*EventSeries.__table__.c).where(EventSeries.id == card.series_id))
            if not rows:
                raise NotFound(NO_SERIES, next_steps=[show_step(event_id)])
            dates = await _dates(connection, rows[0], now)
        return SeriesCard(card, from_text(rows[0].repeat), rows[0].time_zone, rows[0].ended_at is not None, dates)

    async def edit_later(self, actor: Actor, event_id: int, version: int, **values: Unpack[Settable]) -> None:
        """Change this one and all later ones; those that somebody changed alone stay as they are. People hear of it as
        of the change of one event.

        Raises:
            NotFound; NotAllowed; Invalid.
            Conflict: it was changed since ``version``, or cancelled.
        """
        async with change_by(self, actor) as change:
            row, event = await _locked(change, event_id)
            rules.check_version(event.version, version)
            rules.CANCEL.require(event.state)
            when = values.pop("when", None)
            await set_parts(change, event, values if when is None else {**values, "when": when})
            row.template = {**row.template, **series.template_of(event)}
            planned = local(event.occurrence)
            if when is not None and when != series.when_at(row, planned or when.starts):
                if when.starts != planned:
                    row = await series.move(change, row, event, when)
                for name, value in series.length_of(when).items():
                    setattr(row, name, value)
            # A time of its own that nobody has just chosen for all stays its own.
            now_planned = local(event.occurrence)
            event.is_changed = now_planned is not None and rules.own_when(event) != series.when_at(row, now_planned)
            copied: Any = {name: row.template[name] for name in values if name in row.template and name != "closes"}
            for one in await _untouched(change, row, event):
                await set_parts(change, one, _as_planned(row, one, copied))
            await series.make_ahead(change.session, row, change.moment)
            following.note(change, event, "event.later", sorted(values))

    async def ask_later(self, actor: Actor, event_id: int) -> int:
        """Ask at the later ones, too, what this one asks. One at which somebody has answered keeps its own questions,
        as does one that was called off. Returns at how many that are made already it is asked now.

        Raises:
            NotFound; NotAllowed.
            Conflict: the series has ended.
        """
        async with change_by(self, actor) as change:
            row, event = await _locked(change, event_id)
            if row.ended_at is not None:
                raise Conflict(ENDED, next_steps=[show_step(event_id)])
            asked = as_data(await questions_of(change.session, event_id))
            row.template = {**row.template, "questions": asked}
            later = await _unanswered(change, row, event)
            gone = delete(EventQuestion).where(EventQuestion.event_id.in_(later))
            await change.session.execute(gone.execution_options(synchronize_session=False))
            for one in later:
                change.session.add_all(from_data(one, asked))
            following.note(change, event, "event.questions", ["later"])
            return len(later)

    async def skip(self, actor: Actor, event_id: int, planned: datetime, reason: str) -> None:
        """Leave one date out. If an event was made of it, that is cancelled, and its people read the reason.

        Raises:
            NotFound: it is none of its dates; NotAllowed; Invalid.
            Conflict: the series has ended, or the event was cancelled already.
        """
        reason = rules.checked_reason(reason)
        async with change_by(self, actor) as change:
            row, event = await _locked(change, event_id)
            if row.ended_at is not None:
                raise Conflict(ENDED, next_steps=[show_step(event_id)])
            if planned not in _coming_dates(row, change.now):
                raise NotFound(NOT_ITS_DATE, next_steps=[show_step(event_id)])
            which = (Event.series_id == row.id) & (Event.occurrence == rules.column(planned))
            made = await change.session.scalar(select(Event).where(which).with_for_update())
            if made is not None:
                await call_off(change, made, reason)
            elif (text := str(rules.column(planned))) not in row.skipped:
                row.skipped = [*row.skipped, text]
            await series.make_ahead(change.session, row, change.moment)
            following.note(change, event, "event.skip")

    async def end(self, actor: Actor, event_id: int, reason: str | None = None) -> None:
        """No more are made. With a reason, those that are made and haven't begun are cancelled; else they stay.

        Raises:
            NotFound; NotAllowed; Invalid.
            Conflict: it has ended already.
        """
        reason = None if reason is None else rules.checked_reason(reason)
        async with change_by(self, actor) as change:
            row, event = await _locked(change, event_id)
            if row.ended_at is not None:
                raise Conflict(ENDED, next_steps=[show_step(event_id)])
            row.ended_at = change.now
            if reason is not None:
                coming = (Event.series_id == row.id, Event.state == EventState.POSTED, Event.starts_at > change.now)
                query = select(Event).where(*coming).order_by(Event.id).with_for_update()
                for one in (await change.session.scalars(query)).all():
                    await call_off(change, one, reason)
            following.note(change, event, "event.end_series")

    async def plan_all(self) -> None:
        """See to it that every organisation with a series has its next look planned."""

        async def plan(organisation_id: int, time_zone: str) -> None:
            async with self.database.writing() as session:
                some = select(EventSeries.id).where(EventSeries.organisation_id == organisation_id).limit(1)
                if await session.scalar(some) is not None:
                    await series.plan_next(session, Moment(organisation_id, time_zone, self.clock.now()))

        await for_each(self.database, "look at series of events not planned", plan)

    async def look(self, organisation_id: int) -> None:
        """The daily job: make what is missing, and show what begins within a week. Done twice, it is done once."""
        now = self.clock.now()
        async with self.database.writing() as session:
            moment = await moment_of(session, organisation_id, now)
            if moment is None:
                return
            await series.plan_next(session, moment)
            comes = select(Event.id).where(
                Event.series_id == EventSeries.id, Event.state == EventState.POSTED, Event.starts_at > now
            )
            which = (
                EventSeries.organisation_id == organisation_id,
                or_(EventSeries.ended_at.is_(None), comes.exists()),
            )
            found = (await session.scalars(select(EventSeries.id).where(*which).order_by(EventSeries.id))).all()
        for series_id in found:
            try:
                await self._look_at(series_id, moment)
            except Exception:  # the others don't wait for it; tomorrow it is tried again
                log.exception("series not looked at", series=series_id)

    async def _look_at(self, series_id: int, moment: Moment) -> None:
        async with self.database.writing() as session:
            await _hold_people(session, series_id)
            row = await session.scalar(select(EventSeries).where(EventSeries.id == series_id).with_for_update())
            if row is not None:
                await series.make_ahead(session, row, moment)
                await session.flush()
                await series.post_near(session, series_id, moment)


def read_for(
    text: str, when: When | None, now: datetime, time_zone: str, *, skips_holidays: bool
) -> tuple[Repeat, When]:
    """How something repeats, seen from its start, and its first time. Where the text says nothing, it stays as it was.

    Raises Invalid.
    """
    try:
        found = read_repeat(text if when is None else f"{when.starts:%Y-%m-%d}から {text}", now, time_zone)
    except Invalid:
        if when is None:
            raise
        found = read_repeat(text, now, time_zone)  # it says itself from when on
    repeat = replace(found.repeat, skips_holidays=found.repeat.skips_holidays or skips_holidays)
    first = found.first
    if isinstance(first, Day):
        if when is None:
            raise Invalid(rules.NO_HOUR, day=first.day)
        starts, length = datetime.combine(first.day, when.starts.time()), _length(when)
        is_whole = when.whole_days
    elif isinstance(first, Span):
        starts, length, is_whole = first.start.local, first.end.local - first.start.local, False
    else:
        starts, is_whole = first.local, False
        length = _length(when) if when is not None and not when.whole_days else None
    begins = next(occurrences(repeat, starts, time_zone, limit=1), None)
    if begins is None:
        raise Invalid(NEVER)
    return repeat, When(begins, None if length is None else begins + length, is_whole)


def _length(when: When) -> timedelta | None:
    return None if when.ends is None else when.ends - when.starts


async def _hold_people(session: AsyncSession, series_id: int | None, *others: int) -> None:
    """Before the rows that name them: a deletion begins with the person."""
    maker = select(EventSeries.made_by_id).where(EventSeries.id == series_id).scalar_subquery()
    people = select(Person.id).where(Person.id.in_(others) | (Person.id == maker))
    await session.execute(people.order_by(Person.id).with_for_update(read=True, key_share=True))


async def _locked(change: Change, event_id: int) -> tuple[EventSeries, Event]:
    """The series of an event before its events, so that two who change several of them don't wait for each other.

    Raises NotFound; NotAllowed; Conflict: somebody has just moved it.
    """
    here = (Event.id == event_id, Event.organisation_id == change.moment.organisation_id)
    found = (await change.session.execute(select(Event.series_id, Event.made_by_id).where(*here))).first()
    if found is None:
        raise NotFound(GONE, next_steps=[LIST])
    await _hold_people(change.session, found.series_id, change.actor.person_id or 0, found.made_by_id or 0)
    if found.series_id is None:
        await locked(change, event_id)
        raise NotFound(NO_SERIES, next_steps=[edit_step(event_id)])
    row = await change.lock(EventSeries, found.series_id, NO_SERIES, LIST)
    event = await locked(change, event_id)
    if event.series_id != row.id:
        raise Conflict(rules.OLD, next_steps=[show_step(event_id)])
    return row, event


async def _untouched(change: Change, row: EventSeries, event: Event) -> Sequence[Event]:
    """Later ones that nobody changed alone and that take place."""
    query = select(Event).where(
        Event.series_id == row.id,
        Event.occurrence > (event.occurrence or ""),
        Event.state == EventState.POSTED,
        Event.is_changed.is_(False),
        Event.starts_at > change.now,
    )
    return (await change.session.scalars(query.order_by(Event.id).with_for_update())).all()


async def _unanswered(change: Change, row: EventSeries, event: Event) -> list[int]:
    """Later ones that take place, and at which nobody has answered anything: their questions are locked."""
    query = select(Event.id).where(
        Event.series_id == row.id,
        Event.occurrence > (event.occurrence or ""),
        Event.state == EventState.POSTED,
        Event.starts_at > change.now,
    )
    later = (await change.session.scalars(query.order_by(Event.id).with_for_update())).all()
    asked = select(EventQuestion.id).where(EventQuestion.event_id.in_(later)).order_by(EventQuestion.id)
    await change.session.execute(asked.with_for_update())
    answers = select(EventQuestion.event_id).join(EventAnswer, EventAnswer.question_id == EventQuestion.id)
    answered = set(await change.session.scalars(answers.where(EventQuestion.event_id.in_(later)).distinct()))
    return [one for one in later if one not in answered]


def _as_planned(row: EventSeries, one: Event, copied: Settable) -> Settable:
    """What an occurrence is set to, by its series."""
    planned = local(one.occurrence)
    assert planned is not None, "an occurrence is known by it"
    values: Settable = {**copied, "when": series.when_at(row, planned), "closes": series.closes_at(row, planned)}
    if "audience" in copied:
        values["audience"] = Audience(copied["audience"])
    return values


def _coming_dates(row: Any, now: datetime) -> list[datetime]:
    """The next ones, as they are planned. ``row``: with the columns of a series."""
    here = local_time(now, row.time_zone)
    first = datetime.fromisoformat(row.starts_local)
    return list(occurrences(from_text(row.repeat), first, row.time_zone, after=here, limit=SHOWN))


async def _dates(reader: Reader, row: Any, now: datetime) -> list[Planned]:
    """The next dates, and what became of those of which an event is made."""
    dates = _coming_dates(row, now)
    texts = [str(rules.column(one)) for one in dates]
    query = select(Event.id, Event.occurrence, Event.starts_local, Event.state).where(
        Event.series_id == row.id, Event.occurrence.in_(texts)
    )
    made = {one.occurrence: one for one in await fetch(reader, query)}
    found = []
    for planned, text in zip(dates, texts, strict=True):
        event = made.get(text)
        if event is not None:
            starts = local(event.starts_local) or planned
            found.append(Planned(planned, event.id, starts, event.state == EventState.CANCELLED))
        elif row.ended_at is None:
            found.append(Planned(planned, None, planned, text in row.skipped))
    return found
