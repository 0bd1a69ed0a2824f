"""Telling people of new events, once a week, who asked for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.db import Reader, fetch
from bot.deliveries.models import RecipientKind
from bot.deliveries.outbox import cancel, enqueue
from bot.deliveries.schedule import instant
from bot.deliveries.values import Recipient
from bot.errors import NotFound
from bot.features import Service
from bot.features.events.lines import posted_where
from bot.features.events.lists import EventLine, line_in
from bot.features.events.models import KIND, Audience, Event, EventState, EventSubscription
from bot.features.homes.facts import Query
from bot.features.local_committees.queries import with_lc
from bot.features.members.models import Interest, Profile
from bot.features.members.values import JOIN
from bot.features.organisations.each import for_each, moment_of
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Person, Term
from bot.features.schools.models import School
from bot.features.signups.models import PartyMember, SignUp
from bot.i18n import N_
from bot.kit.messages import JobKind, MessageKind
from bot.kit.moments import Moment

NEWS = MessageKind("events:news", N_("New events"), is_budgeted=True, tolerance=timedelta(days=3))
GATHER = JobKind("events:gather_news", N_("Telling people of new events (automatic)"))
#: Wednesday, 18:00.
WEEKDAY, AT = 2, time(18)
#: Later than this it waits for the next week.
LATEST = timedelta(days=2)
#: What was posted within it may still be on its way into the database, so it is told the next time.
SETTLED = timedelta(minutes=10)
#: Events of which one message tells at most.
MOST = 50


class Topic(StrEnum):
    """Of which events somebody wants to be told; the columns of ``EventSubscription``."""

    LC = "lc"
    COMMITTEES = "committees"
    REGION = "region"
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class Subscription:
    """``possible``: what there is for them to choose. ``wants_none``: they take no messages of events at all, so none
    comes, whatever they chose."""

    chosen: frozenset[Topic]
    possible: Sequence[Topic]
    wants_none: bool


class NewsService(Service):
    async def plan_all(self) -> None:
        """See to it that every organisation has its next week planned. One that is founded later has it from its first
        subscription on."""

        async def plan(organisation_id: int, time_zone: str) -> None:
            async with self.database.writing() as session:
                await _plan_next(session, Moment(organisation_id, time_zone, self.clock.now()))

        await for_each(self.database, "news of events not planned", plan)

    async def subscription(self, actor: Actor) -> Subscription:
        """Raises NotFound: they haven't joined."""
        async with self.database.reading() as connection:
            return await _subscription(connection, actor)

    async def choose(self, actor: Actor, topic: Topic, *, yes: bool) -> None:
        """What was posted before isn't told. Raises NotFound: they haven't joined."""
        async with change_by(self, actor) as change:
            person_id = await _own_person(change)
            row = await change.session.scalar(_of(person_id).with_for_update())
            if row is None:
                if not yes:
                    return
                nothing = dict.fromkeys((one.value for one in Topic), False)
                row = EventSubscription(
                    organisation_id=change.moment.organisation_id,
                    person_id=person_id,
                    told_until=change.now,
                    **nothing,
                )
                change.session.add(row)
                await _plan_next(change.session, change.moment)
            setattr(row, topic.value, yes)
            if not any(getattr(row, one.value) for one in Topic):
                await _stop(change, person_id)

    async def stop(self, actor: Actor) -> None:
        """No more messages of new events. Twice is once. Raises NotFound: they haven't joined."""
        async with change_by(self, actor) as change:
            await _stop(change, await _own_person(change))

    async def gather(self, organisation_id: int, day: date) -> None:
        """The job of a Wednesday: whoever asked for it is told of what is new to them since the last time. Done twice,
        it is said once; too late, the next week tells of it."""
        async with self.database.writing() as session:
            moment = await moment_of(session, organisation_id, self.clock.now())
            if moment is None:
                return
            await _plan_next(session, moment)
            if moment.now - instant(datetime.combine(day, AT), moment.time_zone) > LATEST:
                return
            until = moment.now - SETTLED
            found: dict[Recipient, list[int]] = defaultdict(list)
            series = set[tuple[Recipient, int]]()
            for row in await fetch(session, _new_to_each(moment, until)):
                to = Recipient(RecipientKind.PERSON, row.discord_user_id, f"person:{row.person_id}")
                if row.series_id is not None and (to, row.series_id) in series:
                    continue  # of those that repeat, the next one
                series.add((to, row.series_id))
                found[to].append(row.id)
            news = [
                NEWS.to(to, moment, f"{to.ref}:{day}", {"events": ids[:MOST]}, about=f"{NEWS}:{to.ref}")
                for to, ids in found.items()
            ]
            await enqueue(session, news, moment.now)
            told = update(EventSubscription).where(
                EventSubscription.organisation_id == organisation_id, EventSubscription.told_until < until
            )
            await session.execute(told.values(told_until=until).execution_options(synchronize_session=False))

    async def told(self, organisation_id: int, discord_user_id: int, event_ids: Sequence[int]) -> list[EventLine]:
        """What a message tells of when it goes out: what still takes place, for somebody who still wants to hear."""
        now = self.clock.now()
        wants = (
            select(EventSubscription.id)
            .join(Person, Person.id == EventSubscription.person_id)
            .join(Profile, Profile.person_id == Person.id)
            .where(
                Person.organisation_id == organisation_id,
                Person.discord_user_id == discord_user_id,
                Profile.hears_of_events,
            )
        )
        async with self.database.reading() as connection:
            if not await fetch(connection, wants):
                return []
            still = (Event.id.in_(event_ids), Event.starts_at > now)
            return [line_in(row) for row in await posted_where(connection, organisation_id, *still)]


