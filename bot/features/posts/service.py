from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.errors import Conflict, Invalid, NotFound
from bot.features import Service, after_office
from bot.features.local_committees.acting import locked
from bot.features.local_committees.models import LcState, LocalCommittee
from bot.features.local_committees.rules import CHANGE
from bot.features.organisations.models import Organisation
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Level, Person, Post, Term
from bot.features.people.rules import Right
from bot.features.people.terms import LC_REPRESENTATIVE, appoint, changed, ensure_person, gone_from, lock_people
from bot.features.posts import telling
from bot.features.posts.queries import TERMS, term_card
from bot.features.posts.values import Appointed, PostCard, TermCard
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
        async with change_by(self, actor) as change:
            post = await post_of(change, post_key)
            lc_id = await locked_place(change, post, lc_id)
            require_appointing(actor, post.level, lc_id)
            return await appoint_here(change, post, lc_id, discord_user_id, display_name, starts_on, ends_on)

    async def to_end(self, actor: Actor, term_id: int, on: date) -> TermCard:
        """The term that ``end`` would end on a day. Raises the same, and changes nothing."""
        query = TERMS.add_columns(Post.level).where(Term.id == term_id, Term.organisation_id == actor.organisation.id)
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        if not rows:
            raise NotFound(NO_TERM)
        require_appointing(actor, rows[0].level, rows[0].lc_id)
        _check_end(rows[0].starts_on, rows[0].ends_on, on)
        return term_card(rows[0])

    async def end(self, actor: Actor, term_id: int, on: date) -> None:
        """Let a term end on a day within it; rights end with that day.

        Raises:
            NotAllowed: the actor is no officer of that LC, nor a national officer in office.
            NotFound: there is no such term in the actor's organisation.
            Invalid: the day lies outside of the term.
            Conflict: it ends on that day already.
        """
        async with change_by(self, actor) as change:
            await lock_people(change.session, Person.id.in_(select(Term.person_id).where(Term.id == term_id)))
            row = (
                await change.session.execute(
                    select(Term, Post, Person.discord_user_id)
                    .join(Post, Post.id == Term.post_id)
                    .join(Person, Person.id == Term.person_id)
                    .where(Term.id == term_id, Term.organisation_id == actor.organisation.id)
                    .with_for_update(of=Term)
                )
            ).one_or_none()
            if row is None:
                raise NotFound(NO_TERM)
            term, post = row[0], row[1]
            require_appointing(actor, post.level, term.lc_id)
            _check_end(term.starts_on, term.ends_on, on)
            await gone_from(change.session, term, on)
            term.ends_on = on
            changed(change.session, actor.organisation.id, row[2])
            note(change, "term.end", term.lc_id, ("ends_on",), subject_id=term.id)
            last = on.isoformat()
            await telling.tell(change, telling.ENDED, row[2], f"{term.id}:{last}", {"term": term.id, "last": last})
            if post.is_officer:
                await change.session.flush()
                await after_office().keep(
                    change.session, actor.organisation.id, term.person_id, term.lc_id, on, change.now
                )

    async def terms(self, actor: Actor, lc_id: int | None = None) -> list[TermCard]:
        """The officers' terms that run today or are to come: those of an LC, or all that the actor may end.

        Raises:
            NotAllowed: the actor is no officer of that LC, nor a national officer in office.
        """
        if lc_id is not None:
            actor.require(Right.APPOINT_LC, lc_id)
            reach: ColumnElement[bool] = Term.lc_id == lc_id
        else:
            of_lcs = Term.lc_id.in_(actor.lcs_where(Right.APPOINT_LC) or [0])
            in_every_lc = Term.lc_id.is_not(None) if actor.may(Right.APPOINT_LC) else false()
            national = Term.lc_id.is_(None) if actor.may(Right.APPOINT_NATION) else false()
            reach = or_(of_lcs, in_every_lc, national)
        query = TERMS.where(
            Term.organisation_id == actor.organisation.id, Term.ends_on >= actor.today, Post.is_officer, reach
        )
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        return [term_card(row) for row in rows]


NO_TERM = N_("That term doesn't exist any more. Please choose from the list.")
#: A longer term is taken for a slip.
MAX_DAYS = 3 * 366


