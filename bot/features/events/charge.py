"""Who is in charge of an event, by name: its grants, and those of the dates of its series."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, select

from bot.db import Reader
from bot.features.events import rules
from bot.features.events.models import KIND, Event, EventSeries, EventState
from bot.features.people.changes import Change
from bot.features.people.models import Grant, Person
from bot.features.people.rules import Right
from bot.kit.moments import Moment


def is_charge_of(event_id: int) -> ColumnElement[bool]:
    """Of a ``Grant``."""
    return and_(Grant.subject_kind == KIND, Grant.subject_id == event_id, Grant.right == Right.ORGANISE.value)


async def in_charge(reader: Reader, event_id: int, day: date) -> list[int]:
    """The people who organise it on a day, in the order in which they came."""
    query = select(Grant.person_id).where(is_charge_of(event_id), Grant.held_on(day)).order_by(Grant.id)
    return list(dict.fromkeys((await reader.scalars(query)).all()))


async def organiser_of(reader: Reader, event: Event, day: date) -> int | None:
    """The one who hears what needs a hand: whoever made it, as long as they organise it, else the first who does."""
    found = await in_charge(reader, event.id, day)
    return event.made_by_id if event.made_by_id in found else next(iter(found), None)


def new_charge(event: Event, person_id: int, moment: Moment, given_by_id: int | None) -> Grant:
    """Somebody organises it from today on, until some time after its end; a draft has none yet."""
    is_open = event.state == EventState.DRAFT or event.ends_at is None
    return Grant(
        organisation_id=event.organisation_id,
        person_id=person_id,
        right=Right.ORGANISE.value,
        subject_kind=KIND,
        subject_id=event.id,
        starts_on=moment.today,
        ends_on=None if is_open or event.ends_at is None else rules.in_charge_until(event.ends_at, event.time_zone),
        given_by_id=given_by_id,
        created_at=moment.now,
    )


async def hold_series(change: Change, event_id: int) -> None:
    """Before an event whose dates get other organisers: its series, so that none is made meanwhile with the former
    ones. The people before it, as a deletion begins with them."""
    row = (
        await change.session.execute(
            select(Event.series_id, Event.made_by_id, EventSeries.made_by_id.label("series_by"))
            .outerjoin(EventSeries, EventSeries.id == Event.series_id)
            .where(Event.id == event_id, Event.organisation_id == change.moment.organisation_id)
        )
    ).first()
    if row is None or row.series_id is None:
        return
    known = [one for one in (row.made_by_id, row.series_by, change.actor.person_id) if one is not None]
    people = select(Person.id).where(Person.id.in_(known)).order_by(Person.id)
    await change.session.execute(people.with_for_update(read=True, key_share=True))
    await change.session.execute(select(EventSeries.id).where(EventSeries.id == row.series_id).with_for_update())


async def dates_ahead(change: Change, event: Event) -> Sequence[Event]:
    """What comes after it in its series and takes place."""
    return await _later(change, event, Event.state == EventState.POSTED, Event.starts_at > change.now)


async def dates_after(change: Change, event: Event) -> Sequence[Event]:
    """All that comes after it in its series, whatever became of it."""
    return await _later(change, event)


async def _later(change: Change, event: Event, *which: ColumnElement[bool]) -> Sequence[Event]:
    if event.series_id is None:
        return []
    later = (Event.series_id == event.series_id, Event.occurrence > (event.occurrence or ""))
    query = select(Event).where(*later, *which).order_by(Event.id).with_for_update()
    return (await change.session.scalars(query)).all()