async def _plan_next(session: AsyncSession, moment: Moment) -> None:
    await enqueue(session, [GATHER.weekly(WEEKDAY, AT, moment)], moment.now)


def _of(person_id: int) -> Select[EventSubscription]:
    return select(EventSubscription).where(EventSubscription.person_id == person_id)


async def _own_person(change: Change) -> int:
    """Locked, so that of two presses the second sees the first. Raises NotFound: they haven't joined."""
    mine = select(Person.id).join(Profile, Profile.person_id == Person.id)
    found = await change.session.scalar(mine.where(Person.id == (change.actor.person_id or 0)).with_for_update())
    if found is None:
        raise NotFound(N_("Please join first."), next_steps=[JOIN])
    return found


async def _stop(change: Change, person_id: int) -> None:
    row = await change.session.scalar(_of(person_id).with_for_update())
    if row is not None:
        await change.session.delete(row)
    await cancel(change.session, change.moment.organisation_id, f"{NEWS}:person:{person_id}", change.now)


async def _subscription(reader: Reader, actor: Actor) -> Subscription:
    person_id = actor.person_id or 0
    about = select(Profile.hears_of_events, _region_of(person_id)).where(Profile.person_id == person_id)
    known = await fetch(reader, about)
    if not known:
        raise NotFound(N_("Please join first."), next_steps=[JOIN])
    rows = await fetch(reader, select(*EventSubscription.__table__.c).where(EventSubscription.person_id == person_id))
    chosen = frozenset(one for one in Topic if rows and getattr(rows[0], one.value))
    possible = [one for one in Topic if one is not Topic.LC or actor.lc_ids or one in chosen]
    if known[0].region is None:
        possible = [one for one in possible if one is not Topic.REGION or one in chosen]
    return Subscription(chosen, possible, not known[0].hears_of_events)


def _region_of(person_id: Any) -> ColumnElement[int | None]:
    school, profile = aliased(School), aliased(Profile)
    region = select(school.region_id).join(profile, profile.school_id == school.id)
    return region.where(profile.person_id == person_id).correlate(EventSubscription).scalar_subquery().label("region")


def _new_to_each(moment: Moment, until: datetime) -> Select[Any]:
    """Each subscriber with each event that is new to them, the next event first."""
    sub, other = EventSubscription, aliased(Event)
    own_lcs = select(Term.lc_id).where(Term.person_id == sub.person_id, Term.held_on(moment.today))
    interests = select(Interest.committee_id).where(Interest.person_id == sub.person_id)
    wanted = or_(
        and_(sub.lc, Event.lc_id.in_(own_lcs)),
        and_(sub.committees, Event.committee_id.in_(interests)),
        and_(sub.region, School.region_id == _region_of(sub.person_id)),
        and_(sub.online, Event.is_online),
    )
    signed_up = exists().where(
        SignUp.owner_kind == KIND,
        SignUp.owner_id == Event.id,
        PartyMember.signup_id == SignUp.id,
        PartyMember.person_id == sub.person_id,
    )
    # Of a series, they know one already.
    known = exists().where(other.series_id == Event.series_id, other.posted_at <= sub.told_until)
    query = (
        select(sub.person_id, Person.discord_user_id, Event.id, Event.series_id)
        .select_from(sub)
        .join(Person, Person.id == sub.person_id)
        .join(Profile, Profile.person_id == sub.person_id)
        .join(Event, Event.organisation_id == sub.organisation_id)
    )
    return (
        with_lc(query, Event.lc_id, outer=True)
        .where(
            sub.organisation_id == moment.organisation_id,
            Person.discord_user_id.is_not(None),
            Profile.hears_of_events,
            Event.state == EventState.POSTED.value,
            Event.starts_at > moment.now,
            Event.posted_at > sub.told_until,
            Event.posted_at <= until,
            or_(Event.audience != Audience.LC.value, Event.lc_id.in_(own_lcs)),
            wanted,
            ~signed_up,
            ~known,
        )
        .order_by(sub.person_id, Event.starts_at, Event.id)
    )


_MAY_SUBSCRIBE = select(Profile.id).where(
    Profile.person_id == ASKER.person_id,
    Profile.hears_of_events,
    ~exists().where(EventSubscription.person_id == Profile.person_id),
)


def may_subscribe(actor: Actor) -> Query | None:
    """For home: a row for somebody who isn't told of new events, and could be."""
    return None if actor.person_id is None else _MAY_SUBSCRIBE
