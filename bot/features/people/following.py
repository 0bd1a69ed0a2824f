"""Who follows whom in a post. Several people may hold one, and each of them hands over on their own: one successor
doesn't close it for the others. Pure decisions, and the terms that they look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, select

from bot.features.people.models import Post, Term
from bot.features.people.rules import GRACE_DAYS

#: A successor may begin so long before a term ends, to be shown around. Whoever began earlier holds the post beside.
_OVERLAP = timedelta(days=GRACE_DAYS)


@dataclass(frozen=True, slots=True)
class Tenure:
    """An officer's term. ``place``: the post's key and the LC. ``last_day``: of office, which an LC's own date may
    bring forward. ``named``: people who said yes when this holder named them."""

    term_id: int
    person_id: int
    place: tuple[str, int | None]
    is_single: bool
    starts_on: date
    ends_on: date
    last_day: date
    named: frozenset[int] = frozenset()


def tenures(organisation_id: int, places: Iterable[tuple[str, int | None]], since: date) -> Select[Any]:
    """All officers' terms in these posts and LCs that end on ``since`` or later; a few others may be among them."""
    keys, lc_ids = zip(*places, strict=True)
    here = Term.lc_id.in_({one for one in lc_ids if one is not None})
    columns: tuple[Any, ...] = (
        Term.id, Term.person_id, Post.key, Term.lc_id, Post.is_single, Term.starts_on, Term.ends_on,
    )  # fmt: skip
    return (
        select(*columns)
        .select_from(Term)
        .join(Post, Post.id == Term.post_id)
        .where(
            Term.organisation_id == organisation_id,
            Post.is_officer,
            Post.key.in_(set(keys)),
            here | Term.lc_id.is_(None) if None in lc_ids else here,
            Term.ends_on >= since,
        )
    )


def followers(terms: Iterable[Tenure]) -> Mapping[int, frozenset[int]]:
    """Term → the people who follow its holder; whoever isn't followed isn't in it.

    A holder who goes on in the post follows themselves. A named successor who said yes follows the one who named them.
    Others, appointed for later, follow nobody in particular: they count once there is one for each holder who is left.
    """
    at: dict[tuple[str, int | None], list[Tenure]] = defaultdict(list)
    for term in terms:
        at[term.place].append(term)
    found: dict[int, frozenset[int]] = {}
    for here in at.values():
        found |= _followers_at(here)
    return found


def _followers_at(here: list[Tenure]) -> dict[int, frozenset[int]]:
    found: dict[int, frozenset[int]] = {}
    attached = {person for term in here for person in term.named}
    for term in here:
        later = {one.person_id for one in here if one.ends_on > term.ends_on}
        own = later if term.is_single else later & (term.named | {term.person_id})
        if own:
            found[term.term_id] = frozenset(own)
    left = [term for term in here if term.term_id not in found]
    for term in left:
        beside = {term.person_id} | {
            one.person_id
            for one in left
            if one.starts_on <= term.last_day and abs(one.last_day - term.last_day) <= _OVERLAP
        }
        free = {
            one.person_id
            for one in here
            if one.ends_on > term.ends_on
            and one.starts_on > max(term.starts_on, term.last_day - _OVERLAP)
            and one.person_id not in attached
            and not _was_there(here, one, term)
        }
        if len(free) >= len(beside - free):
            found[term.term_id] = frozenset(free)
    return found


def _was_there(here: Iterable[Tenure], later: Tenure, term: Tenure) -> bool:
    """Does whoever holds the later term hold the post beside this one already?"""
    return any(
        one.person_id == later.person_id
        and one.term_id != later.term_id
        and one.starts_on <= term.last_day
        and one.ends_on >= term.starts_on
        for one in here
    )
