from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row, select

from bot.db import fetch
from bot.errors import Invalid, NotFound
from bot.features import Service, after_office
from bot.features.local_committees.models import LocalCommittee
from bot.features.people.actors import Actor
from bot.features.people.changes import changed
from bot.features.people.models import Level, Person, Post, Term
from bot.features.people.rules import Right
from bot.features.people.terms import gone_from, lock_people
from bot.features.posts.appointing import appoint_here, locked_place, note, post_of, require_appointing
from bot.features.posts.records import Appointed, PostCard, TermCard
from bot.features.schools.models import School
from bot.i18n import N_


class PostService(Service):
    async def posts(self, actor: Actor, level: Level | None = None) -> list[PostCard]:
        """The posts in use of the actor's organisation, those of one level or all, in their order."""
        query = select(Post.key, Post.name_ja, Post.name_en, Post.level, Post.committee).where(
            Post.organisation_id == actor.organisation.id, Post.retired_at.is_(None)
        )
        if level is not None:
            query = query.where(Post.level == level)
        async with self.database.reading() as connection:
            rows = await fetch(connection, query.order_by(Post.position))
        return [PostCard(row.key, row.name_ja, row.name_en, Level(row.level), row.committee) for row in rows]

    async def add(
        self,
        actor: Actor,
        discord_user_id: int,
        display_name: str,
        post_key: str,
        lc_id: int | None,
        starts_on: date,
        ends_on: date,
    ) -> Appointed:
        """Appoint somebody for a term.

        Raises:
            NotAllowed: the actor is no officer of that LC, nor a national officer in office.
            NotFound: there is no such post or LC in the actor's organisation.
            Invalid: the term ends before it begins or is over long; an LC is missing or named for a national post.
            Conflict: the person holds the post on one of those days, or it is a single post and somebody else does.
        """
        async with self.database.writing() as session:
            post = await post_of(session, actor, post_key)
            lc_id = await locked_place(session, actor, post, lc_id)
            require_appointing(actor, post, lc_id)
            return await appoint_here(
                session, actor, post, lc_id, discord_user_id, display_name, starts_on, ends_on, self.clock.now()
            )

    async def end(self, actor: Actor, term_id: int, on: date) -> None:
        """Let a term end on a day within it; rights end with that day.

        Raises:
            NotAllowed: the actor is no officer of that LC, nor a national officer in office.
            NotFound: there is no such term in the actor's organisation.
            Invalid: the day lies outside of the term.
        """
        async with self.database.writing() as session:
            await lock_people(session, Person.id.in_(select(Term.person_id).where(Term.id == term_id)))
            row = (
                await session.execute(
                    select(Term, Post, Person.discord_user_id)
                    .join(Post, Post.id == Term.post_id)
                    .join(Person, Person.id == Term.person_id)
                    .where(Term.id == term_id, Term.organisation_id == actor.organisation.id)
                    .with_for_update(of=Term)
                )
            ).one_or_none()
            if row is None:
                raise NotFound(N_("That term doesn't exist any more. Please choose from the list."))
            term, post = row[0], row[1]
            require_appointing(actor, post, term.lc_id)
            if not term.starts_on <= on <= term.ends_on:
                raise Invalid(
                    N_("The term runs from {starts} to {ends}. Please choose a day within it."),
                    starts=term.starts_on,
                    ends=term.ends_on,
                )
            await gone_from(session, term, on)
            term.ends_on = on
            changed(session, actor.organisation.id, row[2])
            now = self.clock.now()
            note(session, actor, now, "term.end", term.lc_id, ("ends_on",), subject_id=term.id)
            if post.is_officer:
                await session.flush()
                await after_office().keep(session, actor.organisation.id, term.person_id, term.lc_id, on, now)

    async def terms(self, actor: Actor, lc_id: int | None = None) -> list[TermCard]:
        """The officers' terms that run today or are to come: those of an LC, or all that the actor may end.

        Raises:
            NotAllowed: the actor is no officer of that LC, nor a national officer in office.
        """
        reach = [lc_id] if lc_id is not None else actor.officer_of
        if lc_id is not None:
            actor.require(Right.APPOINT_LC, lc_id)
        query = TERMS.where(Term.organisation_id == actor.organisation.id, Term.ends_on >= actor.today, Post.is_officer)
        if lc_id is not None or not actor.may(Right.APPOINT_NATION):
            query = query.where(Term.lc_id.in_(reach or [0]))
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        return [term_card(row) for row in rows]


def term_card(row: Row[Any]) -> TermCard:
    return TermCard(
        row.id,
        row.display_name,
        row.post_ja,
        row.post_en,
        row.lc_id,
        row.lc_ja,
        row.lc_en,
        row.starts_on,
        row.ends_on,
    )


TERMS = (
    select(
        Term.id,
        Person.display_name,
        Post.name_ja.label("post_ja"),
        Post.name_en.label("post_en"),
        Term.lc_id,
        School.name_ja.label("lc_ja"),
        School.name_en.label("lc_en"),
        Term.starts_on,
        Term.ends_on,
    )
    .join(Person, Person.id == Term.person_id)
    .join(Post, Post.id == Term.post_id)
    .outerjoin(LocalCommittee, LocalCommittee.id == Term.lc_id)
    .outerjoin(School, School.id == LocalCommittee.school_id)
    .order_by(LocalCommittee.position, Post.position, Term.starts_on, Term.id)
)
