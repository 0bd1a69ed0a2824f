"""The daily look at terms that end: who is asked for a successor, who is told where there is none, and what holders and
successors hear directly, if they chose to be reached so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.clock import local_date
from bot.db import Reader, fetch
from bot.deliveries.models import Delivery, RecipientKind
from bot.deliveries.outbox import enqueue
from bot.deliveries.recipients import spells
from bot.deliveries.values import NewDelivery, Recipient, generation_of
from bot.features import Service, after_office
from bot.features.channels.service import places
from bot.features.handovers import rules
from bot.features.handovers.checklists import notice_days
from bot.features.handovers.models import Handover, HandoverDate, HandoverState
from bot.features.handovers.queries import IS_HELD_LATER, asked_rows, endings, read_endings
from bot.features.handovers.values import Asked, Ending
from bot.features.members.reaching import asked_for_messages
from bot.features.organisations.each import for_each, moment_of
from bot.features.people.models import Level, Person, Post, Term
from bot.features.people.rules import GRACE_DAYS, NOTICE_DAYS
from bot.features.people.terms import LC_MEMBER, LC_REPRESENTATIVE
from bot.i18n import N_
from bot.kit.messages import JobKind, MessageKind
from bot.kit.moments import Moment

JOB_KIND = JobKind("handovers:look", N_("Checking which terms end (automatic)"))
ASK_KIND = MessageKind("handovers:ask", N_("Question to an LC about a successor"))
VACANT_KIND = MessageKind("handovers:vacant", N_("Notice of a vacant post"))
AT = time(8)


class HandoverWatch(Service):
    async def plan_all(self) -> None:
        """See to it that every organisation has its next look planned."""

        async def plan(organisation_id: int, time_zone: str) -> None:
            async with self.database.writing() as session:
                await plan_next(session, Moment(organisation_id, time_zone, self.clock.now()))

        await for_each(self.database, "look at handovers not planned", plan)

    async def look(self, organisation_id: int) -> None:
        """Ask and tell everybody whose day it is. Done twice, it comes out the same."""
        now = self.clock.now()
        async with self.database.writing() as session:
            moment = await moment_of(session, organisation_id, now)
            if moment is None:
                return
            await plan_next(session, moment)
            today = moment.today
            await _keep_members(session, organisation_id, today, now)
            running = await _unfollowed(session, organisation_id, today)
            vacant = await _vacant(session, organisation_id, today)
            threads = await threads_of(session, organisation_id, [*running, *vacant])
            notices = await notice_days(session, organisation_id)
            led = await _represented(session, organisation_id, today)
            of_lcs = {one.lc_id: place for one in running if (place := place_of(organisation_id, one.lc_id, threads))}
            news = [
                *asks(moment, running, threads, notices),
                *await to_holders(session, moment, running, notices, of_lcs),
                *await to_successors(session, moment),
                *_telling(moment, vacant, threads, led),
            ]
            said = await _said(session, organisation_id)
            await enqueue(session, [new for new in news if _is_news(new, said)], now)

    async def ending_on(self, organisation_id: int, lc_id: int | None, last_day: date, today: date) -> list[Ending]:
        """Terms without a successor whose last day in office that is: of an LC, or of the nation."""
        async with self.database.reading() as connection:
            found = await _unfollowed(connection, organisation_id, today)
        return [one for one in found if one.lc_id == lc_id and one.last_day == last_day]

    async def without_successor(self, organisation_id: int, today: date) -> dict[Level, int]:
        """How many holders leave within 60 days without a successor, by the level of the post."""
        async with self.database.reading() as connection:
            found = await _unfollowed(connection, organisation_id, today)
        soon = today + timedelta(days=NOTICE_DAYS)
        levels = [Level.NATION if one.lc_id is None else Level.LC for one in found if one.last_day <= soon]
        return {level: levels.count(level) for level in set(levels)}

    async def asked_for_messages(self, organisation_id: int, found: Iterable[Ending]) -> set[int]:
        """The holders who are written to directly about their own term."""
        users = [one.discord_user_id for one in found if one.discord_user_id is not None]
        async with self.database.reading() as connection:
            return await asked_for_messages(connection, organisation_id, users)

    async def vacant(self, organisation_id: int, today: date, lc_id: int | None = None) -> list[Ending]:
        """Posts whose holder left within the last 30 days without a successor; all, or those of an LC."""
        async with self.database.reading() as connection:
            found = await _vacant(connection, organisation_id, today)
        return [one for one in found if lc_id is None or one.lc_id == lc_id]

    async def vacant_for_nation(self, organisation_id: int, ended_on: date, stage: str, today: date) -> list[Ending]:
        """Those of which the national officers are told: ``now`` where nobody else could act, ``week`` all of them."""
        async with self.database.reading() as connection:
            found = [one for one in await _vacant(connection, organisation_id, today) if one.ends_on == ended_on]
            threads = await threads_of(connection, organisation_id, found)
            led = await _represented(connection, organisation_id, today)
        return found if stage == "week" else [one for one in found if not _can_help(one, threads, led)]

    async def spared(self, discord_user_ids: Collection[int]) -> set[int]:
        """Those of them who get no reminders just now, and so aren't mentioned."""
        async with self.database.reading() as connection:
            return set(await spells(connection, discord_user_ids, self.clock.now()))


