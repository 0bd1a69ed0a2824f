"""Lists in pages. A page past the end is the last one: a list gets shorter while somebody turns its pages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Row, Select, func, select

from bot.db import Reader, fetch

T = TypeVar("T")
S = TypeVar("S")


class Part(list[T]):
    """The rows of one page. ``page`` counts from 0; ``total`` counts the rows of all ``pages``."""

    def __init__(self, rows: Iterable[T] = (), page: int = 0, pages: int = 1, total: int = 0) -> None:
        super().__init__(rows)
        self.page, self.pages, self.total = page, pages, total

    def each(self, change: Callable[[T], S]) -> Part[S]:
        """The same page with each of its rows changed."""
        return Part(map(change, self), self.page, self.pages, self.total)


def within(page: int, total: int, size: int) -> tuple[int, int]:
    """The page that is shown when somebody asks for ``page``, and how many pages there are (at least 1)."""
    pages = max(1, -(-total // size))
    return min(max(page, 0), pages - 1), pages


def part_of(rows: Sequence[T], page: int, size: int) -> Part[T]:
    """One page of a list that is at hand."""
    page, pages = within(page, len(rows), size)
    return Part(rows[page * size : (page + 1) * size], page, pages, len(rows))


def digest_of(ids: Iterable[int]) -> str:
    """Of which rows are on a page, short enough for a button: the same rows, in any order, have the same one."""
    return hashlib.sha256(",".join(map(str, sorted(ids))).encode()).hexdigest()[:16]


async def fetch_part(reader: Reader, query: Select[*tuple[Any, ...]], page: int, size: int) -> Part[Row[Any]]:
    """One page of what a query finds; one statement if all is on it. The query says the order, and has no limit."""
    first = await fetch(reader, query.limit(size + 1)) if page <= 0 else None
    if first is not None and len(first) <= size:
        return Part(first, 0, 1, len(first))
    counted = query.order_by(None).with_only_columns(query.selected_columns[0].label("one"), maintain_column_froms=True)
    total = (await fetch(reader, select(func.count().label("n")).select_from(counted.subquery())))[0].n
    page, pages = within(page, total, size)
    rows = first[:size] if first is not None else await fetch(reader, query.limit(size).offset(page * size))
    return Part(rows, page, pages, total)
