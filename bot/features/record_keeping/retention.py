"""People without a sign of life for long are asked whether they want to be kept, then taken out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, literal, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import local_date
from bot.db import fetch
from bot.deliveries.models import Lane
from bot.deliveries.schedule import instant
from bot.deliveries.values import NewDelivery
from bot.features import Service, personal_parts
from bot.features.asks.asking import answered, ask, close, question, waiting
from bot.features.audit.service import add_entry
from bot.features.homes.facts import Query
from bot.features.institutions.models import EnteredPerson
from bot.features.members.models import Contact, LcClaim, Profile
from bot.features.members.mydata import take_out
from bot.features.members.queries import with_profile
from bot.features.memberships.models import Fee, Membership, Renewal
from bot.features.memberships.queries import settings_of
from bot.features.memberships.rules import first_day, year_of
from bot.features.organisations.each import for_each
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, Given
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Person, Term
from bot.features.people.rules import Right
from bot.features.people.terms import lock_people
from bot.features.record_keeping.models import Keeping
from bot.features.signups.models import PartyMember
from bot.i18n import N_
from bot.kit.messages import MessageKind
from bot.kit.moments import Moment
from bot.paging import fetch_part

log = structlog.get_logger("tsunagu.retention")
#: Days for which the question waits; one reminder comes half-way.
WAITED, REMINDED_AFTER = 60, 30
KEEP = MessageKind(
    "rosters:keep",
    N_("Question to an inactive person: keep their record?"),
    lane=Lane.BULK,
    tolerance=timedelta(days=REMINDED_AFTER - 1),
    is_budgeted=True,
    is_reminder=True,
)
#: People a transaction, of those who are asked.
BATCH = 100
#: Seconds between two who are taken out. A writer that waits for an SQLite file asks at least so often.
TURN = 0.1


class RetentionService(Service):
    async def run(self) -> tuple[int, int]:
        """The chore of the night: ask the people whose time is over; take out those who were asked and haven't
        answered, and those who were entered for a time that is over. Returns how many were asked and taken out. Done
        twice in a night, it changes nothing more."""

        async def of(organisation_id: int, zone: str) -> tuple[int, int]:
            await self._let_be(organisation_id, zone)
            asked = await self._ask_all(organisation_id, zone)
            gone = await self._take_out_all(organisation_id, zone)
            return asked, gone + await self._take_out_entered(organisation_id, zone)

        done = await for_each(self.database, "people not looked through", of)
        return sum(asked for asked, _ in done), sum(gone for _, gone in done)

    async def keep(self, actor: Actor) -> None:
        """Stay for another time.

        Raises:
            Conflict: nothing is asked of the actor.
        """
        async with change_by(self, actor) as change:
            missing = N_("There's nothing to answer right now. Your record stays as it is.")
            for keeping in await waiting(change, Keeping, Keeping.person_id == (actor.person_id or 0), missing=missing):
                await stays(change, keeping)

    async def is_open(self, person_id: int) -> date | None:
        """The same for the messages about it."""
        query = select(func.min(Keeping.until)).where(Keeping.person_id == person_id, Keeping.waits())
        async with self.database.reading() as connection:
            until: date | None = await connection.scalar(query)
        return until

    async def _let_be(self, organisation_id: int, zone: str) -> None:
        """Close the question to people who have given a sign of life since."""
        async with self.database.writing() as session:
            now = self.clock.now()
            oldest = await self._oldest(session, organisation_id, zone, now)
            silent = select(Person.id).where(Person.organisation_id == organisation_id, *_silent_since(oldest, zone))
            ours = Keeping.organisation_id == organisation_id
            await close(session, Keeping, now, ours, Keeping.waits(), Keeping.person_id.not_in(silent))

    async def _oldest(self, session: AsyncSession, organisation_id: int, zone: str, now: datetime) -> date:
        """Signs of life before this day are older than the years for which people are kept."""
        settings = await settings_of(session, organisation_id)
        return first_day(year_of(local_date(now, zone)) - settings.kept_years)

    async def _ask_all(self, organisation_id: int, zone: str) -> int:
        count = 0
        while True:
            async with self.database.writing() as session:
                asked = await self._ask_some(session, organisation_id, zone)
            count += asked
            if asked < BATCH:
                return count

    async def _ask_some(self, session: AsyncSession, organisation_id: int, zone: str) -> int:
        now = self.clock.now()
        moment = Moment(organisation_id, zone, now)
        oldest = await self._oldest(session, organisation_id, zone, now)
        until = moment.today + timedelta(days=WAITED)
        # Nobody is asked twice on a day, however the first question ended.
        known = exists().where(Keeping.person_id == Person.id, or_(Keeping.waits(), Keeping.until == until))
        query = (
            select(Person.id, Person.discord_user_id, Profile.contact)
            .outerjoin(Profile, Profile.person_id == Person.id)
            .where(
                Person.organisation_id == organisation_id,
                Person.display_name != "",
                ~known,
                *_silent_since(oldest, zone),
            )
            .order_by(Person.id)
        )
        people = await fetch(session, query.limit(BATCH))
        for person in people:
            values = {"person_id": person.id, "until": until, "asked_at": now}
            if await ask(session, moment, Keeping, _question(moment, person, until), **values):
                _note(session, organisation_id, now, "person.ask_keep", person.id)
        return len(people)

    async def _take_out_all(self, organisation_id: int, zone: str) -> int:
        """One a transaction: for each, all that was ever sent is looked through, and nobody else may write then. A
        person who can't be taken out is passed over."""
        query = select(Keeping.id).where(Keeping.organisation_id == organisation_id).order_by(Keeping.id)
        async with self.database.reading() as connection:
            over = list(await connection.scalars(query.where(_is_over(local_date(self.clock.now(), zone)))))
        return await self._one_by_one(over, lambda keeping_id: self._take_out_one(organisation_id, zone, keeping_id))

    async def _take_out_one(self, organisation_id: int, zone: str, keeping_id: int) -> bool:
        now = self.clock.now()
        async with self.database.writing() as session:
            await lock_people(session, Person.id.in_(select(Keeping.person_id).where(Keeping.id == keeping_id)))
            keeping = await session.scalar(
                select(Keeping).where(Keeping.id == keeping_id, _is_over(local_date(now, zone))).with_for_update()
            )
            return keeping is not None and await self._take_out(session, organisation_id, zone, keeping, now)

    async def _take_out_entered(self, organisation_id: int, zone: str) -> int:
        """One a transaction, as above: people without an account whose day is over and of whom nothing reaches today.
        Officers have seen the day coming in their home."""
        now = self.clock.now()
        over = _entered_until_before(local_date(now, zone), zone)
        async with self.database.reading() as connection:
            waiting = list(await connection.scalars(over.where(Person.organisation_id == organisation_id)))
        return await self._one_by_one(
            waiting, lambda person_id: self._take_out_one_entered(organisation_id, zone, person_id)
        )

    async def _one_by_one(self, numbers: Iterable[int], take_out: Callable[[int], Awaitable[bool]]) -> int:
        count = 0
        for number in numbers:
            try:
                count += await take_out(number)
            except Exception:  # the next night tries it again
                log.exception("somebody not taken out", number=number)
            await asyncio.sleep(TURN)
        return count

    async def _take_out_one_entered(self, organisation_id: int, zone: str, person_id: int) -> bool:
        now = self.clock.now()
        today = local_date(now, zone)
        async with self.database.writing() as session:
            await lock_people(session, Person.id == person_id)
            over = _entered_until_before(today, zone).where(Person.id == person_id)
            person = await session.scalar(over.with_only_columns(Person))
            if person is None:  # needed for longer, or with an account, since
                return False
            await take_out(session, person, today, now)
            _note(session, organisation_id, now, "person.anonymise", person_id)
        return True

    async def _take_out(
        self, session: AsyncSession, organisation_id: int, zone: str, keeping: Keeping, now: datetime
    ) -> bool:
        oldest = await self._oldest(session, organisation_id, zone, now)
        person_id = keeping.person_id
        await session.delete(keeping)
        await session.flush()
        silent = select(Person).where(Person.id == person_id, *_silent_since(oldest, zone))
        person = await session.scalar(silent.with_for_update())
        if person is None:  # a sign of life came meanwhile
            return False
        await take_out(session, person, local_date(now, zone), now)
        _note(session, organisation_id, now, "person.anonymise", person_id)
        return True