async def plan_next(session: AsyncSession, moment: Moment) -> None:
    """Plans the next morning's look, in the caller's transaction."""
    await enqueue(session, [JOB_KIND.daily(AT, moment)], moment.now)


def asks(
    moment: Moment,
    running: Iterable[Ending],
    threads: dict[int, int],
    notices: tuple[int, ...],
) -> Iterable[NewDelivery]:
    """One message for each place and last day, however many posts end there."""
    running, made = list(running), set()
    # Holders who have named somebody are asked nothing new, so that of the others alone the latest news counts.
    open_ones = [one for one in running if not one.candidate]
    latest = {(one.lc_id, one.last_day): one.generation for one in sorted(open_ones, key=lambda one: one.generation)}
    for one in running:
        notice = rules.notice_due((one.last_day - moment.today).days, notices)
        where = place_of(moment.organisation_id, one.lc_id, threads)
        this = (one.lc_id, one.last_day)
        if notice is None or where is None or this in made:
            continue
        made.add(this)
        last = one.last_day.isoformat()
        yield ASK_KIND.to(
            where,
            moment,
            f"{moment.organisation_id}:{one.lc_id or 0}:{last}:{notice}",
            {"lc": one.lc_id, "last": last},
            generation=latest.get(this, 0),
        )


def _telling(moment: Moment, vacant: Iterable[Ending], threads: dict[int, int], led: set[int]) -> Iterable[NewDelivery]:
    """First the LC itself, whose representative reads it; after a week, or where nobody is there, the nation."""
    nation, made = Recipient(RecipientKind.OFFICERS, moment.organisation_id), set()
    for one in sorted(vacant, key=lambda one: -one.generation):  # what is said of several is as new as the newest
        ended, helps = one.ends_on.isoformat(), _can_help(one, threads, led)
        for is_due, key, recipient, payload in (
            (
                helps,
                f"{one.lc_id}:{ended}",
                Recipient(RecipientKind.THREAD, threads.get(one.lc_id or 0, 0)),
                {"lc": one.lc_id},
            ),
            (
                not helps,
                f"nation:{ended}:now",
                nation,
                {"ended": ended, "stage": "now"},
            ),
            (
                helps and moment.today >= one.ends_on + timedelta(days=rules.WEEK + 1),
                f"nation:{ended}:week",
                nation,
                {"ended": ended, "stage": "week"},
            ),
        ):
            if is_due and key not in made:
                made.add(key)
                part = f"{moment.organisation_id}:{key}"
                yield VACANT_KIND.to(recipient, moment, part, payload, generation=one.generation)


async def _said(reader: Reader, organisation_id: int) -> dict[str, int]:
    """Of several posts in one message: the latest news that has been told."""
    query = select(Delivery.key).where(
        Delivery.organisation_id == organisation_id, Delivery.kind.in_([ASK_KIND, VACANT_KIND])
    )
    found: dict[str, int] = {}
    for row in await fetch(reader, query):
        first, generation = generation_of(row.key)
        found[first] = max(found.get(first, 0), generation)
    return found


