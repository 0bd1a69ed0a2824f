from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import exists, select

from bot.db import fetch
from bot.errors import Conflict, Invalid, NextStep, NotFound
from bot.features import Service
from bot.features.members.values import JOIN
from bot.features.organisations.naming import one_name
from bot.features.people.actors import Actor
from bot.features.people.changes import change_by
from bot.features.people.lifecycles import Step
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.features.signups import rules
from bot.features.signups.book import decided, end
from bot.features.signups.desk import (
    NO_INVITATION,
    NO_RECORD,
    STILL_IN_LINE,
    UNKNOWN,
    accept_own,
    after_leaving,
    board_step,
    desk_of,
    desk_of_party,
    enrol,
    invited,
    is_incomplete,
    is_welcome,
    membership,
    organised,
    own_party,
    place,
    refuse_own,
    release_worse,
    require_names,
    require_new,
    require_open,
    require_welcome,
    say,
    seats_of,
    sees_names,
    withdraw_own,
)
from bot.features.signups.leaving import take_out
from bot.features.signups.messages import DECIDED, MOVED_UP, SUBJECT, TELL
from bot.features.signups.models import REASON, Mode, Party, PartyMember, PartyState, SignUp, SignUpState
from bot.features.signups.moving import move_own
from bot.features.signups.opening import change_signup
from bot.features.signups.queries import A_DAY, choices_of, counts, own_signups, party_of, people_of
from bot.features.signups.values import Invitation, OrganisersPage, OwnPage, OwnSignUp, Placed
from bot.features.tasks.models import Task
from bot.features.tasks.queries import IS_OPEN
from bot.features.tasks.service import TICK
from bot.features.tasks.service import settle as settle_tasks
from bot.i18n import N_

ON_ITS_PAGE = N_("Please sign up on its page. It has all that you need to know.")