async def stays(change: Change, keeping: Keeping) -> None:
    """Somebody wants to be kept, as they, or an officer who asked them, say. ``keeping`` has to be locked."""
    await answered(change, keeping, _subject(keeping.person_id))
    change.note("person.keep", "person", keeping.person_id)


def _is_over(today: date) -> ColumnElement[bool]:
    """Nobody has answered, and the last day has passed."""
    return and_(Keeping.waits(), Keeping.until < today)


def _silent_since(day: date, zone: str) -> list[ColumnElement[bool]]:
    """Nothing that the person did, or was, reaches ``day`` or later."""
    begins = instant(datetime.combine(day, time()), zone)

    def without(*signs: ColumnElement[bool]) -> ColumnElement[bool]:
        # Of all tables, the person alone is the outer query's.
        return ~select(literal(1)).where(signs[0], or_(*signs[1:])).correlate(Person).exists()

    return [
        Person.created_at < begins,
        without(Profile.person_id == Person.id, Profile.consented_at >= begins, Profile.joined_at >= begins),
        without(Term.person_id == Person.id, Term.ends_on >= day),
        without(Membership.person_id == Person.id, Membership.ends_on >= day, Membership.starts_on >= day),
        without(Fee.person_id == Person.id, Fee.opened_at >= begins, Fee.reported_at >= begins, Fee.paid_at >= begins),
        without(Renewal.person_id == Person.id, Renewal.answered_at >= begins),
        without(LcClaim.person_id == Person.id, LcClaim.asked_at >= begins),
        without(Keeping.person_id == Person.id, Keeping.answered_at >= begins),
        without(EnteredPerson.person_id == Person.id, EnteredPerson.until >= day),
        without(PartyMember.person_id == Person.id, PartyMember.agreed_at >= begins),
        *(
            without(column == Person.id, part.done_at >= begins)
            for part in personal_parts()
            if part.done_at is not None
            for column in part.whose
        ),
    ]


