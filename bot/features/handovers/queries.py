"""The statements behind the services."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, select
from sqlalchemy.orm import aliased

from bot.db import Reader, fetch
from bot.errors import NotFound
from bot.features.handovers import rules
from bot.features.handovers.models import Handover, HandoverDate, HandoverState
from bot.features.handovers.records import Asked, Ending
from bot.features.local_committees.models import LocalCommittee
from bot.features.people.actors import Actor
from bot.features.people.models import Person, Post, Term
from bot.features.schools.models import School
from bot.i18n import N_

NO_TERM = N_("That term doesn't exist any more. Please choose from the list.")

_following = aliased(Term)
#: Somebody, perhaps the same person, holds the post at that place later.
IS_FOLLOWED = exists().where(
    _following.post_id == Term.post_id,
    (_following.lc_id == Term.lc_id) | (_following.lc_id.is_(None) & Term.lc_id.is_(None)),
    _following.ends_on > Term.ends_on,
)


def endings(organisation_id: int) -> Select[Any]:
    """Officers' terms; the caller says which."""
    columns: tuple[Any, ...] = (
        Term.id,
        Person.discord_user_id,
        Person.display_name,
        Post.key,
        Post.name_ja.label("post_ja"),
        Post.name_en.label("post_en"),
        Term.lc_id,
        School.name_ja.label("lc_ja"),
        School.name_en.label("lc_en"),
        Term.starts_on,
        Term.ends_on,
        HandoverDate.month,
        HandoverDate.day,
        IS_FOLLOWED.label("is_followed"),
        Handover.id.label("handover_id"),
        Handover.display_name.label("candidate"),
    )
    return (
        select(*columns)
        .select_from(Term)
        .join(Person, Person.id == Term.person_id)
        .join(Post, Post.id == Term.post_id)
        .outerjoin(LocalCommittee, LocalCommittee.id == Term.lc_id)
        .outerjoin(School, School.id == LocalCommittee.school_id)
        .outerjoin(HandoverDate, HandoverDate.lc_id == Term.lc_id)
        .outerjoin(Handover, (Handover.term_id == Term.id) & (Handover.state == HandoverState.NAMED))
        .where(Term.organisation_id == organisation_id, Post.is_officer)
        .order_by(Term.ends_on, LocalCommittee.position, Post.position, Term.id)
    )


def as_ending(row: Row[Any], today: date) -> Ending:
    own = (row.month, row.day) if row.month is not None else None
    return Ending(
        row.id,
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
        rules.last_day(row.ends_on, own, today),
        row.is_followed,
        row.candidate,
        row.handover_id,
    )


async def ending_of(reader: Reader, actor: Actor, term_id: int) -> Ending:
    """Raises NotFound: there is no such officer's term in the actor's organisation."""
    rows = await fetch(reader, endings(actor.organisation.id).where(Term.id == term_id))
    if not rows:
        raise NotFound(NO_TERM)
    return as_ending(rows[0], actor.today)


async def asked_rows(reader: Reader, organisation_id: int, today: date, *whose: ColumnElement[bool]) -> list[Asked]:
    """In which posts somebody is asked to follow; the caller says whom or which."""
    query = (
        select(
            Handover.id,
            Post.name_ja.label("post_ja"),
            Post.name_en.label("post_en"),
            School.name_ja.label("lc_ja"),
            School.name_en.label("lc_en"),
            Handover.starts_on,
            Handover.ends_on,
        )
        .join(Term, Term.id == Handover.term_id)
        .join(Post, Post.id == Term.post_id)
        .outerjoin(LocalCommittee, LocalCommittee.id == Term.lc_id)
        .outerjoin(School, School.id == LocalCommittee.school_id)
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