class SignUpService(Service):
    # --- for oneself --------------------------------------------------------------------------------------------------

    async def apply(
        self,
        actor: Actor,
        signup_id: int,
        choice_id: int | None = None,
        with_people: Collection[int] = (),
        may_message: bool | None = None,
        *,
        rank: int | None = None,
    ) -> Placed:
        """Take a place, or the next one in line; with approval, ask for one. Invited people (``with_people``, numbers
        of their records) say yes themselves, and until then the party isn't placed.

        Raises:
            NotFound: there is no such sign-up, or the actor hasn't joined.
            NotAllowed: it is for the members of another LC.
            Conflict: they are in it already, it isn't open now, it is full and has no line, or people sign up on its
                owner's page.
            Invalid: the choice or the people can't be used.
        """
        if actor.person_id is None:
            raise NotFound(NO_RECORD, next_steps=[JOIN])
        others = [one for one in dict.fromkeys(with_people) if one != actor.person_id]
        if len(others) >= rules.LARGEST_PARTY:
            raise Invalid(N_("Up to {n} people can sign up together."), n=rules.LARGEST_PARTY)
        async with change_by(self, actor) as change:
            desk = await desk_of(change, signup_id, actor.person_id, *others)
            require_welcome(desk)
            if desk.signup.shows:
                raise Conflict(ON_ITS_PAGE, next_steps=[desk.back])
            book = await require_open(desk, actor.person_id)
            _, placed = await enrol(
                desk, book, actor.person_id, choice_id, rank, others=others, may_message=may_message
            )
            return placed

    async def invitation(self, actor: Actor, party_id: int) -> Invitation:
        """Raises NotFound: nobody has invited the actor there (any more)."""
        invited_ = exists().where(
            PartyMember.party_id == party_id,
            PartyMember.person_id == (actor.person_id or 0),
            PartyMember.agreed_at.is_(None),
        )
        query = (
            select(SignUp.id, SignUp.title_ja, SignUp.title_en, Person.display_name)
            .join(Party, Party.signup_id == SignUp.id)
            .join(PartyMember, PartyMember.party_id == Party.id)
            .join(Person, Person.id == PartyMember.person_id)
            .where(Party.id == party_id, Party.state == PartyState.APPLIED.value, PartyMember.is_live, invited_)
            .order_by(PartyMember.id)
        )
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        if not rows:
            raise NotFound(NO_INVITATION)
        return Invitation(rows[0].id, rows[0].title_ja, rows[0].title_en, [row.display_name for row in rows])

    async def answer_invitation(self, actor: Actor, party_id: int, *, agrees: bool) -> Placed | None:
        """Say whether one comes with the others of a party. When all have agreed, it is placed; None before, and for
        somebody who doesn't come.

        Raises:
            NotFound: nobody has invited them there (any more).
            NotAllowed: it is for the members of another LC.
            Conflict: they have signed up themselves, or sign-up is over.
        """
        async with change_by(self, actor) as change:
            desk, party = await desk_of_party(change, party_id, actor.person_id)
            member = await invited(desk, party)
            if not agrees:
                await take_out(desk.session, desk.moment, party, member)
            else:
                require_welcome(desk)
                await require_open(desk)
                await require_new(desk, member.person_id or 0)
                member.agreed_at, member.is_live = change.now, True
                await desk.session.flush()
            placed = await place(desk, party, approved=False)
            return placed if agrees and placed.state is not PartyState.APPLIED else None

    async def accept(self, actor: Actor, signup_id: int) -> Placed:
        """Take the place that is offered, or at the last call one that is free. Twice is the same as once.

        Raises:
            NotFound: there is no such sign-up.
            Conflict: the offer is over, somebody was faster, or they aren't in it.
        """
        async with change_by(self, actor) as change:
            return await accept_own(change, signup_id)

    async def refuse(self, actor: Actor, signup_id: int) -> None:
        """Leave the offered place to the next in line. Raises as ``accept`` does."""
        async with change_by(self, actor) as change:
            await refuse_own(change, signup_id)

    async def move(self, actor: Actor, signup_id: int, choice_id: int, *, waits: bool = False) -> Placed:
        """Take part in another way with the place that one has. ``waits``: where that is full, give the place up and
        join the end of its line.

        Raises:
            NotFound: there is no such sign-up.
            Invalid: it isn't one of its ways to take part.
            ChoiceFull: nobody fits in, and they don't wait. They keep their place.
            Conflict: they have no place, have one together with others, or sign-up is over.
        """
        async with change_by(self, actor) as change:
            return await move_own(change, signup_id, choice_id, waits=waits)

    async def withdraw(self, actor: Actor, signup_id: int) -> None:
        """Give up the place, or the wait for one, for all of the party if they signed it up; else they leave it.

        Raises:
            NotFound: there is no such sign-up.
            Conflict: they aren't in it.
        """
        async with change_by(self, actor) as change:
            await withdraw_own(change, signup_id)

    async def leave(self, actor: Actor, signup_id: int) -> None:
        """Leave a party; the others stay in it. Raises as ``withdraw`` does."""
        async with change_by(self, actor) as change:
            desk = await desk_of(change, signup_id, actor.person_id)
            party = await own_party(desk)
            await take_out(desk.session, desk.moment, party, await membership(desk, party))
            await after_leaving(desk)

    async def allow_messages(self, actor: Actor, signup_id: int, yes: bool) -> None:
        """May the bot write to the actor about this? Raises as ``withdraw`` does."""
        async with change_by(self, actor) as change:
            desk = await desk_of(change, signup_id, actor.person_id)
            party = await own_party(desk)
            (await membership(desk, party)).may_message = yes
            party.is_passed = False

    async def confirm(self, actor: Actor, signup_id: int) -> None:
        """They do come: an instant that is noted, and no more. Raises Conflict: they have no place."""
        async with change_by(self, actor) as change:
            desk = await desk_of(change, signup_id, actor.person_id)
            party = await own_party(desk)
            if party.state != PartyState.ACCEPTED:
                raise Conflict(STILL_IN_LINE, next_steps=[desk.back])
            party.confirmed_at = party.confirmed_at or change.now

    async def own(self, actor: Actor, signup_id: int) -> OwnPage:
        """A sign-up, and where the actor stands in it. Raises NotFound, also where it is for another LC."""
        query = select(SignUp.__table__).where(SignUp.id == signup_id, SignUp.organisation_id == actor.organisation.id)
        now = self.clock.now()
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
            if not rows:
                raise NotFound(UNKNOWN)
            row = rows[0]
            party = await party_of(connection, signup_id, actor.person_id, now)
            if not (party or is_welcome(actor, row) or _organises(actor, row)):
                raise NotFound(UNKNOWN)
            return OwnPage(
                row.id,
                row.title_ja,
                row.title_en,
                NextStep(N_("Back to the page"), row.page),
                SignUpState(row.state),
                party,
                (await counts(connection, [signup_id], now))[signup_id],
                await choices_of(connection, signup_id),
                bool(row.shows),
                sees_names(actor, row),
            )

    async def mine(self, actor: Actor) -> list[OwnSignUp]:
        """What the actor has signed up for and that isn't over for a day, the next to begin first."""
        since = self.clock.now() - A_DAY
        async with self.database.reading() as connection:
            return await own_signups(connection, actor.person_id, since)

    # --- for its organisers -------------------------------------------------------------------------------------------

    async def board(self, actor: Actor, signup_id: int, states: Collection[PartyState] = rules.LIVE) -> OrganisersPage:
        """Who is in it, with names. Officers of its place aren't its organisers: they see counts.

        Raises:
            NotFound: there is no such sign-up.
            NotAllowed: the actor isn't one of its organisers.
        """
        own = await self.own(actor, signup_id)
        query = select(SignUp.__table__).where(SignUp.id == signup_id)
        untold = exists().where(
            Task.subject_kind == SUBJECT, Task.subject_id == signup_id, Task.template == str(TELL), IS_OPEN
        )
        async with self.database.reading() as connection:
            (row,) = await fetch(connection, query)
            require_names(actor, row)
            people = await people_of(connection, signup_id, states)
            tells = bool(await connection.scalar(select(untold)))
        return OrganisersPage(own, row.held, Mode(row.mode), people, tells)

    async def approve(self, actor: Actor, party_id: int) -> Placed:
        """Say yes to a party: it takes its place, or its turn in the line.

        Raises:
            NotFound: there is no such party.
            NotAllowed: the actor doesn't organise it.
            Conflict: somebody else has decided, or its own members haven't all agreed.
        """
        async with change_by(self, actor) as change:
            desk, party = await organised(change, party_id)
            if party.state != PartyState.APPLIED or await is_incomplete(desk, party):
                raise Conflict(rules.CHANGED, next_steps=[board_step(desk)])
            await require_open(desk)
            desk.note("signup.approve", "state")
            placed = await place(desk, party, approved=True)
            await decided(desk.session, desk.signup)
            if placed.state is PartyState.ACCEPTED:
                await say(desk, party, MOVED_UP)
            return placed

    async def decline(self, actor: Actor, party_id: int, reason: str = "") -> None:
        """Say no to a party that has no place yet. Raises as ``approve`` does, and Invalid: the reason is too long."""
        await self._end(actor, party_id, rules.DECLINE, reason)

    async def remove(self, actor: Actor, party_id: int, reason: str) -> None:
        """Take a party's place away, with a reason that they are told. Raises as ``decline`` does."""
        if not reason.strip():
            raise Invalid(N_("Please say why. They are told the reason."))
        await self._end(actor, party_id, rules.REMOVE, reason)

    async def _end(self, actor: Actor, party_id: int, step: Step[PartyState], reason: str) -> None:
        said = one_name(reason, REASON)
        async with change_by(self, actor) as change:
            desk, party = await organised(change, party_id)
            await end(desk.session, desk.moment, party, step, board_step(desk))
            party.reason = said
            desk.note(step.action, "state")
            await say(desk, party, DECIDED)
            await decided(desk.session, desk.signup)
            await desk.settle()

    async def accept_over(self, actor: Actor, party_id: int) -> bool:
        """Give a party a place whatever the limits say. Was it over one? Then it is marked, and counted as such.

        Raises as ``approve`` does.
        """
        async with change_by(self, actor) as change:
            desk, party = await organised(change, party_id)
            if desk.signup.state == SignUpState.CANCELLED or await is_incomplete(desk, party):
                raise Conflict(rules.CHANGED, next_steps=[board_step(desk)])
            fits = (await desk.book()).fits(await seats_of(desk, party), change.now)
            rules.LET_IN.put(party, board_step(desk))
            party.is_over = not fits
            desk.note(rules.LET_IN.action, "state")
            await release_worse(desk, party)
            await say(desk, party, MOVED_UP)
            await decided(desk.session, desk.signup)
            await desk.settle()
            return party.is_over

    async def hold_seats(self, actor: Actor, signup_id: int, held: int) -> None:
        """Keep so many seats back. Nobody loses theirs.

        Raises:
            NotFound: there is no such sign-up.
            NotAllowed: the actor doesn't organise it.
            Invalid: there aren't so many.
        """
        async with change_by(self, actor) as change:
            desk = await desk_of(change, signup_id)
            desk.require_organiser()
            await change_signup(change, desk.signup, held=held)
            desk.note("signup.limit", "held")

    async def set_limit(self, actor: Actor, signup_id: int, limit: int | None, held: int | None = None) -> None:
        """Give it another limit, or none, and other seats that are kept back. A lower one removes nobody. Raises as
        ``hold_seats`` does."""
        async with change_by(self, actor) as change:
            desk = await desk_of(change, signup_id)
            desk.require_organiser()
            kept = desk.signup.held if held is None else held
            await change_signup(change, desk.signup, limit=limit, held=kept)
            desk.note("signup.limit", "limit")

    async def enter(self, actor: Actor, signup_id: int, person_id: int, choice_id: int | None = None) -> Placed:
        """Sign somebody up who has no account: a place, or the next one in line.

        Raises:
            NotFound: there is no such sign-up or person.
            NotAllowed: the actor doesn't organise it.
            Conflict: they have an account and sign up themselves, they are in it, or it isn't open.
            Invalid: the choice can't be used.
        """
        async with change_by(self, actor) as change:
            desk = await desk_of(change, signup_id, person_id)
            desk.require_organiser()
            ours = (Person.id == person_id, Person.organisation_id == actor.organisation.id)
            rows = await fetch(change.session, select(Person.discord_user_id).where(*ours, Person.display_name != ""))
            if not rows:
                raise NotFound(N_("That person was not found. Please choose from the list."))
            if rows[0].discord_user_id is not None:
                raise Conflict(N_("They have an account. Please ask them to sign up themselves."))
            book = await require_open(desk, person_id)
            _, placed = await enrol(desk, book, person_id, choice_id, approved=True)
            desk.note("signup.enter", "person")
            return placed

    async def told(self, actor: Actor, signup_id: int) -> None:
        """The organiser has told those whom the bot may not write to of their offers. Raises as ``hold_seats`` does."""
        async with change_by(self, actor) as change:
            desk = await desk_of(change, signup_id)
            desk.require_organiser()
            offered = (Party.signup_id == signup_id, Party.state == PartyState.OFFERED.value)
            for party in await desk.session.scalars(select(Party).where(*offered).order_by(Party.id)):
                party.is_told = True
            await settle_tasks(change, TICK, SUBJECT, signup_id, TELL)


def _organises(actor: Actor, row: Any) -> bool:
    """``row``: with the columns of a ``SignUp``."""
    return actor.may(Right.ORGANISE, row.lc_id, row.committee, (row.owner_kind, row.owner_id))
