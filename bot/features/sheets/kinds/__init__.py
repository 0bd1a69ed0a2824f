"""What a row of a sheet means. Each kind is a module with a ``KIND``: here, or with the feature that it is about."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from importlib import import_module
from typing import ClassVar, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Reader
from bot.features.people.actors import Actor
from bot.features.people.rules import Right
from bot.features.sheets.values import Entry, Handout, ImportPlan, Progress

#: Kinds of features that stand above this one.
_ELSEWHERE = {"fees": "bot.features.memberships.fee_sheet", "people": "bot.features.record_keeping.people_sheet"}

S = TypeVar("S")
P = TypeVar("P")


class SheetKind(ABC, Generic[S, P]):
    """Reading, questions about columns, preview and confirmation are the same for all sheets. This is the rest.

    ``S`` is the state of things that a plan rests on; it can be compared by ``==``. ``P`` is what is ready to be
    written. ``plan`` and ``prepare`` run in a thread and touch no database: the plan is a function of the file, the
    state of things and who asks.
    """

    #: Its name, and that of its rows in ``bot/data/sheet_columns.csv`` and ``sheet_words.csv``.
    key: ClassVar[str]
    #: Of each group, a file needs one field at least.
    needs: ClassVar[Sequence[Sequence[str]]]
    #: Fields in which each row has something of its own: there "as above" is never taken as what stands above.
    own: ClassVar[Set[str]]
    #: What an officer needs besides ``USE_SHEETS`` to use it.
    right: ClassVar[Right]

    @abstractmethod
    async def lock(self, session: AsyncSession, actor: Actor) -> None:
        """Keep everybody else from changing what ``look`` sees, until the transaction ends."""

    @abstractmethod
    async def look(self, reader: Reader, actor: Actor) -> S:
        """The state of things."""

    @abstractmethod
    def plan(self, entries: Sequence[Entry], state: S, actor: Actor, progress: Progress) -> ImportPlan: ...

    @abstractmethod
    def prepare(self, plan: ImportPlan, state: S, actor: Actor, at: datetime) -> P: ...

    @abstractmethod
    async def write(self, session: AsyncSession, prepared: P, progress: Progress) -> Sequence[Handout]:
        """Write it in the caller's transaction."""

    @abstractmethod
    async def export(self, reader: Reader, actor: Actor) -> Sequence[Mapping[str, str]]:
        """All there is, in the fields of the kind, so that importing it changes nothing."""


def find(key: str) -> SheetKind[object, object]:
    """The kind of that name."""
    kind: SheetKind[object, object] = import_module(_ELSEWHERE.get(key, f"{__name__}.{key}")).KIND
    return kind
