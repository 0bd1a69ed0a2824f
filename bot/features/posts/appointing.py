"""Helpers that appoint within somebody else's transaction, and the checks that every appointment shares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Conflict, Invalid, NotFound
from bot.features.local_committees.acting import locked
from bot.features.local_committees.models import LocalCommittee, State
from bot.features.organisations.models import Organisation
from bot.features.people.actors import Actor
from bot.features.people.models import Level, Post, Term
from bot.features.people.noting import record_by
from bot.features.people.rules import Right
from bot.features.people.terms import LC_REPRESENTATIVE, appoint, ensure_person
from bot.features.posts.records import Appointed
from bot.i18n import N_

#: A term longer than this is a slip of the pen.
MAX_DAYS = 3 * 366


async def appoint_here(
    session: AsyncSession,
    actor: Actor,
    post: Post,
    lc_id: int | None,
    discord_user_id: int,
    display_name: str,
    starts_on: date,
    ends_on: date,
    at: datetime,
) -> Appointed:
    """Give somebody a post for a term. The place has to be locked: of two who appoint at once, the second sees the
    first.

    A school that stands at "no LC yet" is one whose LC is being founded once it has a representative.
    """
    check_term(starts_on, ends_on)
    _require_in_use(post)
    person = await ensure_person(
        session,
        organisation_id=actor.organisation.id,
        discord_user_id=discord_user_id,
        display_name=display_name,
        at=at,
    )
    if post.is_single:
        await _make_room(session, actor, post, lc_id, person.id, starts_on, ends_on)
    term_id = await appoint(
        session,
        person,
        post.key,
        starts_on=starts_on,
        ends_on=ends_on,
        at=at,
        by_discord_id=actor.caller.discord_user_id,
        origin=actor.caller.origin,
        lc_id=lc_id,
    )
    if term_id is None:
        raise Conflict(N_("This person holds the post already on some of those days. Please look at the terms."))
    if lc_id is None:
        return Appointed(term_id)
    note(session, actor, at, "post.add", lc_id, ("post",))
    is_founding = post.key == LC_REPRESENTATIVE and ends_on >= actor.today and await _found(session, actor, lc_id, at)
    return Appointed(term_id, is_founding)


async def _found(session: AsyncSession, actor: Actor, lc_id: int, at: datetime) -> bool:
    """Let a school without an LC stand at FOUNDING. Whoever appoints need not have the right to enter any state: it
    follows from there being a representative, and takes no decision of the association."""
    lc = await session.get_one(LocalCommittee, lc_id)
    if lc.state != State.NO_CONTACT:
        return False
    lc.state, lc.state_since, lc.state_decision = State.FOUNDING.value, actor.today, None
    note(session, actor, at, "lc.state", lc_id, ("state", "state_since"))
    return True


async def _make_room(
    session: AsyncSession,
    actor: Actor,
    post: Post,
    lc_id: int | None,
    person_id: int,
    starts_on: date,
    ends_on: date,
) -> None:
    """In a single post, holders don't overlap.

    Raises:
        Conflict: somebody else holds it on one of those days; when is said, who isn't.
    """
    place = Term.lc_id.is_(None) if lc_id is None else Term.lc_id == lc_id
    overlapping: Sequence[Term] = (
        await session.scalars(
            select(Term)
            .where(
                Term.organisation_id == actor.organisation.id,
                Term.post_id == post.id,
                place,
                Term.person_id != person_id,
                Term.starts_on <= ends_on,
                Term.ends_on >= starts_on,
            )
            .order_by(Term.starts_on)
        )
    ).all()
    if overlapping:
        raise Conflict(
            N_(
                "Only one person at a time can be {post}, and somebody is from {starts} to {ends}. "
                "Please end that term first, or choose other days."
            ),
            post=(post.name_ja, post.name_en),
            starts=overlapping[0].starts_on,
            ends=overlapping[0].ends_on,
        )


def note(
    session: AsyncSession,
    actor: Actor,
    at: datetime,
    action: str,
    lc_id: int | None,
    fields: tuple[str, ...],
    subject_id: int | None = None,
) -> None:
    """In the LC's history where it is about one, else about the term."""
    record_by(
        session,
        actor,
        at=at,
        action=action,
        subject_kind="local_committee" if lc_id is not None else "term",
        subject_id=lc_id if lc_id is not None else (subject_id or 0),
        fields=fields,
    )


def check_term(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise Invalid(N_("The term ends ({ends}) before it begins ({starts})."), starts=starts_on, ends=ends_on)
    if (ends_on - starts_on).days > MAX_DAYS:
        raise Invalid(N_("A term of more than three years is surely a slip. Please look at the dates again."))


def require_appointing(actor: Actor, post: Post, lc_id: int | None) -> None:
    """Officers of that level or above: an LC's officers for its posts, national officers for all."""
    actor.require(Right.APPOINT_LC if post.level == Level.LC else Right.APPOINT_NATION, lc_id)


async def post_of(session: AsyncSession, actor: Actor, key: str) -> Post:
    """A post in use, held as it is until the transaction ends."""
    query = select(Post).where(Post.organisation_id == actor.organisation.id, Post.key == key)
    post = await session.scalar(query.with_for_update(read=True))
    if post is None:
        raise NotFound(N_("There is no such post. Please choose from the list."))
    _require_in_use(post)
    return post


def _require_in_use(post: Post) -> None:
    if post.retired_at is not None:
        raise Conflict(
            N_("The post {post} is no longer given. Please choose another."), post=(post.name_ja, post.name_en)
        )


async def locked_place(session: AsyncSession, actor: Actor, post: Post, lc_id: int | None) -> int | None:
    """The LC of an LC's post, None for a national one; locked, so that appointments there come one after another."""
    if post.level == Level.NATION:
        if lc_id is not None:
            raise Invalid(N_("That post belongs to the whole organisation. Please leave the LC out."))
        await session.execute(select(Organisation.id).where(Organisation.id == actor.organisation.id).with_for_update())
        return None
    if lc_id is None:
        raise Invalid(N_("That post belongs to an LC. Please say to which one."))
    await locked(session, actor, lc_id)
    return lc_id
