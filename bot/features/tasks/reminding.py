"""The look of each morning: who is reminded of what, and what goes up. A reader has one message a day for all of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from sqlalchemy import and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.deliveries.models import Delivery, RecipientKind
from bot.deliveries.outbox import enqueue
from bot.deliveries.recipients import spells
from bot.deliveries.values import NewDelivery, Recipient
from bot.features import Service
from bot.features.members.models import Contact, Profile
from bot.features.members.reaching import told_at
from bot.features.organisations.each import for_each, moment_of
from bot.features.people.models import Person, Term
from bot.features.tasks.models import Task
from bot.features.tasks.queries import (
    IS_OPEN,
    TaskLine,
    holders,
    is_doer,
    is_in_office,
    is_told_to_a_holder,
    is_up,
    line_of,
    lines,
    setter_keeps,
    went_up_to,
)
from bot.features.tasks.rules import template_of
from bot.i18n import N_
from bot.kit.messages import JobKind, MessageKind
from bot.kit.moments import Moment

LOOK = JobKind("tasks:look", N_("Checking tasks (automatic)"))
BUNDLE = MessageKind("tasks:bundle", N_("Task reminder"), is_budgeted=True, is_reminder=True)
AT = time(8)
#: How readers are called in keys and payloads, besides ``person:12`` and ``lc:3``.
NATION = "nation"


@dataclass(slots=True)
class _Told:
    """The people of a task who are told directly. ``is_there``: somebody does it at all; ``is_spared``: all who
    would be told are left in peace just now."""

    is_there: bool = False
    readers: list[Recipient] = field(default_factory=list)
    is_spared: bool = False


class TaskWatch(Service):
    async def plan_all(self) -> None:
        """See to it that every organisation has its next look planned."""

        async def plan(organisation_id: int, time_zone: str) -> None:
            async with self.database.writing() as session:
                await plan_next(session, Moment(organisation_id, time_zone, self.clock.now()))

        await for_each(self.database, "look at tasks not planned", plan)

    async def look(self, organisation_id: int) -> None:
        """Remind everybody whose day it is. Missed mornings are made up for, once; done twice, it is said once.

        Each reminder is noted on the task in the same transaction. Somebody who has had today's message isn't told of
        anything else today: it waits for tomorrow's.
        """
        async with self.database.writing() as session:
            moment = await moment_of(session, organisation_id, self.clock.now())
            if moment is None:
                return
            await plan_next(session, moment)
            found = select(Task).where(Task.organisation_id == organisation_id, IS_OPEN)
            tasks = [
                task
                for task in await session.scalars(found.order_by(Task.id).with_for_update())
                if _may_be_news(task, moment.today)
            ]
            if tasks:
                await _remind(session, moment, tasks)

    async def bundle(self, organisation_id: int, payload: Mapping[str, Any], today: date) -> list[TaskLine]:
        """What a reader's message of a day says when it goes out: the tasks it was about that are still open and
        theirs. Said again on a later day, it is that day's."""
        day, reader = date.fromisoformat(payload["day"]), payload["reader"]
        said, went_up = Task.said_on == day, Task.escalated_on == day
        if reader == "person":
            person_id = payload["person"]
            which = or_(and_(said, is_doer(person_id, today)), and_(went_up, went_up_to(person_id, today)))
        elif reader == "lc":
            which = and_(said, Task.lc_id == payload["lc"], Task.post_id.is_not(None), ~is_told_to_a_holder(today))
        else:
            which = and_(went_up, is_up(today))
        query = lines(organisation_id).where(IS_OPEN, which)
        async with self.database.reading() as connection:
            return [line_of(row, today) for row in await fetch(connection, query)]


async def plan_next(session: AsyncSession, moment: Moment) -> None:
    """Plans the next morning's look, in the caller's transaction."""
    await enqueue(session, [LOOK.daily(AT, moment)], moment.now)


def _may_be_news(task: Task, today: date) -> bool:
    template = template_of(task.template)
    may_go_up = template.escalates is not None and task.escalated_on is None and task.waits_on <= today
    return may_go_up or template.reminds(task.due_on, task.said_on, today)


async def _remind(session: AsyncSession, moment: Moment, tasks: Sequence[Task]) -> None:
    told = await _told(session, moment, tasks)
    setters = await _setters(session, moment, tasks)
    wanted: list[tuple[Task, bool, list[Recipient]]] = []
    for task in tasks:
        template, doers = template_of(task.template), told[task.id]
        if doers.is_there and template.reminds(task.due_on, task.said_on, moment.today) and not doers.is_spared:
            wanted.append((task, False, doers.readers))
        if task.escalated_on is None and template.escalates is not None and _goes_up(task, doers, moment.today):
            wanted.append(
                (task, True, setters[task.id] if doers.is_there and task.id in setters else [_nation(moment)])
            )
    parts = {reader.ref: reader for _, _, readers in wanted for reader in readers}
    had = await _had(session, moment, parts)
    news: dict[str, NewDelivery] = {}
    for task, is_up_now, readers in wanted:
        if any(reader.ref in had for reader in readers):
            continue
        if is_up_now:
            task.escalated_on = moment.today
        else:
            task.said_on = moment.today
        news |= {reader.ref: _bundle(moment, reader) for reader in readers}
    await enqueue(session, news.values(), moment.now)


