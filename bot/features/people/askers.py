"""The one who asks, as statements name them that are built once for everybody.

Building a statement costs many times what running it does. So all that differs between actors and instants are
parameters, which get their values when the statement runs (docs/decisions/0037).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import BindParameter, ClauseElement, Date, bindparam
from sqlalchemy.sql.visitors import iterate
from sqlalchemy.types import TypeEngine

from bot.db import Id, Instant, Snowflake
from bot.features.people.actors import Actor
from bot.features.people.rules import Right

T = TypeVar("T")
U = TypeVar("U")

#: A value that is known already, or a parameter for it.
Given: TypeAlias = T | BindParameter[T]
#: How the value of a parameter is found.
Find = Callable[[Actor, datetime], T]

#: The parameters that there are, by their names in statements.
_FOUND: dict[str, Find[Any]] = {}


def parameter(kind: TypeEngine[T], find: Find[T]) -> BindParameter[T]:
    """Something that a statement needs of the actor and the instant. It is made once, beside the statement."""
    name = f"asked_{len(_FOUND)}"
    _FOUND[name] = find
    return bindparam(name, type_=kind)


def list_parameter(kind: TypeEngine[Any], find: Find[Collection[T]]) -> BindParameter[Collection[T]]:
    """The same for ``in_``; an empty list is in order."""
    made: BindParameter[Collection[T]] = bindparam(parameter(kind, find).key, type_=kind, expanding=True)
    return made


def derived(given: Given[T], kind: TypeEngine[U], derive: Callable[[T], U]) -> Given[U]:
    """What follows from a value, if that is known; else a parameter for it."""
    if not isinstance(given, BindParameter):
        return derive(given)
    find = _FOUND[given.key]
    return parameter(kind, lambda actor, now: derive(find(actor, now)))


def earlier(now: Given[datetime], by: timedelta) -> Given[datetime]:
    return derived(now, Instant(), lambda instant: instant - by)


@dataclass(frozen=True, slots=True)
class Asker:
    """``person_id``: 0 for somebody without a record. ``guild_id``: the server in which they ask, 0 for none.
    ``lc_ids``, ``officer_of``: as ``Actor`` has them."""

    organisation_id: Given[int]
    person_id: Given[int]
    discord_user_id: Given[int]
    guild_id: Given[int]
    today: Given[date]
    lc_ids: Given[Collection[int]]
    officer_of: Given[Collection[int]]

    @classmethod
    def of(cls, actor: Actor) -> Asker:
        """For a statement about this actor alone."""
        caller = actor.caller
        return cls(
            actor.organisation.id,
            actor.person_id or 0,
            caller.discord_user_id,
            caller.guild_id or 0,
            actor.today,
            actor.lc_ids,
            actor.officer_of,
        )


#: For a statement that is built once.
ASKER = Asker(
    parameter(Id, lambda actor, _: actor.organisation.id),
    parameter(Id, lambda actor, _: actor.person_id or 0),
    parameter(Snowflake, lambda actor, _: actor.caller.discord_user_id),
    parameter(Snowflake, lambda actor, _: actor.caller.guild_id or 0),
    parameter(Date(), lambda actor, _: actor.today),
    list_parameter(Id, lambda actor, _: actor.lc_ids),
    list_parameter(Id, lambda actor, _: actor.officer_of),
)
NOW: BindParameter[datetime] = parameter(Instant(), lambda _, now: now)


@cache
def lcs_where(right: Right) -> BindParameter[Collection[int]]:
    """As ``Actor.lcs_where``."""
    return list_parameter(Id, lambda actor, _: actor.lcs_where(right))


def names_in(statement: ClauseElement) -> tuple[str, ...]:
    """Its parameters, by their names."""
    found = (one.key for one in iterate(statement) if isinstance(one, BindParameter))
    return tuple(dict.fromkeys(name for name in found if name in _FOUND))


def values_of(names: Iterable[str], actor: Actor, now: datetime) -> dict[str, Any]:
    """What ``fetch`` needs besides the statement."""
    return {name: _FOUND[name](actor, now) for name in names}
