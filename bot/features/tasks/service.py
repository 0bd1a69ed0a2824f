from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NoReturn

from sqlalchemy import Row, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Reader, fetch, insert_if_absent
from bot.errors import Conflict, Invalid, NextStep, NotAllowed, NotFound
from bot.features import Service
from bot.features.local_committees.acting import locked
from bot.features.local_committees.models import LocalCommittee
from bot.features.local_committees.queries import with_lc
from bot.features.organisations.naming import one_name
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.lifecycles import Lifecycle, Step
from bot.features.people.models import Level, Person, Post, Term
from bot.features.people.rules import Right
from bot.features.tasks.models import Task, TaskState
from bot.features.tasks.queries import (
    IS_OPEN,
    IS_PRIVATE,
    TaskLine,
    is_doer,
    is_mine,
    line_of,
    lines,
    step_of,
)
from bot.features.tasks.rules import GIVEN, OWN, PARTY, TEXT, TITLE, TaskTemplate, check_day, template_of
from bot.i18n import N_
from bot.kit.moments import Moment
from bot.paging import Part, fetch_part

LIST = NextStep(N_("Tasks"), "tasks:mine")
GONE = N_("That task no longer exists. Please choose from the list.")
CHANGED = N_("Somebody else has already changed this task. Nothing was changed.")
LIFE = Lifecycle(TaskState.OPEN)
TICK = LIFE.step([TaskState.OPEN], TaskState.DONE, CHANGED, action="task.tick")
UNTICK = LIFE.step([TaskState.DONE], TaskState.OPEN, CHANGED, action="task.untick")
DROP = LIFE.step([TaskState.OPEN], TaskState.DROPPED, CHANGED, action="task.drop")
SUPERSEDE = LIFE.step([TaskState.OPEN], TaskState.SUPERSEDED, action="task.supersede")
#: Tasks on a page.
PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task as a feature sets it: of the post ``post_id`` (in the LC ``lc_id``, or of the nation) or of a person."""

    template: TaskTemplate
    subject_kind: str
    subject_id: int | None
    anchor_on: date
    title_ja: str = ""
    title_en: str = ""
    occurrence: int = 1
    post_id: int | None = None
    lc_id: int | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """A task that somebody sets by hand, for a post, else for a person."""

    title: str
    due_on: date
    post_id: int | None = None
    lc_id: int | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class TaskCard:
    """A task, and what its reader may do about it."""

    line: TaskLine
    may_tick: bool
    may_drop: bool


class TaskService(Service):
    async def mine(self, actor: Actor, page: int = 0) -> Part[TaskLine]:
        """The actor's tasks, for themselves or in a post, and those that have gone up to them."""
        return await self._page(actor, page, is_mine(actor))

    async def of_lc(self, actor: Actor, lc_id: int, page: int = 0) -> Part[TaskLine]:
        """The tasks of an LC's posts. Raises NotAllowed: the actor is no officer of it, nor a national one."""
        actor.require(Right.KEEP_TASKS, lc_id)
        return await self._page(actor, page, Task.lc_id == lc_id, ~IS_PRIVATE)

    async def all(self, actor: Actor, page: int = 0) -> Part[TaskLine]:
        """All open tasks, except notes to oneself. Raises NotAllowed: the actor is no national officer."""
        actor.require(Right.KEEP_TASKS)
        return await self._page(actor, page, ~IS_PRIVATE)

    async def lcs(self, actor: Actor) -> list[Row[Any]]:
        """The single LCs whose tasks the actor keeps (see ``Actor.lcs_where``): id, lc_ja, lc_en."""
        own = actor.lcs_where(Right.KEEP_TASKS)
        if not own:
            return []
        query = with_lc(select(LocalCommittee.id)).where(LocalCommittee.id.in_(own)).order_by(LocalCommittee.id)
        async with self.database.reading() as connection:
            return list(await fetch(connection, query))

    async def _page(self, actor: Actor, page: int, *which: Any) -> Part[TaskLine]:
        query = lines(actor.organisation.id).where(IS_OPEN, *which)
        async with self.database.reading() as connection:
            found = await fetch_part(connection, query, page, PER_PAGE)
        return found.each(lambda row: line_of(row, actor.today))

    async def show(self, actor: Actor, task_id: int) -> TaskCard:
        """Raises: NotFound; NotAllowed: it isn't the actor's, and none of an LC or organisation whose officer they
        are."""
        async with self.database.reading() as connection:
            rows = await fetch(connection, lines(actor.organisation.id).where(Task.id == task_id))
            if not rows:
                raise NotFound(GONE, next_steps=[LIST])
            ticks = await _may_tick(connection, actor, rows[0])
        keeps = _keeps(actor, rows[0])
        if not (ticks or keeps):
            _refuse()
        return TaskCard(line_of(rows[0], actor.today), ticks, keeps)

    async def doers(self, actor: Actor, lc_id: int | None) -> list[Row[Any]]:
        """The posts of an LC, or of the nation, for which the actor may set a task: id, name_ja, name_en, is_vacant
        (nobody holds it today, so the task is the national officers'). None if they may not."""
        if not actor.may(Right.KEEP_TASKS, lc_id):
            return []
        level = Level.NATION if lc_id is None else Level.LC
        is_held = exists().where(
            Term.post_id == Post.id, Term.lc_id.is_not_distinct_from(lc_id), Term.held_on(actor.today)
        )
        query = select(Post.id, Post.name_ja, Post.name_en, (~is_held).label("is_vacant")).where(
            Post.organisation_id == actor.organisation.id,
            Post.level == level,
            Post.is_officer,
            Post.retired_at.is_(None),
        )
        async with self.database.reading() as connection:
            return list(await fetch(connection, query.order_by(Post.position, Post.id)))

    async def set(self, actor: Actor, draft: TaskDraft) -> int:
        """A task for oneself, for a post of one's LC, or as a national officer for any post or person; its id.

        Raises:
            NotAllowed: the actor may set none there.
            Invalid: the title or the day can't be kept.
            NotFound: there is no such post, LC or person.
        """
        title = one_name(draft.title, TITLE)
        if not title:
            raise Invalid(N_("Please enter what needs to be done."))
        template, right = OWN, None
        there = draft.lc_id if draft.post_id is not None else None
        if draft.post_id is not None or actor.person_id is None or draft.person_id != actor.person_id:
            template, right = GIVEN, Right.KEEP_TASKS
        async with change_by(self, actor, right, there) as change:
            check_day(draft.due_on, actor.today)
            await _require_doer(change, draft)
            new = NewTask(template, "", None, draft.due_on, title, title)
            made = await set_task(change, replace(new, post_id=draft.post_id, lc_id=there, person_id=draft.person_id))
            assert made is not None  # without a subject it is like no other
            return made

    async def tick(self, actor: Actor, task_id: int) -> None:
        """It is done. A second tick changes nothing.

        Raises:
            NotFound: there is no such task.
            NotAllowed: the actor neither holds its post today, nor is its person, nor keeps it as for ``drop``.
            Conflict: it is done elsewhere, or is open no more.
        """
        async with change_by(self, actor) as change:
            task = await _locked_by_doer(change, task_id)
            if task.state != TaskState.DONE:
                _take(TICK, change, task)

    async def untick(self, actor: Actor, task_id: int) -> None:
        """It isn't done after all: its doer is reminded again. Raises as ``tick`` does."""
        async with change_by(self, actor) as change:
            task = await _locked_by_doer(change, task_id)
            if task.state != TaskState.OPEN:
                _take(UNTICK, change, task)
                task.said_on = task.escalated_on = None

    async def drop(self, actor: Actor, task_id: int) -> None:
        """It need not be done any more.

        Raises:
            NotFound: there is no such task.
            NotAllowed: the actor may set no tasks there; a note to oneself is its writer's alone.
            Conflict: it is done elsewhere, or is open no more.
        """
        async with change_by(self, actor) as change:
            task = await _locked_by_keeper(change, task_id)
            _take(DROP, change, task)

    async def move_anchor(self, actor: Actor, task_id: int, anchor_on: date) -> None:
        """Give a task that was set by hand another day. Raises as ``drop`` does, and Invalid: it can't be due then."""
        async with change_by(self, actor) as change:
            check_day(anchor_on, actor.today)
            task = await _locked_by_keeper(change, task_id)
            DROP.require(task.state, LIST)
            _date(change, task, anchor_on)

    async def wait_for(self, actor: Actor, task_id: int, party: str, since: date | None, ask_again: str) -> None:
        """It waits for somebody since a day, with a text to ask them again; for nobody any more if ``party`` is empty.

        Raises:
            NotFound, NotAllowed: as for ``tick``.
            Invalid: a text is too long, or the day is yet to come.
            Conflict: it is open no more.
        """
        who, text = one_name(party, PARTY), ask_again.strip()
        if len(text) > TEXT:
            raise Invalid(N_("That is too long: at most {n} characters fit. Please shorten it."), n=TEXT)
        async with change_by(self, actor) as change:
            if since is not None and since > actor.today:
                raise Invalid(N_("Please enter the date you've been waiting since: today or earlier."))
            task = await _locked(change, task_id)
            await _require_doing(change, task)
            DROP.require(task.state, LIST)
            task.waiting_for, task.ask_again = who, text if who else ""
            task.waiting_since = (since or actor.today) if who else None
            _note(change, "task.wait", task, ("waiting_for",))