def _is_news(new: NewDelivery, said: Mapping[str, int]) -> bool:
    """Once the post with the latest news is settled, the others have no older news to be told."""
    first, generation = generation_of(new.key)
    return first not in said or generation > said[first]


def _can_help(one: Ending, threads: dict[int, int], led: set[int]) -> bool:
    return one.lc_id in threads and one.lc_id in led


def place_of(organisation_id: int, lc_id: int | None, threads: dict[int, int]) -> Recipient | None:
    if lc_id is None:
        return Recipient(RecipientKind.OFFICERS, organisation_id)
    return Recipient(RecipientKind.THREAD, threads[lc_id]) if lc_id in threads else None


async def _keep_members(session: AsyncSession, organisation_id: int, today: date, now: datetime) -> None:
    """An office ends today, or did while the bot was away: its holder is a member from then on."""
    member, as_what = aliased(Term), aliased(Post)
    is_member = exists().where(
        member.person_id == Term.person_id,
        member.lc_id == Term.lc_id,
        member.ends_on >= Term.ends_on,
        member.post_id == as_what.id,
        as_what.key == LC_MEMBER,
    )
    query = (
        select(Term.person_id, Term.lc_id, Term.ends_on)
        .join(Post, Post.id == Term.post_id)
        .where(
            ~is_member,
            Term.organisation_id == organisation_id,
            Post.is_officer,
            Term.ends_on.between(today - timedelta(days=GRACE_DAYS), today),
        )
        .order_by(Term.id)
    )
    for row in await fetch(session, query):
        await after_office().keep(session, organisation_id, row.person_id, row.lc_id, row.ends_on, now)


async def _unfollowed(reader: Reader, organisation_id: int, today: date) -> list[Ending]:
    """Officers' terms that run, with nobody to follow, the one that ends first before the others."""
    query = endings(organisation_id).where(Term.held_on(today))
    far = today + timedelta(days=366)
    query = query.where((Term.ends_on <= far) | HandoverDate.id.is_not(None))
    found = await read_endings(reader, organisation_id, today, query)
    return sorted((one for one in found if not one.is_followed), key=lambda one: one.last_day)


async def _vacant(reader: Reader, organisation_id: int, today: date) -> list[Ending]:
    query = endings(organisation_id).where(
        Term.ends_on < today,
        Term.ends_on >= today - timedelta(days=GRACE_DAYS),
        ~IS_HELD_LATER,
        Post.retired_at.is_(None),
    )
    found = await read_endings(reader, organisation_id, today, query)
    return list({(one.post_key, one.lc_id): one for one in found}.values())


async def threads_of(reader: Reader, organisation_id: int, of: Iterable[Ending]) -> dict[int, int]:
    """LC → its officers' thread, in a server in which the bot is."""
    lc_ids = {one.lc_id for one in of if one.lc_id is not None}
    if not lc_ids:
        return {}
    found = await places(reader, organisation_id, lc_ids)
    return {
        lc_id: spot.officers_thread_id
        for lc_id, place in found.items()
        for spot in place.spots[:1]
        if spot.officers_thread_id is not None and spot.absent_since is None
    }


async def _represented(reader: Reader, organisation_id: int, today: date) -> set[int]:
    """LCs with a representative in office."""
    query = (
        select(Term.lc_id)
        .join(Post, Post.id == Term.post_id)
        .where(
            Term.organisation_id == organisation_id,
            Post.key == LC_REPRESENTATIVE,
            Term.held_on(today),
        )
    )
    return {row.lc_id for row in await fetch(reader, query)}


ENDS_KIND = MessageKind(
    "handovers:your-term-ends",
    N_("Notice to a holder that their term is ending"),
    tolerance=timedelta(days=5),  # in February year 6 is left in peace
    is_budgeted=True,
    is_reminder=True,
)
FOLLOW_KIND = MessageKind("handovers:would-you", N_("Request to a successor"), is_budgeted=True)
BEGINS_KIND = MessageKind(
    "handovers:your-term-begins", N_("Notice to a successor that their term has begun"), is_budgeted=True
)
#: The LC's thread is told first: a word that can't be delivered is a message of its own there, and not a line of that.
AFTER = timedelta(minutes=2)
#: Days after the first one on which a successor is still told that their term has begun, if the bot was away.
LATE = 2


