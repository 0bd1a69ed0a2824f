"""Lists in pages. A page past the end is the last one: a list gets shorter while somebody turns its pages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Integer, Row, Select, bindparam, func, select

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


class Paged:
    """A list that is read page by page: its statements are built once. The query says the order, and has no limit."""

    def __init__(self, query: Select[*tuple[Any, ...]]) -> None:
        self._rows = query.limit(bindparam(_LIMIT, type_=Integer)).offset(bindparam(_OFFSET, type_=Integer))
        one = query.selected_columns[0].label("one")
        counted = query.order_by(None).with_only_columns(one, maintain_column_froms=True).subquery()
        self._count = select(func.count().label("n")).select_from(counted)

    async def part(
        self, reader: Reader, page: int, size: int, parameters: Mapping[str, Any] | None = None
    ) -> Part[Row[Any]]:
        """One page; one statement if all is on it. ``parameters``: those of the query."""
        known = parameters or {}
        first = await fetch(reader, self._rows, {**known, _LIMIT: size + 1, _OFFSET: 0}) if page <= 0 else None
        if first is not None and len(first) <= size:
            return Part(first, 0, 1, len(first))
        total = (await fetch(reader, self._count, known))[0].n
        page, pages = within(page, total, size)
        if first is None:
            first = await fetch(reader, self._rows, {**known, _LIMIT: size, _OFFSET: page * size})
        return Part(first[:size], page, pages, total)


_LIMIT, _OFFSET = "page_limit", "page_offset"


async def fetch_part(reader: Reader, query: Select[*tuple[Any, ...]], page: int, size: int) -> Part[Row[Any]]:
    """The same for a query that is built for one reader."""
    return await Paged(query).part(reader, page, size)
