"""Making everything that points at one row point at another, in whatever table it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, UniqueConstraint, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Base, fetch


async def repoint(session: AsyncSession, table: str, old: int, new: int) -> None:
    """What refers to the row ``old`` of ``table`` refers to ``new`` afterwards, also in tables of features that come
    later. Where ``new`` has a row of its own in a place that can hold one, that stays and the other goes."""
    for column in references(table):
        await move(session, column, old, new)


def references(table: str) -> list[Column[Any]]:
    """Every column of every table that points at ``table``."""
    return [
        column
        for other in Base.metadata.sorted_tables
        for column in other.columns
        for key in column.foreign_keys
        if key.column.table.name == table
    ]


async def move(session: AsyncSession, column: Column[Any], old: int, new: int, *among: ColumnElement[bool]) -> None:
    """Rows with ``old`` in a column have ``new`` there afterwards, all or those ``among`` which they are. Of two that
    then would be the same, the one that had ``new`` stays; what hung on the other hangs on it."""
    table = column.table
    assert isinstance(table, Table)
    for names in _unique_with(column):
        other = table.alias()
        same = [table.c[name] == other.c[name] for name in names if name != column.name]
        doubles = (
            select(table.c.id, other.c.id.label("stays"))
            .select_from(table.join(other, other.c[column.name] == new))
            .where(column == old, *same, *among)
        )
        for double in await fetch(session, doubles):
            await repoint(session, table.name, double.id, double.stays)
            await session.execute(delete(table).where(table.c.id == double.id))
    await session.execute(update(table).where(column == old, *among).values({column.name: new}))


def _unique_with(column: Column[Any]) -> Iterator[list[str]]:
    """The names of the columns that together can be there once, ``column`` among them."""
    table = column.table
    assert isinstance(table, Table)
    groups = [one.columns for one in table.constraints if isinstance(one, UniqueConstraint)]
    for group in [*groups, *(index.columns for index in table.indexes if index.unique)]:
        names = [one.name for one in group]
        if column.name in names:
            yield names
