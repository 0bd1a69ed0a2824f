"""What is held about people, declared on each table (``Record.personal``) and carried out here: by it, everything about
somebody is taken along or deleted (docs/decisions/0029).

``bot.features.personal_parts`` finds the declarations. A test holds that no column with a person in it is forgotten.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, delete, false, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody within one organisation: as a person, as a Discord user, or both. ``is_elsewhere``: other organisations
    know this Discord user, too."""

    organisation_id: int
    person_id: int | None
    discord_user_id: int | None
    is_elsewhere: bool
    #: In the organisation's time zone.
    today: date
    #: Discord accounts that were theirs before two records became one. Only history still says them.
    former_accounts: tuple[int, ...] = ()


#: Takes the place of the id of a forgotten Discord user; nobody has it.
NOBODY = 0
#: The columns by which a row is about somebody, each with the condition for it.
Whose = dict[InstrumentedAttribute[Any], Callable[[Subject], ColumnElement[bool]]]


def by_person(column: InstrumentedAttribute[Any]) -> Whose:
    """Rows with the number of their record in the column. Without a record, none: a row of nobody is not theirs."""
    return {column: lambda subject: false() if subject.person_id is None else column == subject.person_id}


def by_account(
    *columns: InstrumentedAttribute[Any], only: ColumnElement[bool] | None = None, even_former: bool = False
) -> Whose:
    """Rows of the organisation (or of all, where the table belongs to none) with their Discord id in one of the
    columns, ``only`` some of them. Without an account, none."""

    def condition(column: InstrumentedAttribute[Any], subject: Subject) -> ColumnElement[bool]:
        accounts = (subject.discord_user_id, *(subject.former_accounts if even_former else ()))
        theirs = column.in_([one for one in accounts if one is not None])
        here = within(column.class_.__table__, subject.organisation_id)
        return and_(*(one for one in (here, only, theirs) if one is not None))

    return {column: partial(condition, column) for column in columns}


def within(table: Table, organisation_id: int) -> ColumnElement[bool] | None:
    """The rows of an organisation, by their own column or that of what they belong to; None if the table belongs to
    none."""
    if "organisation_id" in table.c and not table.c.organisation_id.nullable:
        return table.c.organisation_id == organisation_id
    for column in table.c:
        for key in column.foreign_keys:
            if not column.nullable:
                inner = within(key.column.table, organisation_id)
                if inner is not None:
                    return column.in_(select(key.column).where(inner))
    return None


async def goes(part: Personal, session: AsyncSession, subject: Subject, _now: datetime) -> None:
    """Rows that are about nobody else go."""
    query = delete(part.table).where(part.rows(subject))
    await session.execute(query.execution_options(synchronize_session=False))


async def goes_with_the_last(part: Personal, session: AsyncSession, subject: Subject, now: datetime) -> None:
    """Rows that hold for all organisations go with the last that knows the Discord user."""
    if not subject.is_elsewhere:
        await goes(part, session, subject, now)


async def stays(_part: Personal, _session: AsyncSession, _subject: Subject, _now: datetime) -> None:
    """Rows that name nobody once the others are forgotten stay as they are."""


def blanked(values: Mapping[InstrumentedAttribute[Any], Any]) -> Forget:
    """Rows that are counted stay without what is personal in them."""

    async def forget(part: Personal, session: AsyncSession, subject: Subject, _now: datetime) -> None:
        query = update(part.table).where(part.rows(subject)).values(values)
        await session.execute(query.execution_options(synchronize_session=False))

    return forget


def unnamed(nobody: int | None = NOBODY) -> Forget:
    """Rows stay as they are, but for whose they are: ``nobody`` stands in each column that says so."""

    async def forget(part: Personal, session: AsyncSession, subject: Subject, _now: datetime) -> None:
        for column, condition in part.whose.items():
            query = update(part.table).where(condition(subject)).values({column: nobody})
            await session.execute(query.execution_options(synchronize_session=False))

    return forget


@dataclass(frozen=True, slots=True)
class Personal:
    """What the rows of a table hold about somebody.

    ``key`` and ``title`` (a message id) name it in what people take along; ``taken``: what of it, as columns with
    readable names, from the rows of anybody; None where a row says nothing about them.
    """

    table: type[Any]
    key: str
    title: str
    whose: Whose
    taken: Select[*tuple[Any, ...]] | None
    forget: Forget = goes
    #: Further columns that lead to people; nothing else has to be done about them.
    also: tuple[InstrumentedAttribute[Any], ...] = ()
    #: It comes after the others of its feature: what somebody did for others, after what is about themselves.
    is_late: bool = False
    #: When somebody did what a row says: a sign of life, so that they aren't asked whether they want to be kept.
    done_at: InstrumentedAttribute[Any] | None = None

    def rows(self, subject: Subject) -> ColumnElement[bool]:
        return or_(*(condition(subject) for condition in self.whose.values()))

    def export(self, subject: Subject) -> Select[*tuple[Any, ...]] | None:
        return None if self.taken is None else self.taken.where(self.rows(subject))


#: Takes what is personal out, within somebody else's transaction. Done twice, it changes nothing more.
Forget = Callable[[Personal, AsyncSession, Subject, datetime], Awaitable[None]]