def _goes_up(task: Task, doers: _Told, today: date) -> bool:
    if not doers.is_there:
        return task.waits_on <= today
    is_at_the_top = task.post_id is not None and task.lc_id is None
    return template_of(task.template).goes_up(task.due_on, today) and not is_at_the_top


def _nation(moment: Moment) -> Recipient:
    return Recipient(RecipientKind.OFFICERS, moment.organisation_id, NATION)


async def _told(session: AsyncSession, moment: Moment, tasks: Sequence[Task]) -> dict[int, _Told]:
    """Those of its people who chose direct messages; where none of an LC's did, the thread of its officers."""
    ids = [task.id for task in tasks]
    of_person = (Person.id, Person.discord_user_id, Profile.contact)
    in_office = is_in_office(moment.today).label("in_office")
    queries = (
        select(Task.id.label("task_id"), in_office, *of_person).join(Person, Person.id == Task.person_id),
        select(Task.id.label("task_id"), false().label("in_office"), *of_person)
        .join(Term, holders(moment.today))
        .join(Person, Person.id == Term.person_id),
    )
    found: dict[int, _Told] = defaultdict(_Told)
    national = {task.id for task in tasks if template_of(task.template).is_national and task.person_id is not None}
    spared = defaultdict[int, set[bool]](set)
    for query in queries:
        rows = await fetch(session, query.outerjoin(Profile, Profile.person_id == Person.id).where(Task.id.in_(ids)))
        now = await spells(session, {row.discord_user_id for row in rows if row.discord_user_id}, moment.now)
        for row in rows:
            one = found[row.task_id]
            one.is_there = True
            if row.contact != Contact.DIRECT or row.discord_user_id is None:
                continue
            if row.task_id in national and not row.in_office:
                continue
            spared[row.task_id].add(row.discord_user_id in now)
            if row.discord_user_id not in now:
                one.readers.append(Recipient(RecipientKind.PERSON, row.discord_user_id, f"person:{row.id}"))
    threads = await _threads(session, moment, {task.lc_id for task in tasks if task.lc_id is not None})
    for task in tasks:
        one = found[task.id]
        one.is_spared = spared[task.id] == {True}
        if not one.readers and not one.is_spared and task.post_id is not None and task.lc_id in threads:
            one.readers.append(threads[task.lc_id])
    return found


async def _threads(session: AsyncSession, moment: Moment, lc_ids: Collection[int]) -> dict[int, Recipient]:
    told = await told_at(session, moment.organisation_id, lc_ids, moment.today) if lc_ids else {}
    return {
        lc_id: Recipient(RecipientKind.THREAD, place.id, f"lc:{lc_id}")
        for lc_id, found in told.items()
        for place in found
        if place.kind is RecipientKind.THREAD
    }


async def _setters(session: AsyncSession, moment: Moment, tasks: Sequence[Task]) -> dict[int, list[Recipient]]:
    """For tasks of a person that somebody else set and still may: that somebody, if they are written to."""
    of_others = [one for one in tasks if one.person_id is not None and one.set_by_id not in (None, one.person_id)]
    query = (
        select(Task.id.label("task_id"), Person.id, Person.discord_user_id, Profile.contact)
        .join(Person, Person.id == Task.set_by_id)
        .outerjoin(Profile, Profile.person_id == Person.id)
        .where(Task.id.in_([one.id for one in of_others]), setter_keeps(moment.today))
    )
    found: dict[int, list[Recipient]] = {}
    for row in await fetch(session, query):
        reached = row.contact == Contact.DIRECT and row.discord_user_id is not None
        direct = Recipient(RecipientKind.PERSON, row.discord_user_id or 0, f"person:{row.id}")
        found[row.task_id] = [direct] if reached else []
    return found


def _part(moment: Moment, ref: str) -> str:
    return f"{moment.organisation_id}:{ref}:{moment.today.isoformat()}"


async def _had(session: AsyncSession, moment: Moment, refs: Collection[str]) -> set[str]:
    """The readers among these who have had today's message."""
    keys = {f"{BUNDLE.keys}:{_part(moment, ref)}": ref for ref in refs}
    rows = await fetch(session, select(Delivery.key).where(Delivery.key.in_(keys)))
    return {keys[row.key] for row in rows}


def _bundle(moment: Moment, reader: Recipient) -> NewDelivery:
    kind, _, number = reader.ref.partition(":")
    payload = {"day": moment.today.isoformat(), "reader": kind} | ({kind: int(number)} if number else {})
    to_person = reader.kind is RecipientKind.PERSON
    return BUNDLE.to(reader, moment, _part(moment, reader.ref), payload, is_budgeted=to_person)
