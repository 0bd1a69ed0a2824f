"""Helpers for posts and terms that join somebody else's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import data
from bot.db import insert_if_absent
from bot.errors import Invalid
from bot.features.audit.service import record
from bot.features.people.changes import changed
from bot.features.people.models import Person, Post, Term
from bot.i18n import N_
from bot.typed import discord_name

NATIONAL_OFFICER = "national_officer"
LC_REPRESENTATIVE = "lc_representative"
LC_MEMBER = "lc_member"


def add_posts(session: AsyncSession, organisation_id: int) -> None:
    """Give a new organisation the posts that every one has."""
    for position, row in enumerate(data.rows("posts")):
        session.add(
            Post(
                organisation_id=organisation_id,
                key=row["key"],
                name_ja=row["name_ja"],
                name_en=row["name_en"],
                level=row["level"],
                is_officer=row["is_officer"] == "yes",
                committee=row["committee"] or None,
                is_single=row["is_single"] == "yes",
                position=position,
            )
        )


async def ensure_person(
    session: AsyncSession, *, organisation_id: int, discord_user_id: int, display_name: str, at: datetime
) -> Person:
    """The person behind a Discord user, made if need be, and locked until the transaction ends.

    An existing display name stays: it is the person's own.
    """
    await insert_if_absent(
        session,
        Person,
        organisation_id=organisation_id,
        discord_user_id=discord_user_id,
        display_name=discord_name(display_name),
        created_at=at,
    )
    query = select(Person).where(Person.organisation_id == organisation_id, Person.discord_user_id == discord_user_id)
    return (await session.scalars(query.with_for_update())).one()


async def lock_people(session: AsyncSession, *which: ColumnElement[bool]) -> None:
    """To be done before anything that is theirs is locked, as whoever deletes their data does: two who lock in
    different orders wait for each other."""
    await session.execute(select(Person.id).where(*which).order_by(Person.id).with_for_update())


async def say_again(session: AsyncSession, organisation_id: int, *which: ColumnElement[bool]) -> None:
    """News of the end of these terms may become true again: then it is said once more."""
    mine = Term.organisation_id == organisation_id
    highest = await session.scalar(select(func.max(Term.generation)).where(mine)) or 0
    await session.execute(
        update(Term).where(mine, *which).values(generation=highest + 1).execution_options(synchronize_session=False)
    )


async def gone_from(session: AsyncSession, term: Term, last_day: date) -> None:
    """A term ends on ``last_day``, before its time. It may join others that ended that day; and those whom its holder
    followed may have nobody again."""
    followed = and_(
        Term.post_id == term.post_id,
        Term.lc_id.is_(None) if term.lc_id is None else Term.lc_id == term.lc_id,
        Term.starts_on < term.starts_on,
        Term.ends_on.between(last_day, term.ends_on - timedelta(days=1)),
    )
    await say_again(session, term.organisation_id, followed | (Term.id == term.id))


async def appoint(
    session: AsyncSession,
    person: Person,
    post_key: str,
    *,
    starts_on: date,
    ends_on: date,
    at: datetime,
    by_discord_id: int | None,
    origin: str,
    lc_id: int | None = None,
) -> int | None:
    """Give a person a post for a term; the term's id. None, and no change, if they hold it on one of those days.

    The person has to be locked (``ensure_person`` does it): of two who appoint at once, the second sees the first.

    Raises:
        Invalid: the term ends before it begins.
    """
    if ends_on < starts_on:
        raise Invalid(N_("The term ends ({ends}) before it begins ({starts})."), starts=starts_on, ends=ends_on)
    post_id = await session.scalar(
        select(Post.id).where(Post.organisation_id == person.organisation_id, Post.key == post_key)
    )
    assert post_id is not None, post_key
    overlapping: Sequence[int] = (
        await session.scalars(
            select(Term.id).where(
                Term.person_id == person.id,
                Term.post_id == post_id,
                Term.lc_id.is_(None) if lc_id is None else Term.lc_id == lc_id,
                Term.starts_on <= ends_on,
                Term.ends_on >= starts_on,
            )
        )
    ).all()
    if overlapping:
        return None
    term = Term(
        organisation_id=person.organisation_id,
        person_id=person.id,
        post_id=post_id,
        lc_id=lc_id,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=at,
    )
    session.add(term)
    await session.flush()
    record(
        session,
        at=at,
        organisation_id=person.organisation_id,
        actor_discord_id=by_discord_id,
        origin=origin,
        action="term.add",
        subject_kind="term",
        subject_id=term.id,
        fields=("person", "post", "starts_on", "ends_on"),
    )
    changed(session, person.organisation_id, person.discord_user_id)
    return term.id
