"""What a home page has to know: each feature says it as rows of one shape, so that one statement reads all of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Date,
    Integer,
    Select,
    String,
    cast,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)

from bot.db import Id
from bot.features.people.actors import Actor
from bot.features.people.askers import names_in

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


Query = Select[*tuple[Any, ...]]
#: What is asked for an actor, with columns of ``Fact``; at most some dozens of rows. None: there is nothing for them,
#: whatever the tables say, and nothing is asked. A kind chooses among a few statements, each built once: all that
#: differs between actors and instants is a parameter of it (``people/askers.py``).
FactKind = Callable[[Actor], Query | None]
#: The rows that were found, by kind, each kind's in the order of its ids.
Facts = Mapping[FactKind, Sequence[Fact]]


#: What a kind doesn't fill. Made once, as home is opened all the time.
_EMPTY = {name: cast(null(), kind).label(name) for name, kind in _SHAPE.items()}


def _in_shape(number: int, query: Query) -> Query:
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


@dataclass(frozen=True, slots=True)
class Whole:
    """The statement of all parts, and the names of its parameters."""

    query: CompoundSelect[*tuple[Any, ...]]
    names: tuple[str, ...]


@lru_cache(maxsize=500)
def whole(asked: tuple[Query | None, ...]) -> Whole | None:
    """What each kind asks, as one statement: built once for all actors of whom the same is asked. None: nothing is."""
    parts = [_in_shape(number, query) for number, query in enumerate(asked) if query is not None]
    if not parts:
        return None
    query = union_all(*parts)
    return Whole(query, names_in(query))
