"""What is held about people, said beside each table: by it, everything about somebody is taken along or deleted.

A feature with a table about people has a file ``personal.py`` with ``PARTS``; ``bot.features.personal_parts`` finds
them. A test holds that no column with a person in it is forgotten.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Executable, delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Record


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


#: Takes what is personal out, within somebody else's transaction. Done twice, it changes nothing more.
Forget = Callable[[AsyncSession, Subject, datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class PersonalPart:
    """``key`` and ``title`` (a message id) name it in what people take along. ``covers``: the columns, as
    ``table.column``, by which a row is about somebody. ``export``: their rows, as columns with readable names; None
    where a row says nothing about them. ``forget`` None: a row names nobody once the others are forgotten."""

    key: str
    title: str
    covers: tuple[str, ...]
    export: Callable[[Subject], Executable] | None
    forget: Forget | None


def deleting(table: type[Record], whose: Callable[[Subject], ColumnElement[bool]]) -> Forget:
    """Rows that are about nobody else go."""

    async def forget(session: AsyncSession, subject: Subject, _now: datetime) -> None:
        query = delete(table).where(whose(subject))
        await session.execute(query.execution_options(synchronize_session=False))

    return forget


def blanking(table: type[Record], whose: Callable[[Subject], ColumnElement[bool]], values: Mapping[str, Any]) -> Forget:
    """Rows that are counted stay without what is personal in them."""

    async def forget(session: AsyncSession, subject: Subject, _now: datetime) -> None:
        query = update(table).where(whose(subject)).values(values)
        await session.execute(query.execution_options(synchronize_session=False))

    return forget
