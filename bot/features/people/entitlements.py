"""On what somebody's rights rest: the columns that a statement reads for it, and how its rows are understood.

The rights of a post, somebody's grants and their memberships are many rows beside the many terms of a person. They come
packed into one text each: joined, each would multiply the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, String, bindparam, case, cast, func, null, select
from sqlalchemy.orm import aliased

from bot.db import Reader, fetch
from bot.features.people.models import EVERYTHING, Grant, Level, Person, Post, PostRight, Reach, Term
from bot.features.people.rules import Entitlement, Holding, Right, Scope
from bot.features.people.terms import LC_REPRESENTATIVE


def packed(*columns: Any) -> ColumnElement[str]:
    """The rows of a correlated query as one text. None of the values has a bar or a comma in it."""
    return func.aggregate_strings(joined(*columns), ",")


def joined(*columns: Any) -> ColumnElement[str]:
    """The values of one row as one text, with bars between them."""
    first, *others = (func.coalesce(cast(column, String), "") for column in columns)
    line: ColumnElement[str] = first
    for one in others:
        line = line.concat("|").concat(one)
    return line


def unpacked(text: str | None) -> Iterator[list[str]]:
    """The values of each row that was packed into a text."""
    return (line.split("|") for line in text.split(",")) if text else iter(())


_REPRESENTATIVE, _THEIR_POST = aliased(Term), aliased(Post)
#: Of a ``Post``: each right, and its reach.
RIGHTS: ScalarSelect[str] = (
    select(packed(PostRight.right, PostRight.reach))
    .where(PostRight.post_id == Post.id)
    .correlate(Post)
    .scalar_subquery()
)
_STANDS_IN = (
    select(PostRight.id)
    .where(PostRight.post_id == Post.id, PostRight.reach == Reach.STAND_IN.value)
    .correlate(Post)
    .exists()
)
_REPRESENTED: ScalarSelect[str] = (
    select(packed(_REPRESENTATIVE.starts_on, _REPRESENTATIVE.ends_on))
    .join(_THEIR_POST, _THEIR_POST.id == _REPRESENTATIVE.post_id)
    .where(_REPRESENTATIVE.lc_id == Term.lc_id, _THEIR_POST.key == LC_REPRESENTATIVE)
    .correlate(Term)
    .scalar_subquery()
)
_GRANTS: ScalarSelect[str] = (
    select(
        packed(
            Grant.right,
            Grant.lc_id,
            Grant.committee,
            Grant.subject_kind,
            Grant.subject_id,
            Grant.starts_on,
            Grant.ends_on,
        )
    )
    .where(Grant.person_id == Person.id)
    .correlate(Person)
    .scalar_subquery()
)
_OF_TERMS: tuple[Any, ...] = (
    Post.key,
    Post.name_ja.label("post_ja"),
    Post.name_en.label("post_en"),
    Post.level,
    Post.is_officer,
    Post.committee,
    Term.lc_id,
    Term.starts_on,
    Term.ends_on,
    RIGHTS.label("rights"),
    case((_STANDS_IN, _REPRESENTED), else_=null()).label("represented"),
)


class _ByMembership(Protocol):
    """See ``memberships/entitling.py``."""

    MEMBERSHIPS: ScalarSelect[str]

    def by_membership(self, holdings: Iterable[Holding], text: str | None) -> Iterator[Entitlement]: ...


def _memberships() -> _ByMembership:
    """What people may do as members. This layer is below the features that know memberships."""
    module: _ByMembership = import_module("bot.features.memberships.entitling")
    return module


@cache
def columns() -> tuple[Any, ...]:
    """For a statement about ``Person``, to which ``Term`` and its ``Post`` are joined where there are any."""
    return (*_OF_TERMS, _GRANTS.label("grants"), _memberships().MEMBERSHIPS.label("memberships"))


def understood(rows: Sequence[Row[Any]]) -> tuple[tuple[Holding, ...], tuple[Entitlement, ...]]:
    """From the rows of one person, of which there is one for each term, or one alone."""
    holdings = tuple(
        Holding(
            row.key,
            row.post_ja,
            row.post_en,
            Level(row.level),
            row.is_officer,
            row.lc_id,
            row.starts_on,
            row.ends_on,
            row.committee,
            frozenset((right, reach) for right, reach in unpacked(row.rights)),
            frozenset(
                (date.fromisoformat(first), date.fromisoformat(last)) for first, last in unpacked(row.represented)
            ),
        )
        for row in rows
        if row.key is not None
    )
    if not rows:
        return holdings, ()
    granted = (_entitlement(*one) for one in unpacked(rows[0].grants) if one[0] in _KNOWN)
    return holdings, (*granted, *_memberships().by_membership(holdings, rows[0].memberships))


#: A version that was taken back may have left others.
_KNOWN = frozenset(right.value for right in Right)


def _entitlement(
    right: str, lc_id: str, committee: str, kind: str, subject_id: str, starts_on: str, ends_on: str
) -> Entitlement:
    return Entitlement(
        Right(right),
        Scope(int(lc_id) if lc_id else None, committee or None, (kind, int(subject_id)) if kind else None),
        date.fromisoformat(starts_on),
        date.fromisoformat(ends_on) if ends_on else None,
    )


@cache
def _theirs() -> Select[Any]:
    return (
        select(*columns())
        .select_from(Person)
        .outerjoin(Term, Term.person_id == Person.id)
        .outerjoin(Post, Post.id == Term.post_id)
        .where(Person.organisation_id == bindparam("organisation"), Person.discord_user_id == bindparam("user"))
        .order_by(Term.starts_on)
    )


async def read(
    reader: Reader, organisation_id: int, discord_user_id: int | None
) -> tuple[tuple[Holding, ...], tuple[Entitlement, ...]]:
    """What stands for a Discord user now, of all days. One statement."""
    return understood(await fetch(reader, _theirs(), {"organisation": organisation_id, "user": discord_user_id}))


def appointing(organisation_id: int, today: date) -> Select[int]:
    """The people on Discord who may appoint national officers on a day, as ``rules.decide`` would say of each."""
    by_post = (
        select(Term.id)
        .join(Post, Post.id == Term.post_id)
        .join(PostRight, PostRight.post_id == Post.id)
        .where(
            Term.person_id == Person.id,
            Term.held_on(today),
            Post.level == Level.NATION,
            Post.is_officer,
            PostRight.right.in_((Right.APPOINT_NATION.value, EVERYTHING)),
            PostRight.reach != Reach.COMMITTEE.value,
        )
    )
    by_name = select(Grant.id).where(
        Grant.person_id == Person.id,
        Grant.held_on(today),
        Grant.right == Right.APPOINT_NATION.value,
        Grant.lc_id.is_(None),
        Grant.committee.is_(None),
        Grant.subject_kind.is_(None),
    )
    here = (Person.organisation_id == organisation_id) & Person.discord_user_id.is_not(None)
    return select(Person.id).where(here, by_post.exists() | by_name.exists())
