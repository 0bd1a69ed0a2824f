"""What the bot does about series by itself: once a night, and when a message goes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.features import Service
from bot.features.organisations.each import for_each
from bot.features.people.models import Person
from bot.features.symposia.changing import HOLE, doer_of, hole_of, is_ahead, is_filled
from bot.features.symposia.models import Edition, EditionState, Role, Slot, Speaker, SpeakerState, Symposium
from bot.features.symposia.queries import SLOT
from bot.features.symposia.rules import FILLED, HOLD
from bot.features.tasks.service import DROP, TICK, end_by_itself, set_by_itself
from bot.kit.moments import Moment

#: So long after an edition the contacts of its guests are kept, and the names of those who didn't speak.
KEPT_FOR = timedelta(days=365)
_AHEAD = Edition.state.in_([EditionState.PLANNED.value, EditionState.ANNOUNCED.value])
_ACCEPTED = [one.value for one in FILLED]


@dataclass(frozen=True, slots=True)
class Opened:
    """A slot that is open again, as the message about it says it. ``name``: of the speaker who withdrew."""

    slot_id: int
    name_ja: str
    name_en: str
    number: int
    role: Role
    title_ja: str
    title_en: str
    speaker: str


class SymposiumWatch(Service):
    async def look(self) -> int:
        """Every night: announced editions whose day is over were held, each open slot and no other has its task, and
        what is kept of guests for a year goes. Done twice, it is done once. How many guests were forgotten."""

        async def one(organisation_id: int, time_zone: str) -> int:
            moment = Moment(organisation_id, time_zone, self.clock.now())
            async with self.database.writing() as session:
                over = (Edition.organisation_id == organisation_id, _before(moment.today))
                await HOLD.put_all(session, Edition, *over)
                await _keep_tasks(session, moment)
                return await _forget(session, moment)

        return sum(await for_each(self.database, "series not looked at", one))

    async def opened(self, slot_id: int, speaker_id: int) -> Opened | None:
        """What owners are told when the message goes out; None once somebody else has the slot."""
        query = _opened().where(Slot.id == slot_id, Speaker.id == speaker_id)
        async with self.database.reading() as connection:
            rows = await fetch(connection, query.where(Speaker.state == SpeakerState.WITHDRAWN, _AHEAD))
            is_taken = select(Speaker.id).where(Speaker.slot_id == slot_id, Speaker.state.in_(_ACCEPTED))
            if not rows or await fetch(connection, is_taken):
                return None
        (row,) = rows
        told = (row.name_ja, row.name_en, row.number, Role(row.role), row.title_ja, row.title_en)
        return Opened(slot_id, *told, row.display_name or row.name)


def _opened() -> Select[Any]:
    columns: tuple[Any, ...] = (Symposium.name_ja, Symposium.name_en, Edition.number, Slot.role, Slot.title_ja)
    return (
        select(*columns, Slot.title_en, Speaker.name, Person.display_name)
        .select_from(Speaker)
        .join(Slot, Slot.id == Speaker.slot_id)
        .join(Edition, Edition.id == Slot.edition_id)
        .join(Symposium, Symposium.id == Edition.symposium_id)
        .outerjoin(Person, Person.id == Speaker.person_id)
    )


def _before(day: date) -> ColumnElement[bool]:
    """Of an ``Edition``: its day is before that one; while only its month is known, the whole month."""
    last = Edition.year * 10_000 + Edition.month * 100 + func.coalesce(Edition.day, 31)
    return last < day.year * 10_000 + day.month * 100 + day.day


async def _keep_tasks(session: AsyncSession, moment: Moment) -> None:
    """A speaker who was forgotten left a slot open, and nobody said so; the end of a day says nothing either."""
    ours = Symposium.organisation_id == moment.organisation_id
    symposia = (await session.scalars(select(Symposium).where(ours).order_by(Symposium.id).with_for_update())).all()
    for symposium in symposia:
        doer = await doer_of(session, moment.today, symposium)
        query = select(Slot, Edition).join(Edition, Edition.id == Slot.edition_id)
        query = query.where(Edition.symposium_id == symposium.id, ~_before(moment.today - timedelta(days=62)))
        for slot, edition in (await session.execute(query.order_by(Slot.id))).all():
            if await is_filled(session, slot.id):
                await end_by_itself(session, TICK, SLOT, slot.id, HOLE)
            elif is_ahead(edition, moment.today):
                await set_by_itself(session, moment, hole_of(symposium, edition, slot, doer))
            else:
                await end_by_itself(session, DROP, SLOT, slot.id, HOLE)


async def _forget(session: AsyncSession, moment: Moment) -> int:
    """Of editions a year ago: mail and phone of those who spoke; guests who didn't speak as a whole. The names of those
    who spoke stay in the programme."""
    of_old = select(Slot.id).join(Edition, Edition.id == Slot.edition_id)
    of_old = of_old.where(Edition.organisation_id == moment.organisation_id, _before(moment.today - KEPT_FOR))
    guests = (Speaker.slot_id.in_(of_old), Speaker.person_id.is_(None))
    gone = delete(Speaker).where(*guests, Speaker.state.not_in(_ACCEPTED)).returning(Speaker.id)
    blank = update(Speaker).where(*guests, Speaker.contact != "").values(contact="").returning(Speaker.id)
    number = 0
    for query in (gone, blank):
        done = await session.scalars(query.execution_options(synchronize_session=False))
        number += len(done.all())
    return number