class DirectWordService(Service):
    """Looks at send time at what still holds."""

    async def ending(self, organisation_id: int, term_id: int, last_day: date, today: date) -> Ending | None:
        """The term, if it still ends on that day with nobody to follow."""
        query = endings(organisation_id).where(Term.id == term_id, Term.ends_on >= today)
        async with self.database.reading() as connection:
            found = await read_endings(connection, organisation_id, today, query)
        return found[0] if found and found[0].last_day == last_day and not found[0].is_followed else None

    async def asked(self, organisation_id: int, handover_id: int, today: date) -> Asked | None:
        """Is somebody still asked to follow?"""
        async with self.database.reading() as connection:
            found = await asked_rows(connection, organisation_id, today, Handover.id == handover_id)
        return found[0] if found else None

    async def begun(self, organisation_id: int, term_id: int, today: date) -> Ending | None:
        """A term that runs today."""
        query = endings(organisation_id).where(Term.id == term_id, Term.held_on(today))
        async with self.database.reading() as connection:
            found = await read_endings(connection, organisation_id, today, query)
        return found[0] if found else None


async def to_holders(
    session: AsyncSession,
    moment: Moment,
    running: Iterable[Ending],
    notices: tuple[int, ...],
    places: Mapping[int | None, Recipient],
) -> list[NewDelivery]:
    """A word for each term, on the days on which its LC is asked, too; several go out as one message. Where it can't
    be delivered, they are mentioned in their LC's place instead."""
    due = [
        (one, one.discord_user_id, notice)
        for one in running
        if (notice := rules.notice_due((one.last_day - moment.today).days, notices)) is not None
        and one.discord_user_id is not None
        and not one.candidate
    ]
    direct = await asked_for_messages(session, moment.organisation_id, [user for _, user, _ in due])
    return [
        ENDS_KIND.to(
            Recipient(RecipientKind.PERSON, user),
            moment,
            f"{one.term_id}:{one.last_day.isoformat()}:{notice}",
            {"term": one.term_id, "last": one.last_day.isoformat()},
            generation=one.generation,
            due_at=moment.now + AFTER,
            fallback=places.get(one.lc_id),
        )
        for one, user, notice in due
        if user in direct
    ]


async def to_named(session: AsyncSession, moment: Moment, handover: Handover) -> list[NewDelivery]:
    """Somebody who was just named as a successor is asked in their home, and directly if they chose that."""
    direct = await asked_for_messages(session, moment.organisation_id, [handover.discord_user_id])
    return [
        FOLLOW_KIND.to(Recipient(RecipientKind.PERSON, user), moment, handover.id, {"handover": handover.id})
        for user in direct
    ]


async def to_successors(session: AsyncSession, moment: Moment) -> list[NewDelivery]:
    """On the day on which access passes: tell those who said yes before, so that they needn't look."""
    organisation_id, today, old = moment.organisation_id, moment.today, aliased(Term)
    query = (
        select(Term.id, Term.starts_on, Person.discord_user_id, Handover.decided_at)
        .join(Person, Person.id == Term.person_id)
        .join(Post, Post.id == Term.post_id)
        .join(
            Handover,
            (Handover.organisation_id == organisation_id)
            & (Handover.discord_user_id == Person.discord_user_id)
            & (Handover.state == HandoverState.ACCEPTED),
        )
        .join(old, (old.id == Handover.term_id) & (old.post_id == Term.post_id))
        .where(
            Term.organisation_id == organisation_id,
            Post.is_officer,
            (old.lc_id == Term.lc_id) | (old.lc_id.is_(None) & Term.lc_id.is_(None)),
            old.ends_on < Term.starts_on,
            Term.starts_on.between(today - timedelta(days=LATE), today),
            Term.ends_on >= today,
        )
    )
    rows = [row for row in await fetch(session, query) if local_date(row.decided_at, moment.time_zone) < row.starts_on]
    direct = await asked_for_messages(session, organisation_id, [row.discord_user_id for row in rows])
    return [
        # A term begins once: its first day never moves.
        BEGINS_KIND.to(Recipient(RecipientKind.PERSON, row.discord_user_id), moment, row.id, {"term": row.id})
        for row in rows
        if row.discord_user_id in direct
    ]
