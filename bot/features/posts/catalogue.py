"""The posts that an organisation has: added, renamed, put in order and retired by its national officers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Any

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.errors import Conflict, Invalid, NextStep, NotFound
from bot.features import Service
from bot.features.committees.models import StandingCommittee
from bot.features.organisations.naming import both_names, new_key
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.entitlements import RIGHTS, unpacked
from bot.features.people.models import EVERYTHING, Level, Post, PostRight, Reach, Term
from bot.features.people.rules import BY_NAME, LC_RIGHTS, Right
from bot.features.people.terms import LC_MEMBER, LC_REPRESENTATIVE, NATIONAL_OFFICER, changed, say_again
from bot.features.posts.values import PostDraft, PostEntry
from bot.i18n import N_
from bot.kit.edits import merged

#: The program itself relies on these: they can be renamed, but not retired.
BUILT_IN = frozenset({NATIONAL_OFFICER, LC_REPRESENTATIVE, LC_MEMBER})
#: Nobody finds their way among more.
MOST = 100

#: The list of posts, from its first page.
LIST = NextStep(N_("Posts"), "posts:catalogue:0")
NO_POST = N_("There is no such post. Please choose from the list.")


class PostCatalogueService(Service):
    async def entries(self, actor: Actor) -> list[PostEntry]:
        """All posts, retired ones too, national ones first, in their order. One statement.

        Raises:
            NotAllowed: the actor is no national officer in office.
        """
        actor.require(Right.EDIT_DIRECTORY)
        async with self.database.reading() as connection:
            rows = await fetch(connection, _ENTRIES, {"organisation": actor.organisation.id, "today": actor.today})
        entries = [
            PostEntry(
                *_said(row), row.id, row.key,
                row.retired_at is not None, row.key in BUILT_IN, row.holders,
                frozenset((right, reach) for right, reach in unpacked(row.rights)),
                row.rights_set_at is None and row.retired_at is None and _is_open(row),
            )
            for row in rows
        ]  # fmt: skip
        return sorted(entries, key=lambda entry: entry.level is not Level.NATION)

    async def to_add(self, actor: Actor) -> None:
        """Checked before a form for a new post opens. Raises as ``add`` would for any post."""
        _require_room(len(await self.entries(actor)))

    async def add(self, actor: Actor, draft: PostDraft) -> int:
        """A new officers' post at the end of its level; its id.

        Raises:
            NotAllowed: the actor is no national officer in office.
            Invalid: it has no name, or one that can't be used; there is no such committee.
            Conflict: a post in use has that name, or there are too many.
        """
        actor.require(Right.EDIT_DIRECTORY)
        name_ja, name_en = both_names(draft.name_ja, draft.name_en, 60)
        async with change_by(self, actor, Right.EDIT_DIRECTORY) as change:
            posts = await self._locked(change)
            _require_room(len(posts))
            _require_free(posts, name_ja, name_en)
            await _require_committee(change.session, actor, draft.committee)
            post = Post(
                organisation_id=actor.organisation.id,
                key=new_key(name_en, {one.key for one in posts}),
                name_ja=name_ja,
                name_en=name_en,
                level=draft.level.value,
                is_officer=True,
                committee=draft.committee,
                is_single=draft.is_single,
                position=max(one.position for one in posts) + 1,
                rights_set_at=change.now,
            )
            change.session.add(post)
            await change.session.flush()
            change.session.add(PostRight(post_id=post.id, right=EVERYTHING, reach=Reach.PLACE.value))
            change.note("post.create", "post", post.id, ("name_ja", "name_en", "level", "committee", "is_single"))
            return post.id

    async def edit(self, actor: Actor, post_id: int, draft: PostDraft, seen: PostDraft | None = None) -> None:
        """Change a post's names and, unless it is built in, its committee and whether one person at a time holds it.
        The level stays: terms depend on it. ``seen``: see ``merged``.

        Raises:
            NotAllowed, Invalid: as for ``add``. Changing the committee of a post that allows something within it takes
                the right to set permissions.
            NotFound: there is no such post in the actor's organisation.
            Conflict: another post has that name, or it is to be single while several hold it, or (Overtaken) somebody
                else has changed the same since it was seen.
        """
        actor.require(Right.EDIT_DIRECTORY)
        name_ja, name_en = both_names(draft.name_ja, draft.name_en, 60)
        async with change_by(self, actor, Right.EDIT_DIRECTORY) as change:
            posts = await self._locked(change)
            post = _of(posts, post_id)
            draft = merged(replace(draft, name_ja=name_ja, name_en=name_en), seen, PostDraft(*_said(post)))
            name_ja, name_en = draft.name_ja, draft.name_en
            _require_free([one for one in posts if one is not post], name_ja, name_en)
            values: dict[str, object] = {"name_ja": name_ja, "name_en": name_en}
            if post.key not in BUILT_IN:
                await _require_committee(change.session, actor, draft.committee)
                if draft.committee != post.committee and await _allows_by_committee(change.session, post):
                    actor.require(Right.APPOINT_NATION)
                if draft.is_single and not post.is_single:
                    await _require_one_at_a_time(change.session, actor, post)
                values |= {"committee": draft.committee, "is_single": draft.is_single}
            if fields := post.take(values):
                change.note("post.edit", "post", post.id, fields)
                changed(change.session, actor.organisation.id)  # roles of committees follow

    async def move(self, actor: Actor, post_id: int, *, up: bool) -> None:
        """Put a post before the one above it, or after the one below it, within its level; at the end, nothing.

        Raises:
            NotAllowed: the actor is no national officer in office.
            NotFound: there is no such post in the actor's organisation.
        """
        async with change_by(self, actor, Right.EDIT_DIRECTORY) as change:
            posts = await self._locked(change)
            post = _of(posts, post_id)
            level = sorted((one for one in posts if one.level == post.level), key=lambda one: (one.position, one.id))
            at = level.index(post)
            beside = at - 1 if up else at + 1
            if 0 <= beside < len(level):
                level[at], level[beside] = level[beside], level[at]
                others = [one for one in posts if one.level != post.level]
                for position, one in enumerate([*sorted(others, key=lambda one: one.position), *level]):
                    one.position = position
                change.note("post.edit", "post", post.id, ("position",))

    async def retire(self, actor: Actor, post_id: int, *, retired: bool) -> None:
        """Let nobody be appointed to a post any more, or again. Terms that run go on, and history stays.

        Raises:
            NotAllowed: the actor is no national officer in office.
            NotFound: there is no such post in the actor's organisation.
            Conflict: the program counts on the post, or another has its name meanwhile.
        """
        async with change_by(self, actor, Right.EDIT_DIRECTORY) as change:
            posts = await self._locked(change)
            post = _of(posts, post_id)
            if post.key in BUILT_IN:
                raise Conflict(N_("This post can't be retired because the bot relies on it. You can rename it."))
            if retired == (post.retired_at is not None):
                return
            if not retired:
                _require_free([one for one in posts if one is not post], post.name_ja, post.name_en)
            post.retired_at = change.now if retired else None
            if not retired:  # where it is vacant, that counts again
                await say_again(
                    change.session, actor.organisation.id, Term.post_id == post.id, Term.ends_on < actor.today
                )
            change.note("post.retire" if retired else "post.revive", "post", post.id, ("retired_at",))

    async def allow(
        self, actor: Actor, post_id: int, reach: Reach, rights: Collection[str], among: Collection[str] | None = None
    ) -> None:
        """Set what a post allows within a reach to just these (a ``Right``, or ``EVERYTHING``). Other reaches stay, and
        what isn't ``among`` those that were to choose from; None: all were.

        Raises:
            NotAllowed: the actor may not appoint national officers. Those who may could have any right.
            NotFound: there is no such post in the actor's organisation.
            Invalid: posts of its kind can't be given this.
            Conflict: it is the post that always allows everything, so that somebody can always appoint.
        """
        wanted = {EVERYTHING} if EVERYTHING in rights else set(rights)
        async with change_by(self, actor, Right.APPOINT_NATION) as change:
            post = _of(await self._locked(change), post_id)
            if post.key == NATIONAL_OFFICER:
                raise Conflict(
                    N_("National officers always keep every permission, so that somebody can always make appointments.")
                )
            offered = grantable(Level(post.level))
            if among is not None:
                offered &= set(among)
            if not wanted <= offered or reach not in reaches(post):
                raise Invalid(N_("This post can't have that permission. Please open its page again."))
            here = (PostRight.post_id == post.id) & (PostRight.reach == reach.value)
            if among is not None:
                here &= PostRight.right.in_(among)
            before = set((await change.session.scalars(select(PostRight.right).where(here))).all())
            await change.session.execute(delete(PostRight).where(here, PostRight.right.not_in(wanted)))
            for right in sorted(wanted - before):
                change.session.add(PostRight(post_id=post.id, right=right, reach=reach.value))
            post.rights_set_at = change.now
            change.note("post.rights", "post", post.id, before ^ wanted)

    async def _locked(self, change: Change) -> list[Post]:
        """All posts of the organisation, so that changes come one after another, and none while somebody appoints."""
        mine = Post.organisation_id == change.moment.organisation_id
        await change.session.execute(select(Post.id).where(mine).order_by(Post.id).with_for_update())
        # Read only now: while the first statement waited, somebody may have added one.
        return list((await change.session.scalars(select(Post).where(mine).order_by(Post.id))).all())


async def _allows_by_committee(session: AsyncSession, post: Post) -> bool:
    """Does the post allow something within its committee? Then another committee is another right."""
    within = (PostRight.post_id == post.id) & (PostRight.reach == Reach.COMMITTEE.value)
    return await session.scalar(select(PostRight.id).where(within).limit(1)) is not None


def grantable(level: Level) -> frozenset[str]:
    """What a post of a level can allow."""
    return frozenset({EVERYTHING, *(LC_RIGHTS if level is Level.LC else {*Right} - BY_NAME)})


def reaches(post: Post | PostEntry) -> tuple[Reach, ...]:
    """The reaches that a post's permissions can have; none if they can't be changed."""
    if not _is_open(post):
        return ()
    about = (Reach.COMMITTEE,) if post.committee else ()
    stands_in = post.level == Level.LC and post.key != LC_REPRESENTATIVE
    return (Reach.PLACE, *about, *((Reach.STAND_IN,) if stands_in else ()))


def _is_open(post: Any) -> bool:
    """Can the permissions of a post (or a row of it) be set?"""
    return post.key not in (NATIONAL_OFFICER, LC_MEMBER)


def _said(post: Any) -> tuple[str, str, Level, str | None, bool]:
    """What may be said of a post (or a row of it), as a draft has it."""
    return post.name_ja, post.name_en, Level(post.level), post.committee, post.is_single


def _of(posts: Iterable[Post], post_id: int) -> Post:
    for post in posts:
        if post.id == post_id:
            return post
    raise NotFound(NO_POST)


def _require_free(others: Iterable[Post], name_ja: str, name_en: str) -> None:
    if any(one.retired_at is None and (one.name_ja == name_ja or one.name_en == name_en) for one in others):
        raise Conflict(N_("A post with that name already exists. Please choose another name."))


async def _require_committee(session: AsyncSession, actor: Actor, key: str | None) -> None:
    there = select(StandingCommittee.id).where(
        StandingCommittee.organisation_id == actor.organisation.id, StandingCommittee.key == key
    )
    if key is not None and await session.scalar(there) is None:
        raise Invalid(N_("That committee no longer exists. Please choose another one."))


async def _require_one_at_a_time(session: AsyncSession, actor: Actor, post: Post) -> None:
    query = (
        select(Term.lc_id, Term.starts_on, Term.ends_on)
        .where(Term.post_id == post.id, Term.ends_on >= actor.today)
        .order_by(Term.lc_id, Term.starts_on)
    )
    terms = await fetch(session, query)
    if any(one.lc_id == next_.lc_id and next_.starts_on <= one.ends_on for one, next_ in pairwise(terms)):
        raise Conflict(
            N_("Several people hold this post at the same time somewhere. Please end the overlapping terms first.")
        )


_ENTRIES = (
    select(
        Post.id, Post.key, Post.name_ja, Post.name_en, Post.level, Post.committee, Post.is_single, Post.retired_at,
    Post.rights_set_at, RIGHTS.label("rights"),
        select(func.count())
        .select_from(Term)
        .where(Term.post_id == Post.id, Term.held_on(bindparam("today")))
        .correlate(Post)
        .scalar_subquery()
        .label("holders"),
    )
    .where(Post.organisation_id == bindparam("organisation"))
    .order_by(Post.position, Post.id)
)  # fmt: skip


def _require_room(count: int) -> None:
    if count >= MOST:
        raise Conflict(N_("You've reached the limit of {n} posts. Please rename an existing one."), n=MOST)
