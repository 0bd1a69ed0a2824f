"""Who is in charge of a series: people by name, or the holders of a post at the time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, select

from bot.db import Reader, fetch
from bot.errors import Conflict, Invalid, NotFound
from bot.features import Service
from bot.features.members.models import Profile
from bot.features.members.values import JOIN
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Grant, Level, Person, Post
from bot.features.people.rules import Right
from bot.features.symposia.changing import keep_holes, locked, note
from bot.features.symposia.models import Edition, EditionState, Symposium
from bot.features.symposia.queries import KIND, SymposiumCard, symposium_of
from bot.features.symposia.sizes import OWNERS
from bot.features.symposia.steps import symposium_step
from bot.i18n import N_

NOT_JOINED = N_("Not joined here yet: {names}. Please ask them to join with /join first.")
LAST = N_("A series needs an owner. Please add somebody else or choose a post first.")
TOO_MANY = N_("Up to {n} people can own a series. Please remove somebody first.")
NO_OWNER = N_("They don't own this series any more. Nothing was changed.")
NO_POST = N_("That post was not found. Please choose from the list.")


@dataclass(frozen=True, slots=True)
class Owner:
    person_id: int
    name: str


class OwnerService(Service):
    async def owners(self, actor: Actor, symposium_id: int) -> tuple[SymposiumCard, Sequence[Owner]]:
        """For those who keep it. Raises NotFound; NotAllowed."""
        async with self.database.reading() as connection:
            found = await symposium_of(connection, actor, symposium_id)
            _require(actor, found)
            return found, await _owners_of(connection, actor, symposium_id)

    async def posts(self, actor: Actor, symposium_id: int) -> Sequence[Row[Any]]:
        """The posts that could own it: id, name_ja, name_en. Raises NotFound; NotAllowed."""
        async with self.database.reading() as connection:
            found = await symposium_of(connection, actor, symposium_id)
            _require(actor, found)
            query = _posts(actor.organisation.id, found.lc_id)
            return await fetch(connection, query.order_by(Post.position, Post.id))

    async def add(self, actor: Actor, symposium_id: int, users: Collection[int]) -> None:
        """Put people (by their accounts in Discord) in charge of it. Twice is once.

        Raises:
            NotFound; NotAllowed.
            Invalid: somebody hasn't joined, or they would be too many. Nobody is added then.
        """
        async with change_by(self, actor) as change:
            people = await _joined(change, users)
            symposium = await locked(change, symposium_id, people)
            have = {one.person_id for one in await _owners_of(change.session, actor, symposium_id)}
            if len(have | set(people)) > OWNERS:
                raise Invalid(TOO_MANY, n=OWNERS, next_steps=[symposium_step(symposium_id)])
            change.session.add_all(grant(change, symposium, one) for one in people if one not in have)
            await _settled(change, symposium)

    async def take_charge(self, actor: Actor, symposium_id: int) -> None:
        """Somebody who keeps it by their post becomes an owner, and sees contacts from then on; the history says so.
        Raises NotFound; NotAllowed; Invalid: there are as many owners as there can be."""
        async with change_by(self, actor) as change:
            symposium = await locked(change, symposium_id)
            if actor.person_id is None:
                raise NotFound(N_("Please join first."), next_steps=[JOIN])
            have = [one.person_id for one in await _owners_of(change.session, actor, symposium_id)]
            if actor.person_id in have:
                return
            if len(have) >= OWNERS:
                raise Invalid(TOO_MANY, n=OWNERS, next_steps=[symposium_step(symposium_id)])
            change.session.add(grant(change, symposium, actor.person_id))
            await _settled(change, symposium)

    async def remove(self, actor: Actor, symposium_id: int, person_id: int) -> None:
        """Somebody isn't in charge of it any more. Raises NotFound; NotAllowed; Conflict: they aren't anyway, or nobody
        else is."""
        async with change_by(self, actor) as change:
            symposium = await locked(change, symposium_id)
            have = [one.person_id for one in await _owners_of(change.session, actor, symposium_id)]
            if person_id not in have:
                raise Conflict(NO_OWNER, next_steps=[symposium_step(symposium_id)])
            if have == [person_id] and symposium.post_id is None:
                raise Conflict(LAST, next_steps=[symposium_step(symposium_id)])
            theirs = (Grant.subject_kind == KIND, Grant.subject_id == symposium_id, Grant.person_id == person_id)
            await change.session.execute(delete(Grant).where(*theirs).execution_options(synchronize_session=False))
            await _settled(change, symposium)

    async def set_post(self, actor: Actor, symposium_id: int, post_id: int | None) -> None:
        """The holders of a post own it, whoever they are at the time, and its tasks are theirs; None: people alone.
        Raises NotFound; NotAllowed; Conflict: nobody would own it."""
        async with change_by(self, actor) as change:
            symposium = await locked(change, symposium_id)
            if post_id is None and not await _owners_of(change.session, actor, symposium_id):
                raise Conflict(LAST, next_steps=[symposium_step(symposium_id)])
            known = _posts(symposium.organisation_id, symposium.lc_id).where(Post.id == post_id)
            if post_id is not None and not await fetch(change.session, known):
                raise NotFound(NO_POST, next_steps=[symposium_step(symposium_id)])
            symposium.post_id = post_id
            await _settled(change, symposium)


def _require(actor: Actor, found: SymposiumCard) -> None:
    if not found.keeps:
        actor.require(Right.KEEP_SYMPOSIA, found.lc_id, found.committee_key, (KIND, found.symposium_id))


def _posts(organisation_id: int, lc_id: int | None) -> Any:
    level = Level.NATION if lc_id is None else Level.LC
    here = (Post.organisation_id == organisation_id, Post.level == level, Post.is_officer, Post.retired_at.is_(None))
    return select(Post.id, Post.name_ja, Post.name_en).where(*here)


async def _owners_of(reader: Reader, actor: Actor, symposium_id: int) -> list[Owner]:
    query = (
        select(Grant.person_id, Person.display_name)
        .join(Person, Person.id == Grant.person_id)
        .where(Grant.subject_kind == KIND, Grant.subject_id == symposium_id, Grant.held_on(actor.today))
        .where(Grant.right == Right.KEEP_SYMPOSIA.value, Grant.organisation_id == actor.organisation.id)
        .order_by(Grant.id)
    )
    found = {row.person_id: Owner(row.person_id, row.display_name) for row in await fetch(reader, query)}
    return list(found.values())


async def _joined(change: Change, users: Collection[int]) -> list[int]:
    """The people behind accounts. Raises NotFound: there is none; Invalid: one of them hasn't joined."""
    if not users:
        raise NotFound(N_("Please choose somebody."))
    query = (
        select(Person.id, Person.discord_user_id)
        .join(Profile, Profile.person_id == Person.id)
        .where(Person.organisation_id == change.moment.organisation_id, Person.discord_user_id.in_(users))
        .order_by(Person.id)
    )
    rows = await fetch(change.session, query)
    missing = set(users) - {row.discord_user_id for row in rows}
    if missing:
        raise Invalid(NOT_JOINED, names=" ".join(f"<@{one}>" for one in sorted(missing)))
    return [row.id for row in rows]


def grant(change: Change, symposium: Symposium, person_id: int) -> Grant:
    """They own it from today, until somebody ends it."""
    return Grant(
        organisation_id=symposium.organisation_id,
        person_id=person_id,
        right=Right.KEEP_SYMPOSIA.value,
        subject_kind=KIND,
        subject_id=symposium.id,
        starts_on=change.moment.today,
        given_by_id=change.actor.person_id,
        created_at=change.now,
    )


async def _settled(change: Change, symposium: Symposium) -> None:
    """Its tasks are those of its owners now."""
    note(change, symposium, "symposium.owners")
    ahead = Edition.state.in_([EditionState.PLANNED.value, EditionState.ANNOUNCED.value])
    query = select(Edition).where(Edition.symposium_id == symposium.id, ahead).order_by(Edition.id)
    await keep_holes(change, symposium, *(await change.session.scalars(query)).all())
