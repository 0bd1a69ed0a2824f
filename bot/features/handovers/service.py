from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from bot.db import Reader
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Service, after_office
from bot.features.handovers import rules
from bot.features.handovers.asking import to_named
from bot.features.handovers.checklists import checklist_of, is_of_interest, may_tick, takes_over
from bot.features.handovers.models import Handover, HandoverDate, HandoverState
from bot.features.handovers.notes import may_read
from bot.features.handovers.queries import NO_TERM, asked_rows, ending_of, endings, read_endings
from bot.features.handovers.values import Asked, Ending, HandoverCard
from bot.features.people.actors import Actor
from bot.features.people.changes import change_by
from bot.features.people.models import Person, Post, Term
from bot.features.people.rules import GRACE_DAYS, Right, may_name_successor
from bot.features.people.terms import changed, lock_people, say_again
from bot.features.posts.service import appoint_here, check_term, locked_place, note
from bot.i18n import N_
from bot.typed import discord_name

_GRACE = timedelta(days=GRACE_DAYS)
NOT_FOLLOWING = N_("The new term must start today or later, and within two months of {date}.")


class HandoverService(Service):
    async def mine(self, actor: Actor) -> list[Ending]:
        """The actor's own officers' terms that run, or ended within 30 days without a successor."""
        async with self.database.reading() as connection:
            query = endings(actor.organisation.id).where(
                Term.person_id == (actor.person_id or 0),
                Term.starts_on <= actor.today,
                Term.ends_on >= actor.today - _GRACE,
            )
            found = await read_endings(connection, actor.organisation.id, actor.today, query)
        return [one for one in found if is_of_interest(one, actor.today)]

    async def card(self, actor: Actor, term_id: int) -> HandoverCard:
        """A term with its checklist and what the actor may do about it.

        Raises:
            NotFound: there is no such term in the actor's organisation.
            NotAllowed: it is neither the actor's own, nor one that they take over, nor one for which they may appoint.
        """
        async with self.database.reading() as connection:
            ending = await ending_of(connection, actor, term_id)
            own = ending.discord_user_id == actor.caller.discord_user_id
            if not own and not takes_over(actor, ending):
                _require_above(actor, ending)
            items = await checklist_of(connection, actor.organisation.id, ending)
            year_day = await _year_day(connection, ending.lc_id)
            stays = None
            if ending.lc_id is not None:
                stays = await after_office().stays(connection, ending.person_id, ending.lc_id, ending.last_day)
        starts, ends = rules.next_term(max(ending.last_day + timedelta(days=1), actor.today), year_day)
        return HandoverCard(
            ending,
            items,
            may_tick(actor, ending),
            starts,
            ends,
            may_name=not ending.is_followed and _may_name(actor, ending),
            may_read_note=may_read(actor, ending.post_key, ending.lc_id),
            may_set_date=ending.lc_id in actor.lcs_where(Right.EDIT_LC),
            is_own=own,
            stays_in_lc=stays,
        )

    async def to_name(self, actor: Actor, term_id: int) -> HandoverCard:
        """The card, before somebody names a successor. Raises as ``name`` would for any person."""
        async with self.database.reading() as connection:
            _require_nameable(actor, await ending_of(connection, actor, term_id))
        return await self.card(actor, term_id)

    async def name(
        self,
        actor: Actor,
        term_id: int,
        discord_user_id: int,
        display_name: str,
        starts_on: date | None = None,
        ends_on: date | None = None,
    ) -> HandoverCard:
        """Name a successor. It becomes a term when they say yes; somebody named before isn't asked any more.

        Raises:
            NotAllowed: the actor doesn't hold the post, didn't within the last 30 days, and may not appoint for it.
            NotFound: there is no such term in the actor's organisation.
            Invalid: the term is none that could follow.
            Conflict: somebody follows already.
        """
        async with change_by(self, actor) as change:
            # Of two who name at once, the second sees the first.
            await change.session.execute(select(Term.id).where(Term.id == term_id).with_for_update())
            ending = await ending_of(change.session, actor, term_id)
            _require_nameable(actor, ending)
            default = rules.next_term(
                starts_on or max(ending.last_day + timedelta(days=1), actor.today),
                await _year_day(change.session, ending.lc_id),
            )
            first, last = default[0], ends_on or default[1]
            check_term(first, last)
            if not max(actor.today, ending.starts_on + timedelta(days=1)) <= first <= ending.ends_on + 2 * _GRACE:
                raise Invalid(NOT_FOLLOWING, date=ending.ends_on)
            await rules.WITHDRAW.put_all(change.session, Handover, Handover.term_id == term_id, decided_at=change.now)
            handover = Handover(
                organisation_id=actor.organisation.id,
                term_id=term_id,
                discord_user_id=discord_user_id,
                display_name=discord_name(display_name),
                starts_on=first,
                ends_on=last,
                state=HandoverState.NAMED.value,
                named_at=change.now,
            )
            change.session.add(handover)
            await change.session.flush()
            await change.send(*await to_named(change.session, change.moment, handover))
            note(change, "handover.name", ending.lc_id, ("successor",), subject_id=term_id)
        return await self.card(actor, term_id)

    async def default_end(self, actor: Actor, lc_id: int | None, starts_on: date) -> date:
        """The last day of a term that begins on ``starts_on``, where nobody says another: the day before the LC's own
        handover, or else the end of that fiscal year."""
        async with self.database.reading() as connection:
            return rules.next_term(starts_on, await _year_day(connection, lc_id))[1]

    async def asked(self, actor: Actor) -> list[Asked]:
        """The posts that the actor is asked to take on."""
        mine = Handover.discord_user_id == actor.caller.discord_user_id
        async with self.database.reading() as connection:
            return await asked_rows(connection, actor.organisation.id, actor.today, mine)

    async def answer(self, actor: Actor, handover_id: int, *, accept: bool) -> None:
        """The one who was asked says yes, and with that has the post from its first day on; or no, which needs no
        reason.

        Raises:
            NotFound: the actor isn't asked that (any more).
            Conflict: it was answered or taken back, is too late, or somebody else holds the single post then.
        """
        async with change_by(self, actor) as change:
            handover = await change.session.scalar(
                select(Handover).where(
                    Handover.id == handover_id,
                    Handover.organisation_id == actor.organisation.id,
                    Handover.discord_user_id == actor.caller.discord_user_id,
                )
            )
            if handover is None:
                raise NotFound(N_("That request isn't for you. Your home shows what is waiting for you."))
            term = await change.session.get_one(Term, handover.term_id)
            mine = Person.discord_user_id == actor.caller.discord_user_id
            await lock_people(
                change.session, Person.organisation_id == actor.organisation.id, mine | (Person.id == term.person_id)
            )
            post = await change.session.get_one(Post, term.post_id, with_for_update={"read": True})
            lc_id = await locked_place(change, post, term.lc_id)
            # The term first and then the handover, as when somebody is named.
            await change.session.refresh(term, with_for_update=True)
            await change.session.refresh(handover, with_for_update=True)
            rules.ACCEPT.require(handover.state)
            handover.decided_at = change.now
            if not accept:
                rules.DECLINE.put(handover)
                await say_again(change.session, actor.organisation.id, Term.id == term.id)
                note(change, rules.DECLINE.action, lc_id, ("successor",), subject_id=term.id)
                return
            starts_on = max(handover.starts_on, actor.today)
            followed = (await ending_of(change.session, actor, term.id)).is_followed
            if followed or handover.ends_on < starts_on or actor.today > term.ends_on + 2 * _GRACE:
                raise Conflict(
                    N_("It's too late for that: the post has been settled another way. Please ask a national officer.")
                )
            rules.ACCEPT.put(handover)
            if term.ends_on >= starts_on:  # the LC's own date, or an earlier day that both agreed on
                term.ends_on = starts_on - timedelta(days=1)
                holder = await change.session.get_one(Person, term.person_id)
                changed(change.session, actor.organisation.id, holder.discord_user_id)
                note(change, "term.end", lc_id, ("ends_on",), subject_id=term.id)
                await change.session.flush()
                await after_office().keep(
                    change.session, actor.organisation.id, term.person_id, lc_id, term.ends_on, change.now
                )
            user_id = actor.caller.discord_user_id
            await appoint_here(change, post, lc_id, user_id, handover.display_name, starts_on, handover.ends_on)
            note(change, rules.ACCEPT.action, lc_id, ("successor",), subject_id=term.id)

    async def withdraw(self, actor: Actor, handover_id: int) -> int:
        """Somebody who may name a successor withdraws the request, as long as there is no answer; the term's id.

        Raises:
            NotFound, NotAllowed: as for ``name``.
            Conflict: it was answered already.
        """
        async with change_by(self, actor) as change:
            handover = await change.lock(Handover, handover_id, NO_TERM)
            ending = await ending_of(change.session, actor, handover.term_id)
            if not _may_name(actor, ending):
                _refuse(actor, ending)
            rules.WITHDRAW.put(handover)
            handover.decided_at = change.now
            await say_again(change.session, actor.organisation.id, Term.id == handover.term_id)
            note(change, rules.WITHDRAW.action, ending.lc_id, ("successor",), ending.term_id)
            return handover.term_id


