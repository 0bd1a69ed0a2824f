"""Two records beside each other: what would be if one went into the other."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from bot.db import Reader, fetch
from bot.errors import Invalid, NotFound
from bot.features.members.models import Profile
from bot.features.memberships.models import Fee, Membership
from bot.features.people.actors import Actor
from bot.features.people.models import Person, Post, Term
from bot.features.schools.models import School
from bot.i18n import N_

#: What a record without it takes over from the other. They go together: a year without its school says nothing.
TOGETHER = (
    ("reading",),
    ("school_id", "institution", "kind", "year_of_study"),
    ("lc_answer",),
    ("would_start",),
    ("contact",),
)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two records."""

    person_id: int
    name: str
    reading: str
    discord_user_id: int | None
    school_ja: str
    school_en: str
    terms: int
    memberships: int
    fees: int


@dataclass(frozen=True, slots=True)
class JoinedTerm:
    """Terms of one post and place whose days overlap: they become this one."""

    post_ja: str
    post_en: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class MergePreview:
    """``terms``: how many there will be. ``fields``: what the kept record takes over because it has nothing there.
    ``token``: what was looked at; only that is carried out."""

    kept: Side
    gone: Side
    terms: int
    joined: tuple[JoinedTerm, ...]
    fields: tuple[str, ...]
    token: str


def _count(table: Any) -> Any:
    return select(func.count()).where(table.person_id == Person.id).correlate(Person).scalar_subquery()


_PEOPLE: Any = bindparam("people", expanding=True)
_SIDES = (
    select(
        Person.id,
        Person.organisation_id,
        Person.display_name,
        Person.discord_user_id,
        Profile.id.label("profile_id"),
        Profile.reading,
        Profile.school_id,
        Profile.institution,
        Profile.kind,
        Profile.year_of_study,
        Profile.lc_answer,
        Profile.would_start,
        Profile.contact,
        School.name_ja,
        School.name_en,
        _count(Term).label("terms"),
        _count(Membership).label("memberships"),
        _count(Fee).label("fees"),
    )
    .outerjoin(Profile, Profile.person_id == Person.id)
    .outerjoin(School, School.id == Profile.school_id)
    .where(Person.id.in_(_PEOPLE))
)
TERMS = (
    select(Term.id, Term.person_id, Term.post_id, Term.lc_id, Term.starts_on, Term.ends_on, Post.name_ja, Post.name_en)
    .join(Post, Post.id == Term.post_id)
    .where(Term.person_id.in_(_PEOPLE))
    .order_by(Term.post_id, Term.lc_id, Term.starts_on, Term.id)
)


async def compare(reader: Reader, actor: Actor, kept_id: int, gone_id: int) -> MergePreview:
    """Two statements. Raises Invalid or NotFound as ``MergingService.preview``."""
    if kept_id == gone_id:
        raise Invalid(N_("These are the same record. Please choose two."))
    rows = {row.id: row for row in await fetch(reader, _SIDES, {"people": [kept_id, gone_id]})}
    kept, gone = rows.get(kept_id), rows.get(gone_id)
    if kept is None or gone is None or {kept.organisation_id, gone.organisation_id} != {actor.organisation.id}:
        raise NotFound(N_("One of these people isn't here (any more). Please choose from the list."))
    terms = await fetch(reader, TERMS, {"people": [kept_id, gone_id]})
    groups = overlapping(terms)
    seen = repr([tuple(kept), tuple(gone), [tuple(term) for term in terms]])
    return MergePreview(
        kept=_side(kept),
        gone=_side(gone),
        terms=len(groups),
        joined=tuple(
            JoinedTerm(group[0].name_ja, group[0].name_en, *whole(group)) for group in groups if len(group) > 1
        ),
        fields=_taken_over(kept, gone),
        token=hashlib.sha256(seen.encode()).hexdigest()[:16],
    )


def overlapping(terms: Sequence[Any]) -> list[list[Any]]:
    """The terms in groups: those of one post and place of which some day is in two of them. ``terms`` are in the order
    of ``TERMS``."""
    groups: list[list[Any]] = []
    for term in terms:
        last = groups[-1] if groups else None
        if (
            last is not None
            and (last[0].post_id, last[0].lc_id) == (term.post_id, term.lc_id)
            and term.starts_on <= whole(last)[1]
        ):
            last.append(term)
        else:
            groups.append([term])
    return groups


def whole(group: Sequence[Any]) -> tuple[date, date]:
    return min(term.starts_on for term in group), max(term.ends_on for term in group)


def _side(row: Row[Any]) -> Side:
    return Side(
        row.id,
        row.display_name,
        row.reading or "",
        row.discord_user_id,
        row.name_ja or "",
        row.name_en or "",
        row.terms,
        row.memberships,
        row.fees,
    )


def _taken_over(kept: Row[Any], gone: Row[Any]) -> tuple[str, ...]:
    account = ("account",) if kept.discord_user_id is None and gone.discord_user_id is not None else ()
    if gone.profile_id is None:
        return account
    if kept.profile_id is None:
        return (*account, "profile")
    return account + tuple(
        together[0]
        for together in TOGETHER
        if all(getattr(kept, name) in (None, "") for name in together)
        and any(getattr(gone, name) not in (None, "") for name in together)
    )
