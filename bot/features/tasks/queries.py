"""The statements behind the services: whose a task is on a day, and what is read of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from bot.errors import NextStep
from bot.features.homes.facts import Query
from bot.features.local_committees.queries import with_lc
from bot.features.members.models import Contact, Profile
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, Asker, Given
from bot.features.people.models import EVERYTHING, Level, Person, Post, PostRight, Reach, Term
from bot.features.people.rules import Right
from bot.features.tasks.models import Task, TaskState
from bot.features.tasks.rules import OWN, TaskTemplate, template_of

IS_OPEN = Task.state == TaskState.OPEN.value
_IS_OF_A_PLACE = (Term.post_id == Task.post_id) & Term.lc_id.is_not_distinct_from(Task.lc_id)


def held_by(person_id: Given[int], today: Given[date]) -> ColumnElement[bool]:
    """Does this person hold the task's post today?"""
    return exists().where(Term.person_id == person_id, _IS_OF_A_PLACE, Term.held_on(today))


def is_doer(person_id: Given[int], today: Given[date]) -> ColumnElement[bool]:
    return or_(Task.person_id == person_id, held_by(person_id, today))


def holders(today: Given[date]) -> ColumnElement[bool]:
    """Joins the terms of those who hold its post."""
    return _IS_OF_A_PLACE & Term.held_on(today)


def is_vacant(today: Given[date]) -> ColumnElement[bool]:
    """Nobody does it: its post has no holder, or its person is forgotten."""
    held = exists().where(_IS_OF_A_PLACE, Term.held_on(today))
    return or_(and_(Task.post_id.is_not(None), ~held), and_(Task.post_id.is_(None), Task.person_id.is_(None)))


def is_in_office(today: Given[date]) -> ColumnElement[bool]:
    """Is its person a national officer?"""
    post = aliased(Post)
    nation = (post.level == Level.NATION) & post.is_officer
    return exists().where(Term.person_id == Task.person_id, Term.post_id == post.id, nation, Term.held_on(today))


def _is_reached(person_id: Any) -> ColumnElement[bool]:
    """Is the person in this column written to directly?"""
    person, profile = aliased(Person), aliased(Profile)
    direct = (profile.person_id == person.id) & (profile.contact == Contact.DIRECT.value)
    return exists().where(person.id == person_id, person.discord_user_id.is_not(None), direct)


def is_told_to_a_holder(today: date) -> ColumnElement[bool]:
    """Is any holder of its post written to directly?"""
    return exists().where(_IS_OF_A_PLACE, Term.held_on(today), _is_reached(Term.person_id))


def setter_keeps(today: Given[date]) -> ColumnElement[bool]:
    """Does the one who set it still hold a post that lets them set tasks there?"""
    post = aliased(Post)
    keeps = PostRight.right.in_([Right.KEEP_TASKS.value, EVERYTHING]) & (PostRight.reach == Reach.PLACE.value)
    return exists().where(
        Term.person_id == Task.set_by_id,
        Term.held_on(today),
        or_(Term.lc_id.is_(None), Term.lc_id == Task.lc_id),
        post.id == Term.post_id,
        post.is_officer,
        PostRight.post_id == post.id,
        keeps,
    )


def went_up_to(person_id: Given[int], today: Given[date]) -> ColumnElement[bool]:
    """It was somebody else's, and the one who set it was told."""
    others = Task.person_id.is_not(None) & (Task.person_id != person_id)
    return and_(Task.escalated_on.is_not(None), others, Task.set_by_id == person_id, setter_keeps(today))


def is_up(today: Given[date]) -> ColumnElement[bool]:
    """Is it the national officers' too, besides those who had it?"""
    set_by_another = Task.person_id.is_not(None) & Task.set_by_id.is_not(None) & (Task.set_by_id != Task.person_id)
    went_up = and_(Task.escalated_on.is_not(None), Task.due_on < today, ~and_(set_by_another, setter_keeps(today)))
    national = Task.template.in_([str(one) for one in TaskTemplate.known.values() if one.is_national])
    not_told = and_(national, Task.person_id.is_not(None), ~and_(is_in_office(today), _is_reached(Task.person_id)))
    return or_(went_up, and_(Task.waits_on <= today, or_(is_vacant(today), not_told)))


def is_mine(actor: Actor) -> ColumnElement[bool]:
    """The tasks that wait for the actor. Somebody without a record has none."""
    return _is_theirs(Asker.of(actor), keeps=actor.may(Right.KEEP_TASKS))


def _is_theirs(asker: Asker, *, keeps: bool) -> ColumnElement[bool]:
    """``keeps``: they look after the tasks of all."""
    mine = [is_doer(asker.person_id, asker.today), went_up_to(asker.person_id, asker.today)]
    return or_(*mine, is_up(asker.today)) if keeps else or_(*mine)


@cache
def _waiting(*, keeps: bool) -> Query:
    waits = func.coalesce(func.sum(case((Task.waits_on <= ASKER.today, 1), else_=0)), 0)
    return select(func.count().label("of"), waits.label("n")).where(
        Task.organisation_id == ASKER.organisation_id, IS_OPEN, _is_theirs(ASKER, keeps=keeps)
    )


def tasks_waiting(actor: Actor) -> Query | None:
    """For home: ``n`` tasks wait for the actor today, of ``of`` that are theirs and open."""
    return None if actor.person_id is None else _waiting(keeps=actor.may(Right.KEEP_TASKS))


@dataclass(frozen=True, slots=True)
class TaskLine:
    """``person``: whose it is, else ``post_ja`` and ``post_en``, of an LC or of the nation; all "" for nobody."""

    task_id: int
    template: TaskTemplate
    state: TaskState
    subject_id: int | None
    title_ja: str
    title_en: str
    due_on: date
    is_over: bool
    person: str
    post_ja: str
    post_en: str
    lc_ja: str
    lc_en: str
    waiting_for: str
    waiting_since: date | None
    ask_again: str

    @property
    def step(self) -> NextStep | None:
        """Where it is done; None if it is ticked."""
        return step_of(self.template, self.subject_id)


def step_of(template: TaskTemplate, subject_id: int | None) -> NextStep | None:
    step = template.step
    return step and NextStep(step.label, step.custom_id.format(subject=subject_id))


def lines(organisation_id: int) -> Select[Any]:
    """Tasks, by their day; the caller says which."""
    names = (Person.display_name, Post.name_ja.label("post_ja"), Post.name_en.label("post_en"))
    tasks = (
        select(*Task.__table__.c, *names)
        .outerjoin(Person, Person.id == Task.person_id)
        .outerjoin(Post, Post.id == Task.post_id)
        .where(Task.organisation_id == organisation_id)
        .order_by(Task.due_on, Task.id)
    )
    return with_lc(tasks, Task.lc_id, outer=True)


def line_of(row: Row[Any], today: date) -> TaskLine:
    return TaskLine(
        row.id,
        template_of(row.template),
        TaskState(row.state),
        row.subject_id,
        row.title_ja,
        row.title_en,
        row.due_on,
        row.state == TaskState.OPEN and row.due_on < today,
        row.display_name or "",
        row.post_ja or "",
        row.post_en or "",
        row.lc_ja or "",
        row.lc_en or "",
        row.waiting_for,
        row.waiting_since,
        row.ask_again,
    )


#: Notes to oneself are nobody else's business.
IS_PRIVATE = Task.template == str(OWN)