async def _may_tick(reader: Reader, actor: Actor, task: Any) -> bool:
    """``task``: a row or a line of the table."""
    if actor.person_id is None:
        return False
    if _keeps(actor, task):
        return True
    query = select(exists().where(Task.id == task.id, is_doer(actor.person_id, actor.today)))
    return bool(await reader.scalar(query))


def _keeps(actor: Actor, task: Any) -> bool:
    """A note to oneself is its writer's. All else takes the right to set tasks there, no matter who set it."""
    if task.template == OWN:
        return actor.person_id is not None and actor.person_id == task.set_by_id
    return actor.may(Right.KEEP_TASKS, task.lc_id)


def _refuse() -> NoReturn:
    raise NotAllowed(
        N_("Only the person assigned and officers who may assign tasks there can change this. Please ask one of them."),
        next_steps=[LIST],
    )


async def _locked(change: Change, task_id: int) -> Task:
    return await change.lock(Task, task_id, GONE, LIST)


async def _require_doing(change: Change, task: Task) -> None:
    if not await _may_tick(change.session, change.actor, task):
        _refuse()


def _require_by_hand(task: Task) -> None:
    step = step_of(template_of(task.template), task.subject_id)
    if step is not None:
        raise Conflict(
            N_("This task can't be ticked here. Use the button below to do it on its own page."), next_steps=[step]
        )