async def appoint_here(
    change: Change,
    post: Post,
    lc_id: int | None,
    discord_user_id: int,
    display_name: str,
    starts_on: date,
    ends_on: date,
) -> Appointed:
    """Give somebody a post for a term. The place has to be locked: of two who appoint at once, the second sees the
    first. They are told, unless they do it themselves.

    Once it has a representative, the LC of a school at "no LC yet" is being founded.
    """
    check_term(starts_on, ends_on)
    _require_in_use(post)
    session, actor = change.session, change.actor
    person = await ensure_person(
        session,
        organisation_id=actor.organisation.id,
        discord_user_id=discord_user_id,
        display_name=display_name,
        at=change.now,
    )
    if post.is_single:
        await _make_room(session, actor, post, lc_id, person.id, starts_on, ends_on)
    term_id = await appoint(
        session,
        person,
        post.key,
        starts_on=starts_on,
        ends_on=ends_on,
        at=change.now,
        by_discord_id=actor.caller.discord_user_id,
        origin=actor.caller.origin,
        lc_id=lc_id,
    )
    if term_id is None:
        raise Conflict(N_("This person already holds the post on some of those days. Please check the list of terms."))
    await telling.tell(change, telling.GIVEN, discord_user_id, term_id, {"term": term_id})
    if lc_id is None:
        return Appointed(term_id)
    note(change, "post.add", lc_id, ("post",))
    is_founding = post.key == LC_REPRESENTATIVE and ends_on >= actor.today and await _found(change, lc_id)
    return Appointed(term_id, is_founding)


async def _found(change: Change, lc_id: int) -> bool:
    """Let a school without an LC stand at FOUNDING. The one who appoints needs no right to enter a state: it follows
    from there being a representative, and takes no decision of the association."""
    lc = await change.session.get_one(LocalCommittee, lc_id)
    if lc.state != LcState.NO_CONTACT:
        return False
    lc.state_since, lc.state_decision = change.actor.today, None
    CHANGE[LcState.FOUNDING].move(change, lc, "local_committee", lc_id, ("state", "state_since"))
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
        Conflict: somebody else holds it on one of those days. It says when, and not who.
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
                "Only one person at a time can be {post}, and the post is taken from {starts} to {ends}. Please end "
                "that term first, or choose other dates."
            ),
            post=(post.name_ja, post.name_en),
            starts=overlapping[0].starts_on,
            ends=overlapping[0].ends_on,
        )


def note(change: Change, action: str, lc_id: int | None, fields: tuple[str, ...], subject_id: int = 0) -> None:
    """In the LC's history where it is about one, else about the term."""
    subject = ("term", subject_id) if lc_id is None else ("local_committee", lc_id)
    change.note(action, *subject, fields)


def check_term(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise Invalid(
            N_("The term ends ({ends}) before it starts ({starts}). Please check the dates."),
            starts=starts_on,
            ends=ends_on,
        )
    if (ends_on - starts_on).days > MAX_DAYS:
        raise Invalid(N_("A term can't be longer than three years. Please check the dates."))


def _check_end(starts_on: date, ends_on: date, on: date) -> None:
    if not starts_on <= on <= ends_on:
        raise Invalid(
            N_("The term runs from {starts} to {ends}. Please choose a day within it."), starts=starts_on, ends=ends_on
        )
    if on == ends_on:
        raise Conflict(N_("The term already ends on that day. Nothing was changed."))


def require_appointing(actor: Actor, level: str, lc_id: int | None) -> None:
    """Officers of that level or above: an LC's officers for its posts, national officers for all."""
    actor.require(Right.APPOINT_LC if level == Level.LC else Right.APPOINT_NATION, lc_id)


async def post_of(change: Change, key: str) -> Post:
    """A post in use, held as it is until the transaction ends."""
    query = select(Post).where(Post.organisation_id == change.moment.organisation_id, Post.key == key)
    post = await change.session.scalar(query.with_for_update(read=True))
    if post is None:
        raise NotFound(N_("There is no such post. Please choose from the list."))
    _require_in_use(post)
    return post


def _require_in_use(post: Post) -> None:
    if post.retired_at is not None:
        raise Conflict(
            N_("The post “{post}” has been retired. Please choose another one."), post=(post.name_ja, post.name_en)
        )


async def locked_place(change: Change, post: Post, lc_id: int | None) -> int | None:
    """The LC of an LC's post, None for a national one; locked, so that appointments there come one after another."""
    if post.level == Level.NATION:
        if lc_id is not None:
            raise Invalid(N_("That is a national post. Please leave the LC empty."))
        here = select(Organisation.id).where(Organisation.id == change.moment.organisation_id)
        await change.session.execute(here.with_for_update())
        return None
    if lc_id is None:
        raise Invalid(N_("That is an LC post. Please choose the LC."))
    await locked(change, lc_id)
    return lc_id