def _entered_until_before(day: date, zone: str) -> Select[int]:
    """People without an account whose time was over before ``day``, and of whom nothing reaches it."""
    entered = select(Person.id).join(EnteredPerson, EnteredPerson.person_id == Person.id)
    return entered.where(EnteredPerson.until < day, *_silent_since(day, zone)).order_by(Person.id)


def _question(moment: Moment, person: Row[Any], until: date) -> list[NewDelivery]:
    """The question and one reminder, for people who chose direct messages. Others see it in their home, and national
    officers see who they are (``SilentService``)."""
    if person.contact != Contact.DIRECT or person.discord_user_id is None:
        return []
    part, payload, about = f"{person.id}:{until}", {"person_id": person.id}, _subject(person.id)
    after = [REMINDED_AFTER]
    return question(KEEP, person.discord_user_id, moment, part, payload, about=about, reminded_after=after)


def _subject(person_id: int) -> str:
    return f"keep:{person_id}"


def _note(session: AsyncSession, organisation_id: int, at: datetime, action: str, person_id: int) -> None:
    add_entry(
        session,
        at=at,
        organisation_id=organisation_id,
        actor_discord_id=None,
        origin="nightly",
        action=action,
        subject_kind="person",
        subject_id=person_id,
    )


#: What a menu of Discord holds.
PAGE = 25


