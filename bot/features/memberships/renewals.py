"""1 April: each is asked whether they stay and in which year they study. Nothing renews by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import HOME_ZONE, local_date
from bot.db import fetch, insert_if_absent
from bot.deliveries.models import Lane, SparedSpell
from bot.deliveries.outbox import enqueue
from bot.deliveries.values import NewDelivery
from bot.errors import Conflict, Invalid
from bot.features import Service
from bot.features.asks.asking import answered, ask, question
from bot.features.members.confirming import leave_lc
from bot.features.members.models import Contact, Kind, Profile
from bot.features.memberships import rules
from bot.features.memberships.lc_stays import MARCH_JOB, carry_over, leave_all
from bot.features.memberships.models import Answer, Fee, MembershipKind, Renewal
from bot.features.memberships.queries import april_waits, begin_memberships, drop_fee, open_fee, settings_of, was_member
from bot.features.memberships.service import OPEN
from bot.features.memberships.values import Settings
from bot.features.organisations.each import for_each, moment_of
from bot.features.organisations.models import Organisation
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Person
from bot.features.people.terms import changed
from bot.i18n import N_
from bot.kit.messages import JobKind, MessageKind
from bot.kit.moments import Moment

APRIL_JOB = JobKind("memberships:april", N_("Asking members in April (automatic)"))
FEBRUARY_JOB = JobKind("memberships:february", N_("Pausing reminders for year 6 in February (automatic)"))
ASKING = MessageKind(
    "memberships:asking",
    N_("April question to a member"),
    lane=Lane.BULK,
    tolerance=timedelta(days=10),
    is_budgeted=True,
)
#: People a transaction: others wait for the lock no longer than that.
BATCH = 200


class RenewalService(Service):
    async def plan_all(self) -> None:
        """See to it that every organisation has its next 1 April and February planned."""

        async def plan(organisation_id: int, time_zone: str) -> None:
            async with self.database.writing() as session:
                await plan_year(session, Moment(organisation_id, time_zone, self.clock.now()))

        await for_each(self.database, "1 April not planned", plan)

    async def ask(self, organisation_id: int, year: int, after: int) -> None:
        """Ask the next batch of people (ids above ``after``) whether they stay; the last batch plans next year's.

        Done again after a crash it comes out the same: whom to ask, what they get and the next batch are written in
        one transaction, each under a key of its own.
        """
        now = self.clock.now()
        async with self.database.writing() as session:
            moment = await moment_of(session, organisation_id, now)
            if moment is None:
                return
            # Of a year that is over, as in a database that was put back, nobody is asked any more.
            year = max(year, rules.year_of(moment.today))
            if after == 0:
                await carry_over(session, moment, year)
            first = rules.first_of_april(year, moment.time_zone)
            people = await fetch(
                session,
                select(Person.id, Person.discord_user_id, Profile.contact)
                .join(Profile, Profile.person_id == Person.id)
                .where(
                    Person.organisation_id == organisation_id,
                    Person.id > after,
                    Person.discord_user_id.is_not(None),
                    Profile.consented_at < first,
                    Profile.kind != Kind.GRADUATE,
                )
                .order_by(Person.id)
                .limit(BATCH),
            )
            for person in people:
                news = _asking(moment, person, year, first) if person.contact == Contact.DIRECT else []
                await ask(session, moment, Renewal, news, person_id=person.id, year=year, asked_at=now)
            if len(people) == BATCH:
                await enqueue(session, [_batch(APRIL_JOB, moment, year, people[-1].id, now)], now)
            else:
                await plan_year(session, moment)

    async def spare(self, organisation_id: int, year: int, after: int) -> None:
        """Spare the next batch of those in their last year of study in February of ``year``."""
        now = self.clock.now()
        async with self.database.writing() as session:
            moment = await moment_of(session, organisation_id, now)
            if moment is None:
                return
            starts_at, ends_at = rules.spared_spell(year, moment.time_zone)
            people = await fetch(
                session,
                select(Person.id, Person.discord_user_id)
                .join(Profile, Profile.person_id == Person.id)
                .where(
                    Person.organisation_id == organisation_id,
                    Person.id > after,
                    Person.discord_user_id.is_not(None),
                    Profile.kind == Kind.STUDENT,
                    Profile.year_of_study == rules.LAST_YEAR,
                )
                .order_by(Person.id)
                .limit(BATCH),
            )
            for person in people:
                await insert_if_absent(
                    session,
                    SparedSpell,
                    discord_user_id=person.discord_user_id,
                    starts_at=starts_at,
                    ends_at=ends_at,
                )
            if len(people) == BATCH:
                await enqueue(session, [_batch(FEBRUARY_JOB, moment, year, people[-1].id, now)], now)
            else:
                await plan_year(session, moment)

    async def answer(
        self, actor: Actor, *, stay: bool, year_of_study: int | None = None, shown: tuple[int, int] | None = None
    ) -> None:
        """Say whether one stays, and if one studies, in which year (None: no student). The answer can be changed until
        the year is over.

        An individual member who stays is asked for the fee of the new year, and no longer once they leave. Nobody
        becomes one just by staying. ``shown``: as for ``become_member``; (0, 0) for nothing.

        Raises:
            Conflict: the actor hasn't been asked this year, or (FeeChanged) something else is due than was shown.
            Invalid: there is no such year of study.
        """
        if year_of_study is not None and not 1 <= year_of_study <= rules.LAST_YEAR:
            raise Invalid(N_("Please choose a year from 1 to 6."))
        year = rules.year_of(actor.today)
        async with change_by(self, actor) as change:
            profile = await self._answered(change, year, Answer.STAY if stay else Answer.LEAVE)
            if not stay:
                await drop_fee(change.session, profile.person_id, year)
                return
            if year_of_study is not None and profile.kind == Kind.STUDENT:
                profile.year_of_study = year_of_study
            if profile.kind == Kind.STUDENT and await was_member(change.session, profile.person_id, actor.today):
                await open_fee(change.session, actor.organisation.id, profile.person_id, year, change.now, shown)

    async def costs(self, actor: Actor) -> Settings | None:
        """The fee that is due once the actor says that they stay, and how it is paid; None where nothing is due."""
        person_id, year = actor.person_id or 0, rules.year_of(actor.today)
        query = select(Profile.person_id).where(
            Profile.person_id == person_id,
            Profile.kind == Kind.STUDENT,
            exists().where(Renewal.person_id == person_id, Renewal.year == year),
            ~exists().where(Fee.person_id == person_id, Fee.year == year),
        )
        async with self.database.reading() as connection:
            if not await fetch(connection, query) or not await was_member(connection, person_id, actor.today):
                return None
            return await settings_of(connection, actor.organisation.id)

    async def graduated(self, actor: Actor) -> None:
        """Say that one has graduated: from now on one is an alumna or alumnus, and isn't asked each April.

        Raises:
            Conflict: the actor hasn't been asked this year.
        """
        year = rules.year_of(actor.today)
        async with change_by(self, actor) as change:
            profile = await self._answered(change, year, Answer.STAY)
            await drop_fee(change.session, profile.person_id, year)
            await leave_all(change, profile.person_id)
            await leave_lc(change, profile.person_id, profile.school_id)
            profile.kind, profile.year_of_study = Kind.GRADUATE.value, None
            profile.lc_answer = profile.would_start = None
            await begin_memberships(
                change.session,
                actor.organisation.id,
                [profile.person_id],
                MembershipKind.ALUMNI,
                actor.today,
                change.now,
            )

    async def is_open(self, person_id: int, year: int) -> bool:
        """Does the question of a year still wait for this person, or the one about their LC?"""
        return any(await self.open_questions(person_id, year))

    async def open_questions(self, person_id: int, year: int) -> tuple[bool, bool]:
        """For the messages of 1 April: does it wait whether they stay, and whether they are still in their LC?"""
        zone_of = select(Organisation.time_zone).join(Person, Person.organisation_id == Organisation.id)
        async with self.database.reading() as connection:
            zone = await connection.scalar(zone_of.where(Person.id == person_id))
            today = local_date(self.clock.now(), zone or HOME_ZONE)
            if rules.year_of(today) != year:
                return False, False
            renewal, stay = april_waits(person_id, today)
            (row,) = await fetch(connection, select(renewal.label("renewal"), stay.label("stay")))
        return bool(row.renewal), bool(row.stay)

    async def count_open(self, organisation_id: int) -> tuple[int, int]:
        """How many were asked this year, and how many of them have not answered."""
        async with self.database.reading() as connection:
            moment = await moment_of(connection, organisation_id, self.clock.now())
            if moment is None:
                return 0, 0
            year = rules.year_of(moment.today)
            rows = await fetch(
                connection,
                select(*Renewal.counts()).where(Renewal.organisation_id == organisation_id, Renewal.year == year),
            )
        return rows[0].asked, rows[0].asked - rows[0].answered

    async def _answered(self, change: Change, year: int, answer: Answer) -> Profile:
        """Write the answer down and take back the reminders; the actor's profile, locked."""
        session, actor = change.session, change.actor
        person_id = actor.person_id or 0
        await session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
        renewal = await session.scalar(
            select(Renewal).where(Renewal.person_id == person_id, Renewal.year == year).with_for_update()
        )
        profile = await session.scalar(select(Profile).where(Profile.person_id == person_id).with_for_update())
        if renewal is None or profile is None:
            raise Conflict(
                N_("There's nothing to answer right now. See “My membership” for your status."), next_steps=[OPEN]
            )
        renewal.answer = answer.value
        await answered(change, renewal, rules.renewal_subject(person_id), *april_waits(person_id, actor.today))
        change.note("membership.renewal", "person", person_id, ("answer", "year_of_study"))
        changed(session, actor.organisation.id, actor.caller.discord_user_id)
        return profile