async def _locked_by_doer(change: Change, task_id: int) -> Task:
    task = await _locked(change, task_id)
    await _require_doing(change, task)
    _require_by_hand(task)
    return task


async def _locked_by_keeper(change: Change, task_id: int) -> Task:
    task = await _locked(change, task_id)
    if not _keeps(change.actor, task):
        _refuse()
    _require_by_hand(task)
    return task


async def _require_doer(change: Change, draft: TaskDraft) -> None:
    ours = change.moment.organisation_id
    if draft.post_id is None:
        person = select(Person.id).where(Person.id == (draft.person_id or 0), Person.organisation_id == ours)
        found = await change.session.scalar(person.with_for_update(read=True))
    else:
        if draft.lc_id is not None:
            await locked(change, draft.lc_id)
        level = Level.NATION if draft.lc_id is None else Level.LC
        post = select(Post.id).where(Post.id == draft.post_id, Post.organisation_id == ours, Post.level == level)
        found = await change.session.scalar(post.where(Post.is_officer, Post.retired_at.is_(None)))
    if found is None:
        raise NotFound(N_("That post or person was not found. Please choose from the list."))


def _subject(task: Task) -> tuple[str, int]:
    """In the LC's history where it is about one."""
    return ("task", task.id) if task.lc_id is None else ("local_committee", task.lc_id)


def _note(change: Change, action: str, task: Task, fields: Iterable[str] = ()) -> None:
    """A note to oneself is nobody else's business, and so isn't in the history."""
    if task.template != OWN:
        change.note(action, *_subject(task), fields)


def _take(step: Step[TaskState], change: Change, task: Task) -> None:
    if task.template == OWN:
        step.put(task, LIST)
        return
    step.move(change, task, *_subject(task), ("state",), LIST)


def _date(change: Change, task: Task, anchor_on: date) -> None:
    """Another anchor: reminders of the former day no longer count, and those of the new day begin."""
    if task.anchor_on == anchor_on:
        return
    template = template_of(task.template)
    task.anchor_on, task.due_on = anchor_on, template.due_on(anchor_on)
    task.waits_on = template.waits_on(task.due_on, change.moment.today)
    task.said_on = task.escalated_on = None
    _note(change, "task.move", task, ("anchor_on",))


# --- what features do with their tasks, in the change that causes it --------------------------------------------------


async def set_task(change: Change, new: NewTask) -> int | None:
    """Set a task, in the place of earlier ones of its subject and template that are still open. The same again changes
    nothing, and is None."""
    made = await _insert(change.session, change.moment, new, change.actor.person_id)
    if made is None:
        return None
    task = await change.session.get_one(Task, made)
    _note(change, "task.set", task)
    if new.subject_id is not None:
        for old in await _open_of(change.session, new.subject_kind, new.subject_id, new.template):
            if old.occurrence < new.occurrence:
                _take(SUPERSEDE, change, old)
    return made