@dataclass(frozen=True, slots=True)
class SilentLine:
    """``until``: the last day for an answer. ``is_written_to``: the question goes to them directly, as they chose."""

    person_id: int
    name: str
    reading: str
    school_ja: str
    school_en: str
    until: date
    is_written_to: bool


@dataclass(frozen=True, slots=True)
class SilentPage:
    """``page`` counts from 0."""

    lines: Sequence[SilentLine]
    total: int
    page: int
    pages: int


class SilentService(Service):
    async def listed(self, actor: Actor, page: int = 0) -> SilentPage:
        """The people who are asked just now: first those to whom nobody writes, then by the day; 25 a page.

        Raises:
            NotAllowed: the actor is no national officer in office.
        """
        actor.require(Right.KEEP_PEOPLE)
        written_to = _is_written_to().label("written_to")
        asked = select(Person.id, Keeping.until, written_to).join(Person, Person.id == Keeping.person_id)
        query = (
            with_profile(asked, outer=True)
            .where(Keeping.organisation_id == actor.organisation.id, Keeping.waits())
            .order_by(written_to, Keeping.until, Person.id)
        )
        async with self.database.reading() as connection:
            rows = await fetch_part(connection, query, page, PAGE)
        lines = [
            SilentLine(
                row.id,
                row.display_name,
                row.reading or "",
                row.school_ja or "",
                row.school_en or "",
                row.until,
                bool(row.written_to),
            )
            for row in rows
        ]
        return SilentPage(lines, rows.total, rows.page, rows.pages)

    async def keep(self, actor: Actor, person_ids: Collection[int]) -> int:
        """Note that these people have told an officer that they want to stay; returns how many.

        Raises:
            NotAllowed: the actor is no national officer in office.
            Conflict: none of them is asked any more.
        """
        missing = N_("Someone has already answered this. Nothing was changed.")
        ours, these = Keeping.organisation_id == actor.organisation.id, Keeping.person_id.in_(list(person_ids)[:PAGE])
        async with change_by(self, actor, Right.KEEP_PEOPLE) as change:
            asked = await waiting(change, Keeping, ours, these, missing=missing)
            for keeping in asked:
                await stays(change, keeping)
            return len({keeping.person_id for keeping in asked})

    async def count(self, organisation_id: int) -> tuple[int, int]:
        """How many are asked, and to how many of them nobody writes. One statement."""
        query = _silent_counts(organisation_id)
        async with self.database.reading() as connection:
            (row,) = await fetch(connection, query)
        return row.of, row.n


def _is_written_to() -> ColumnElement[bool]:
    """As ``RetentionService`` decides it. People without a profile chose nothing."""
    return and_(func.coalesce(Profile.contact, "") == Contact.DIRECT.value, Person.discord_user_id.is_not(None))


_ASKED = (
    select(func.min(Keeping.until).label("until"))
    .where(Keeping.person_id == ASKER.person_id, Keeping.waits())
    .having(func.count() > 0)
)


def keeping_question(actor: Actor) -> Query | None:
    """For home: until when (``until``) the actor should say whether they want to be kept."""
    return None if actor.person_id is None else _ASKED


def _silent_counts(organisation_id: Given[int]) -> Query:
    return (
        select(func.count().label("of"), func.count().filter(not_(_is_written_to())).label("n"))
        .select_from(Keeping)
        .join(Person, Person.id == Keeping.person_id)
        .outerjoin(Profile, Profile.person_id == Person.id)
        .where(Keeping.organisation_id == organisation_id, Keeping.waits())
    )


_SILENT = _silent_counts(ASKER.organisation_id)


def silent_people(actor: Actor) -> Query | None:
    """For home: ``of`` people are asked whether they want to be kept, and nobody writes to ``n`` of them."""
    return _SILENT if actor.may(Right.KEEP_PEOPLE) else None