async def plan_year(session: AsyncSession, moment: Moment) -> None:
    """The next 1 April and the next February, in the transaction of whoever asks. If they are planned, nothing
    changes."""
    now, zone = moment.now, moment.time_zone
    april = rules.next_april(moment.today)
    if rules.first_of_april(april, zone) <= now:
        april += 1
    february = april if rules.spared_spell(april, zone)[0] > now else april + 1
    await enqueue(
        session,
        [
            _batch(MARCH_JOB, moment, april, 0, rules.eve_of_april(april, zone)),
            _batch(APRIL_JOB, moment, april, 0, rules.first_of_april(april, zone)),
            # Half a day before, so that it is done by then.
            _batch(FEBRUARY_JOB, moment, february, 0, rules.spared_spell(february, zone)[0] - timedelta(hours=12)),
        ],
        now,
    )


def _batch(kind: JobKind, moment: Moment, year: int, after: int, at: datetime) -> NewDelivery:
    """The work of a year on the next people: those with an id above ``after``."""
    return kind.at(at, moment, f"{moment.organisation_id}:{year}:{after}", {"year": year, "after": after})


def _asking(moment: Moment, person: Any, year: int, first: datetime) -> list[NewDelivery]:
    """The question and its two reminders. If the bot was away on that day, the reminders come later too, so that nobody
    gets them close upon the question."""
    return question(
        ASKING,
        person.discord_user_id,
        moment,
        f"{year}:{person.id}",
        {"person_id": person.id, "year": year},
        about=rules.renewal_subject(person.id),
        reminded_after=rules.REMINDED_AFTER,
        since=first if moment.now - first < timedelta(days=1) else None,
    )