async def _insert(session: AsyncSession, moment: Moment, new: NewTask, set_by_id: int | None) -> int | None:
    due_on = new.template.due_on(new.anchor_on)
    return await insert_if_absent(
        session,
        Task,
        organisation_id=moment.organisation_id,
        template=str(new.template),
        subject_kind=new.subject_kind,
        subject_id=new.subject_id,
        occurrence=new.occurrence,
        title_ja=new.title_ja,
        title_en=new.title_en,
        person_id=new.person_id,
        post_id=new.post_id,
        lc_id=new.lc_id,
        set_by_id=set_by_id,
        anchor_on=new.anchor_on,
        due_on=due_on,
        waits_on=new.template.waits_on(due_on, moment.today),
        state=LIFE.first.value,
        waiting_for="",
        ask_again="",
        set_at=moment.now,
    )


async def set_by_itself(session: AsyncSession, moment: Moment, new: NewTask) -> None:
    """The bot's own work sets a task, unless one of its subject and template is open. The subject has to be locked."""
    assert new.subject_id is not None
    if not await _open_of(session, new.subject_kind, new.subject_id, new.template):
        await _insert(session, moment, replace(new, occurrence=await _last(session, new) + 1), None)


async def _last(session: AsyncSession, new: NewTask) -> int:
    """The highest ``occurrence`` that a task of its subject and template has had; 0 for none."""
    of_it = (Task.subject_kind == new.subject_kind) & (Task.subject_id == new.subject_id)
    last = select(func.max(Task.occurrence)).where(of_it, Task.template == str(new.template))
    return await session.scalar(last) or 0


async def end_by_itself(
    session: AsyncSession, step: Step[TaskState], subject_kind: str, subject_id: int, *templates: TaskTemplate
) -> None:
    """As ``settle``, where nobody does it but the bot."""
    which = (Task.subject_kind == subject_kind, Task.subject_id == subject_id)
    await step.put_all(session, Task, *which, Task.template.in_([str(one) for one in templates]))


async def keep_set(change: Change, new: NewTask) -> None:
    """Make the one open task of a subject and template as ``new`` says, whichever ``occurrence`` it is. It moves
    along with its anchor; if somebody else is to do it, the next one replaces it. The subject has to be locked."""
    assert new.subject_id is not None
    await move_all(change, new.subject_kind, new.subject_id, new.anchor_on, new.template)
    doer = (new.post_id, new.lc_id, new.person_id)
    for task in await _open_of(change.session, new.subject_kind, new.subject_id, new.template):
        if (task.post_id, task.lc_id, task.person_id) == doer:
            task.title_ja, task.title_en = new.title_ja, new.title_en
            return
    await set_task(change, replace(new, occurrence=await _last(change.session, new) + 1))


async def move_all(
    change: Change, subject_kind: str, subject_id: int, anchor_on: date, template: TaskTemplate | None = None
) -> None:
    """The anchor of a subject has moved, and with it its open tasks: those of one template, or all."""
    for task in await _open_of(change.session, subject_kind, subject_id, template):
        _date(change, task, anchor_on)


async def settle(
    change: Change,
    step: Step[TaskState],
    subject_kind: str,
    subject_id: int,
    template: TaskTemplate | None = None,
) -> None:
    """Open tasks of a subject, of one template or all, are done (``TICK``), or need not be done (``DROP``)."""
    for task in await _open_of(change.session, subject_kind, subject_id, template):
        _take(step, change, task)


async def _open_of(
    session: AsyncSession, subject_kind: str, subject_id: int, template: TaskTemplate | None = None
) -> list[Task]:
    query = select(Task).where(Task.subject_kind == subject_kind, Task.subject_id == subject_id, IS_OPEN)
    if template is not None:
        query = query.where(Task.template == str(template))
    return list(await session.scalars(query.order_by(Task.id).with_for_update()))


async def waiting_subjects(reader: Reader, actor: Actor, subject_kind: str) -> set[int]:
    """The subjects of a kind of which a task waits for the actor today."""
    query = select(Task.subject_id).where(
        Task.organisation_id == actor.organisation.id,
        Task.subject_kind == subject_kind,
        IS_OPEN,
        Task.waits_on <= actor.today,
        is_mine(actor),
    )
    return {row.subject_id for row in await fetch(reader, query)}
