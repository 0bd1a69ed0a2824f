"""The statements behind the services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, select
from sqlalchemy.orm import aliased

from bot.db import Reader, fetch
from bot.errors import NotFound
from bot.features.handovers import rules
from bot.features.handovers.models import Handover, HandoverDate, HandoverState
from bot.features.handovers.values import Asked, Ending
from bot.features.homes.facts import Query
from bot.features.local_committees.models import LocalCommittee
from bot.features.local_committees.queries import with_lc
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, Given
from bot.features.people.models import Person, Post, Term
from bot.features.people.terms import TENURES, Tenure, followers, tenure_values
from bot.i18n import N_

NO_TERM = N_("That term doesn't exist any more. Please choose from the list.")

_following = aliased(Term)
#: Somebody, perhaps the same person, holds the post at that place later: it isn't vacant.
IS_HELD_LATER = exists().where(
    _following.post_id == Term.post_id,
    (_following.lc_id == Term.lc_id) | (_following.lc_id.is_(None) & Term.lc_id.is_(None)),
    _following.ends_on > Term.ends_on,
)


def endings(organisation_id: Given[int]) -> Select[Any]:
    """Officers' terms; the caller says which."""
    columns: tuple[Any, ...] = (
        Term.id,
        Term.person_id,
        Person.discord_user_id,
        Person.display_name,
        Post.key,
        Post.name_ja.label("post_ja"),
        Post.name_en.label("post_en"),
        Term.lc_id,
        Term.starts_on,
        Term.ends_on,
        Term.generation,
        HandoverDate.month,
        HandoverDate.day,
        Handover.id.label("handover_id"),
        Handover.display_name.label("candidate"),
    )
    officers = (
        select(*columns).select_from(Term).join(Person, Person.id == Term.person_id).join(Post, Post.id == Term.post_id)
    )
    return (
        with_lc(officers, Term.lc_id, outer=True)
        .outerjoin(HandoverDate, HandoverDate.lc_id == Term.lc_id)
        .outerjoin(Handover, (Handover.term_id == Term.id) & (Handover.state == HandoverState.NAMED))
        .where(Term.organisation_id == organisation_id, Post.is_officer)
        .order_by(Term.ends_on, LocalCommittee.position, Post.position, Term.id)
    )


async def read_endings(
    reader: Reader,
    organisation_id: int,
    today: date,
    query: Select[Any],
    values: Mapping[str, Any] | None = None,
) -> list[Ending]:
    """Officers' terms (``endings``) with their successors. Two statements; one where there is none."""
    rows = await fetch(reader, query, values)
    found = await _followers_of(reader, organisation_id, today, rows) if rows else {}
    return [_as_ending(row, today, found.get(row.id, frozenset())) for row in rows]


_successor = aliased(Person)
_TENURES = (
    TENURES.add_columns(HandoverDate.month, HandoverDate.day, _successor.id.label("named"))
    .outerjoin(HandoverDate, HandoverDate.lc_id == Term.lc_id)
    .outerjoin(Handover, (Handover.term_id == Term.id) & (Handover.state == HandoverState.ACCEPTED))
    .outerjoin(
        _successor,
        (_successor.organisation_id == Term.organisation_id) & (_successor.discord_user_id == Handover.discord_user_id),
    )
)


async def _followers_of(
    reader: Reader, organisation_id: int, today: date, rows: Sequence[Row[Any]]
) -> Mapping[int, frozenset[int]]:
    places = {(row.key, row.lc_id) for row in rows}
    values = tenure_values(organisation_id, places, min(row.starts_on for row in rows))
    terms: dict[int, Tenure] = {}
    for row in await fetch(reader, _TENURES, values):
        named = terms[row.id].named if row.id in terms else frozenset()
        terms[row.id] = Tenure(
            row.id,
            row.person_id,
            (row.key, row.lc_id),
            row.is_single,
            row.starts_on,
            row.ends_on,
            rules.last_day(row.ends_on, _own_date(row), today),
            named if row.named is None else named | {row.named},
        )
    return followers(terms.values())


def _own_date(row: Row[Any]) -> rules.YearDay | None:
    return (row.month, row.day) if row.month is not None else None


def _as_ending(row: Row[Any], today: date, followed_by: frozenset[int]) -> Ending:
    return Ending(
        row.id,
        row.person_id,
        row.discord_user_id,
        row.display_name,
        row.key,
        row.post_ja,
        row.post_en,
        row.lc_id,
        row.lc_ja,
        row.lc_en,
        row.starts_on,
        row.ends_on,
        rules.last_day(row.ends_on, _own_date(row), today),
        followed_by,
        row.candidate,
        row.handover_id,
        row.generation,
    )


async def ending_of(reader: Reader, actor: Actor, term_id: int) -> Ending:
    """Raises NotFound: there is no such officer's term in the actor's organisation."""
    organisation_id = actor.organisation.id
    found = await read_endings(reader, organisation_id, actor.today, endings(organisation_id).where(Term.id == term_id))
    if not found:
        raise NotFound(NO_TERM)
    return found[0]


_OFFERED = with_lc(
    select(
        Handover.id,
        Post.name_ja.label("ja"),
        Post.name_en.label("en"),
        Handover.starts_on.label("day"),
        Handover.ends_on.label("until"),
    )
    .join(Term, Term.id == Handover.term_id)
    .join(Post, Post.id == Term.post_id),
    Term.lc_id,
    outer=True,
).where(
    Handover.organisation_id == ASKER.organisation_id,
    Handover.state == HandoverState.NAMED,
    Handover.ends_on >= ASKER.today,
    Handover.discord_user_id == ASKER.discord_user_id,
)


def handovers_offered(_actor: Actor) -> Query | None:
    """For home: the posts (``ja``, ``en``, with their LC) in which the actor is asked to follow, from ``day`` to
    ``until``."""
    return _OFFERED


async def asked_rows(reader: Reader, organisation_id: int, today: date, *whose: ColumnElement[bool]) -> list[Asked]:
    """Open requests to successors; the caller says whose or which."""
    named = (
        select(
            Handover.id,
            Post.name_ja.label("post_ja"),
            Post.name_en.label("post_en"),
            Handover.starts_on,
            Handover.ends_on,
        )
        .join(Term, Term.id == Handover.term_id)
        .join(Post, Post.id == Term.post_id)
    )
    query = (
        with_lc(named, Term.lc_id, outer=True)
        .where(
            Handover.organisation_id == organisation_id,
            Handover.state == HandoverState.NAMED,
            Handover.ends_on >= today,
            *whose,
        )
        .order_by(Handover.id)
    )
    rows = await fetch(reader, query)
    return [Asked(row.id, row.post_ja, row.post_en, row.lc_ja, row.lc_en, row.starts_on, row.ends_on) for row in rows]
