from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Id, Record
from bot.features.tasks.rules import OWN, PARTY, TEXT, TITLE
from bot.i18n import N_
from bot.personal import Personal, Subject, by_person


class TaskState(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"
    SUPERSEDED = "superseded"  # the next one of its kind has taken its place


class Task(Record):
    """Something has to be done by a day: by the holders of the post ``post_id`` at the time, in the LC ``lc_id`` or
    in the nation, or by the person ``person_id``. Without either it is the national officers'."""

    __tablename__ = "tasks"
    __table_args__ = (
        # A task that people set by hand has no subject, and so is never the same as another.
        UniqueConstraint("subject_kind", "subject_id", "template", "occurrence"),
        Index(None, "organisation_id", "state", "due_on"),
        Index(None, "post_id", "lc_id"),
        {"sqlite_autoincrement": True},
    )

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisations.id"))
    #: Its ``TaskTemplate``.
    template: Mapped[str] = mapped_column(String(60))
    #: What it is about, such as ``link`` and its number.
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None] = mapped_column(Id)
    #: Counts those of one template and subject from 1.
    occurrence: Mapped[int]
    title_ja: Mapped[str] = mapped_column(String(TITLE))
    title_en: Mapped[str] = mapped_column(String(TITLE))
    person_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(Id, ForeignKey("posts.id"))
    lc_id: Mapped[int | None] = mapped_column(Id, ForeignKey("local_committees.id"), index=True)
    #: None where the bot did, or somebody who is forgotten.
    set_by_id: Mapped[int | None] = mapped_column(Id, ForeignKey("people.id"), index=True)
    #: The day from which its own day counts, such as the first day of an event; it may move.
    anchor_on: Mapped[date] = mapped_column(Date)
    #: Until the end of that day it should be done. As all that follows from the anchor, it is kept for queries.
    due_on: Mapped[date] = mapped_column(Date)
    #: From then on it waits on ``/home``.
    waits_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(12))
    #: When its doer was last reminded, and when it went up. Both are None again when there is something new to say.
    said_on: Mapped[date | None] = mapped_column(Date)
    escalated_on: Mapped[date | None] = mapped_column(Date)
    #: The party it waits for, such as a department or an embassy; "" for nobody. Since when, and the text to ask again.
    waiting_for: Mapped[str] = mapped_column(String(PARTY), default="")
    waiting_since: Mapped[date | None] = mapped_column(Date)
    ask_again: Mapped[str] = mapped_column(String(TEXT), default="")
    set_at: Mapped[datetime]

    @classmethod
    def personal(cls) -> Iterator[Personal]:
        taken = select(cls.title_ja, cls.title_en, cls.due_on, cls.state, cls.waiting_for, cls.ask_again)
        whose = by_person(cls.person_id) | by_person(cls.set_by_id)
        yield Personal(cls, "tasks", N_("Your tasks, and tasks you set"), whose, taken, _hand_up)


async def _hand_up(_part: Personal, session: AsyncSession, subject: Subject, _now: datetime) -> None:
    """An open task goes to the one who set it, else to the national officers, who hear of it. A note to oneself is
    deleted."""
    if subject.person_id is None:
        return
    mine, is_open = Task.person_id == subject.person_id, Task.state == TaskState.OPEN.value
    handed = {"person_id": func.nullif(Task.set_by_id, subject.person_id), "said_on": None, "escalated_on": None}
    for query in (
        delete(Task).where(mine, Task.template == str(OWN)),
        update(Task).where(mine, is_open).values(handed),
        update(Task).where(mine).values(person_id=None),
        update(Task).where(Task.set_by_id == subject.person_id).values(set_by_id=None),
    ):
        await session.execute(query.execution_options(synchronize_session=False))
