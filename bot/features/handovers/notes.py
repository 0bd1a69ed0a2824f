"""Handover notes stay with the post: a text for each post and place, with its history."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select

from bot.db import Reader
from bot.errors import Invalid, NotAllowed, NotFound
from bot.features import Service
from bot.features.handovers.models import PostNote
from bot.features.handovers.values import Note
from bot.features.people.actors import Actor
from bot.features.people.changes import change_by
from bot.features.people.models import Level, Person, Post, Term
from bot.features.people.terms import LC_REPRESENTATIVE
from bot.features.posts.service import note
from bot.i18n import N_

LONGEST = 3_000
#: Older versions are forgotten: they are there to undo, not to research.
KEPT = 20


def _holds(actor: Actor, post: Post, lc_id: int | None) -> bool:
    return any((one.post_key, one.lc_id) == (post.key, lc_id) for one in actor.current)


def may_read(actor: Actor, post_key: str, lc_id: int | None) -> bool:
    """The present holder; above an LC's post its representative and the national officers; these for their own."""
    return any(
        (one.post_key, one.lc_id) in ((post_key, lc_id), (LC_REPRESENTATIVE, lc_id))
        or (one.is_officer and one.level is Level.NATION)
        for one in actor.current
    )


class PostNoteService(Service):
    async def read(self, actor: Actor, term_id: int, version: int | None = None) -> Note:
        """A version of the note of a term's post, the latest if none is asked for.

        Raises:
            NotAllowed: the actor neither holds the post today nor stands above it.
            NotFound: there is no such term in the actor's organisation.
        """
        async with self.database.reading() as connection:
            post, lc_id = await _place(connection, actor, term_id)
            if not may_read(actor, post.key, lc_id):
                raise NotAllowed(N_("Only the current holder and the officers above them can read this."))
            here = _here(post.id, lc_id)
            of = await connection.scalar(select(func.count()).select_from(PostNote).where(here)) or 0
            number = min(max(version or of, 1), of)
            query = (
                select(PostNote.text, PostNote.written_at, Person.display_name)
                .outerjoin(
                    Person,
                    (Person.organisation_id == PostNote.organisation_id)
                    & (Person.discord_user_id == PostNote.by_discord_id),
                )
                .where(here)
                .order_by(PostNote.id)
                .offset(max(number - 1, 0))
                .limit(1)
            )
            row = (await connection.execute(query)).one_or_none()
        mine = _holds(actor, post, lc_id)
        if row is None:
            return Note(may_write=mine)
        return Note(row.text, row.written_at, row.display_name, number, of, mine)

    async def to_write(self, actor: Actor, term_id: int) -> Note:
        """The latest, before somebody writes the next. Raises as ``write`` would for any text."""
        async with self.database.reading() as connection:
            post, lc_id = await _place(connection, actor, term_id)
        _require_holder(actor, post, lc_id)
        return await self.read(actor, term_id)

    async def write(self, actor: Actor, term_id: int, text: str) -> None:
        """A new version.

        Raises:
            NotAllowed: the actor doesn't hold the post today.
            NotFound: there is no such term in the actor's organisation.
            Invalid: it is too long.
        """
        text = text.strip()
        if len(text) > LONGEST:
            raise Invalid(N_("That is too long: at most {n} characters fit. Please shorten it."), n=LONGEST)
        async with change_by(self, actor) as change:
            post, lc_id = await _place(change.session, actor, term_id)
            _require_holder(actor, post, lc_id)
            change.session.add(
                PostNote(
                    organisation_id=actor.organisation.id,
                    post_id=post.id,
                    lc_id=lc_id,
                    text=text,
                    written_at=change.now,
                    by_discord_id=actor.caller.discord_user_id,
                )
            )
            await change.session.flush()
            versions = (
                await change.session.scalars(select(PostNote).where(_here(post.id, lc_id)).order_by(PostNote.id))
            ).all()
            for old in versions[:-KEPT]:
                await change.session.delete(old)
            note(change, "handover.note", lc_id, ("text",), subject_id=term_id)


def _require_holder(actor: Actor, post: Post, lc_id: int | None) -> None:
    if not _holds(actor, post, lc_id):
        raise NotAllowed(N_("Only the current holder can write here."))


def _here(post_id: int, lc_id: int | None) -> ColumnElement[bool]:
    place = PostNote.lc_id.is_(None) if lc_id is None else PostNote.lc_id == lc_id
    return (PostNote.post_id == post_id) & place


async def _place(reader: Reader, actor: Actor, term_id: int) -> tuple[Post, int | None]:
    query = (
        select(Post.id, Post.key, Term.lc_id)
        .join(Term, Term.post_id == Post.id)
        .where(Term.id == term_id, Term.organisation_id == actor.organisation.id)
    )
    row = (await reader.execute(query)).one_or_none()
    if row is None:
        raise NotFound(N_("That term doesn't exist any more. Please choose from the list."))
    return Post(id=row.id, key=row.key), row.lc_id
