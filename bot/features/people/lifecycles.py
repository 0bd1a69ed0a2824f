"""A lifecycle as a table: what can happen to a record, from which states it can, to which it leads, and what is said
where it can't."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Record
from bot.errors import Conflict, NextStep
from bot.features.people.changes import Change

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Step(Generic[S]):
    """A row of the table: ``to`` may follow each of ``begins``. Nothing else sets the state of a row.

    ``refusal``: what is said where the row stands elsewhere, most often as somebody was faster; "" where nobody asks
    for it, as the bot's own work looks first. ``action``: what the history calls it (``bot.ui.actions`` has the words).
    """

    begins: Sequence[S]
    to: S
    refusal: str
    action: str
    column: str

    def may(self, state: str) -> bool:
        return state in self.begins

    def require(self, state: str, *next_steps: NextStep) -> None:
        """Raises Conflict: a row in this state can't go there."""
        if not self.may(state):
            raise self.refused(*next_steps)

    def refused(self, *next_steps: NextStep) -> Conflict:
        return Conflict(self.refusal, next_steps=next_steps)

    def put(self, row: Record, *next_steps: NextStep) -> None:
        """Take the step with a row, which has to be locked. Raises Conflict as ``require``."""
        self.require(getattr(row, self.column), *next_steps)
        setattr(row, self.column, self.to.value)

    async def put_all(
        self, session: AsyncSession, table: type[Record], *among: ColumnElement[bool], **also: Any
    ) -> None:
        """Take it with each row of the table that is among these and stands where it begins. ``also``: other columns
        that change with it."""
        begins = table.__table__.c[self.column].in_([one.value for one in self.begins])
        query = update(table).where(begins, *among).values({self.column: self.to.value, **also})
        await session.execute(query.execution_options(synchronize_session=False))

    def move(
        self,
        change: Change,
        row: Record,
        subject_kind: str,
        subject_id: int,
        fields: Collection[str],
        *next_steps: NextStep,
    ) -> None:
        """As ``put``, with the line in the history that says who did it."""
        self.put(row, *next_steps)
        change.note(self.action, subject_kind, subject_id, fields)


@dataclass(frozen=True, slots=True)
class Lifecycle(Generic[S]):
    """The states of a record and what can happen to it, read line by line::

        FEES = Lifecycle(FeeState.DUE)
        REPORT = FEES.step([FeeState.DUE, FeeState.REPORTED], FeeState.REPORTED, N_("…"), action="fee.report")
        SETTLE = FEES.step([FeeState.DUE, FeeState.REPORTED], FeeState.PAID, N_("…"))

    ``first``: as what a row is made. ``column``: where its state stands.
    """

    first: S
    column: str = "state"
    steps: list[Step[S]] = field(default_factory=list)

    def step(self, begins: Collection[S], to: S, refusal: str = "", *, action: str = "") -> Step[S]:
        added = Step(tuple(begins), to, refusal, action, self.column)
        self.steps.append(added)
        return added
