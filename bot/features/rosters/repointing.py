"""Making everything that points at one row point at another, in whatever table it stands."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Table, UniqueConstraint, delete, exists, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Base


async def repoint(session: AsyncSession, table: str, old: int, new: int) -> None:
    """What refers to the row ``old`` of ``table`` refers to ``new`` afterwards, also in tables of features that come
    later. Where ``new`` has a row of its own in a place that can hold one, that stays and the other goes."""
    for column in references(table):
        for constraint in column.table.constraints:
            if isinstance(constraint, UniqueConstraint) and column.name in constraint.columns:
                await _drop_doubles(session, column, constraint, old, new)
        await session.execute(update(column.table).where(column == old).values({column.name: new}))


def references(table: str) -> list[Column[Any]]:
    """Every column of every table that points at ``table``."""
    return [
        column
        for other in Base.metadata.sorted_tables
        for column in other.columns
        for key in column.foreign_keys
        if key.column.table.name == table
    ]


async def _drop_doubles(
    session: AsyncSession, column: Column[Any], constraint: UniqueConstraint, old: int, new: int
) -> None:
    table = column.table
    assert isinstance(table, Table)
    other = table.alias()
    same = [table.c[one.name] == other.c[one.name] for one in constraint.columns if one.name != column.name]
    taken = exists().where(other.c[column.name] == new, *same)
    await session.execute(delete(table).where(column == old, taken))
