"""What a home page has to know: each feature says it as rows of one shape, so that one statement reads all of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Integer, Select, String, cast, literal, null, select, type_coerce

from bot.db import Id
from bot.features.people.actors import Actor

#: The columns of a fact with their types. A query of a kind names those that it fills.
_SHAPE: dict[str, Any] = {
    "id": Id,
    "n": Integer(),
    "of": Integer(),
    "lc_id": Id,
    "ja": String(),
    "en": String(),
    "lc_ja": String(),
    "lc_en": String(),
    "day": Date(),
    "until": Date(),
    "local": String(),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One row. Its kind says which columns it fills, and what they mean there; the others are None.

    ``n`` of ``of``: counts. ``ja``, ``en``: a name or title. ``lc_id``, ``lc_ja``, ``lc_en``: an LC. ``day``,
    ``until``: dates. ``local``: an instant on the organisation's clocks, as ``access.local`` reads it.
    """

    id: int | None
    n: int | None
    of: int | None
    lc_id: int | None
    ja: str | None
    en: str | None
    lc_ja: str | None
    lc_en: str | None
    day: date | None
    until: date | None
    local: str | None


#: What there is for an actor at an instant, with columns of ``Fact``; at most some dozens of rows. None: there is
#: nothing for them, whatever the tables say, and nothing is asked.
FactKind = Callable[[Actor, datetime], Select[*tuple[Any, ...]] | None]
#: The rows that were found, by kind, each kind's in the order of its ids.
Facts = Mapping[FactKind, Sequence[Fact]]


#: What a kind doesn't fill. Made once, as home is opened all the time.
_EMPTY = {name: cast(null(), kind).label(name) for name, kind in _SHAPE.items()}


def in_shape(number: int, query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """The query as one part of the whole: the number of its kind, then every column of a fact."""
    is_cut = query._limit_clause is not None  # then its order matters, and SQLite takes it only in a query of its own
    found = query.subquery().c if is_cut else query.selected_columns
    unknown = set(found.keys()) - set(_SHAPE)
    assert not unknown, unknown
    columns = [
        # Not a cast: SQLite keeps dates as text and would make a number of it.
        type_coerce(found[name], kind).label(name) if name in found else _EMPTY[name]
        for name, kind in _SHAPE.items()
    ]
    columns.insert(0, literal(number, Integer()).label("kind"))
    return select(*columns) if is_cut else query.order_by(None).with_only_columns(*columns, maintain_column_froms=True)