async def _year_day(reader: Reader, lc_id: int | None) -> rules.YearDay | None:
    query = select(HandoverDate.month, HandoverDate.day).where(HandoverDate.lc_id == (lc_id or 0))
    row = (await reader.execute(query)).one_or_none()
    return (row.month, row.day) if row else None


def _above(ending: Ending) -> Right:
    return Right.APPOINT_NATION if ending.lc_id is None else Right.APPOINT_LC


def _require_above(actor: Actor, ending: Ending) -> None:
    actor.require(_above(ending), ending.lc_id)


def _may_name(actor: Actor, ending: Ending) -> bool:
    own = ending.discord_user_id == actor.caller.discord_user_id
    named = own and may_name_successor(actor.holdings, ending.post_key, ending.lc_id, actor.today)
    return named or actor.may(_above(ending), ending.lc_id)


def _require_nameable(actor: Actor, ending: Ending) -> None:
    if not _may_name(actor, ending):
        _refuse(actor, ending)
    if ending.is_followed:
        raise Conflict(N_("This post already has a successor. Please check the list of terms."))
    if actor.today > ending.ends_on + 2 * _GRACE:
        raise Invalid(NOT_FOLLOWING, date=ending.ends_on)


def _refuse(actor: Actor, ending: Ending) -> None:
    if ending.discord_user_id == actor.caller.discord_user_id:
        raise NotAllowed(
            N_("Your term as {post} ended on {date}, more than 30 days ago. Please ask a current officer."),
            post=(ending.post_ja, ending.post_en),
            date=ending.ends_on,
        )
    _require_above(actor, ending)
