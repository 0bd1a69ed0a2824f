"""Posts and terms: helpers that join somebody else's transaction, who follows whom, and saying that what somebody is
has changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import data
from bot.db import insert_if_absent
from bot.errors import Invalid
from bot.features.audit.service import add_entry
from bot.features.people.models import Person, Post, PostRight, Term
from bot.features.people.rules import GRACE_DAYS
from bot.i18n import N_
from bot.typed import discord_name

NATIONAL_OFFICER = "national_officer"
LC_REPRESENTATIVE = "lc_representative"
LC_MEMBER = "lc_member"


async def add_posts(session: AsyncSession, organisation_id: int, at: datetime) -> None:
    """Give a new organisation the posts that every one has, and what they allow."""
    rows = data.rows("posts")
    posts = [
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
            rights_set_at=at,
        )
        for position, row in enumerate(rows)
    ]
    session.add_all(posts)
    await session.flush()
    for post, row in zip(posts, rows, strict=True):
        for given in row["rights"].split():  # such as "everything:place"
            right, reach = given.split(":")
            session.add(PostRight(post_id=post.id, right=right, reach=reach))


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
    """To be done before anything that is theirs is locked, as a deletion does: two who lock in different orders wait
    for each other."""
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
        raise Invalid(
            N_("The term ends ({ends}) before it starts ({starts}). Please check the dates."),
            starts=starts_on,
            ends=ends_on,
        )
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
    add_entry(
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


#: In ``session.info``: organisation → Discord ids of those whose terms or data changed; None among them: everybody's.
CHANGED = "people.changed"
#: The same, of those about whom nothing is kept any more.
FORGOTTEN = "people.forgotten"
Changes = dict[int, set[int | None]]


def changed(session: AsyncSession, organisation_id: int, discord_user_id: int | None = None) -> None:
    """To be called in the transaction that changes it. Without a person, it may be about everybody."""
    changes: Changes = session.info.setdefault(CHANGED, {})
    changes.setdefault(organisation_id, set()).add(discord_user_id)


def forgotten(session: AsyncSession, organisation_id: int, discord_user_id: int) -> None:
    """To be called in the transaction with which everything about somebody goes: nothing of it stays elsewhere."""
    gone: dict[int, set[int]] = session.info.setdefault(FORGOTTEN, {})
    gone.setdefault(organisation_id, set()).add(discord_user_id)


#: A successor may begin so long before a term ends, to be shown around. If earlier, both hold the post.
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


#: All officers' terms in some posts and LCs that end on a day or later (``tenure_values``); a few others may be among
#: them.
TENURES = (
    select(Term.id, Term.person_id, Post.key, Term.lc_id, Post.is_single, Term.starts_on, Term.ends_on)
    .select_from(Term)
    .join(Post, Post.id == Term.post_id)
    .where(
        Term.organisation_id == bindparam("organisation"),
        Post.is_officer,
        Post.key.in_(bindparam("keys", expanding=True)),
        Term.lc_id.in_(bindparam("lcs", expanding=True)) | Term.lc_id.is_(None),
        Term.ends_on >= bindparam("since"),
    )
)


def tenure_values(organisation_id: int, places: Iterable[tuple[str, int | None]], since: date) -> dict[str, Any]:
    keys, lc_ids = zip(*places, strict=True)
    lcs = {one for one in lc_ids if one is not None}
    return {"organisation": organisation_id, "keys": list(set(keys)), "lcs": list(lcs), "since": since}


def followers(terms: Iterable[Tenure]) -> Mapping[int, frozenset[int]]:
    """Term → the people who follow its holder; a term that nobody follows isn't in it.

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
    """Does the holder of the later term already hold the post alongside this one?"""
    return any(
        one.person_id == later.person_id
        and one.term_id != later.term_id
        and one.starts_on <= term.last_day
        and one.ends_on >= term.starts_on
        for one in here
    )
