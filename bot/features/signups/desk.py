"""What the services do at a sign-up that is locked: who stands where, who is placed, and who leaves something worse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.deliveries.schedule import local_time
from bot.errors import Conflict, Invalid, NextStep, NotAllowed, NotFound
from bot.features.people.actors import Actor
from bot.features.people.changes import Change
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.features.signups import rules
from bot.features.signups.book import (
    IN_LINE,
    decided,
    end,
    page_of,
    place_in_line,
    read_book,
    settle,
    times_of,
)
from bot.features.signups.leaving import take_out
from bot.features.signups.locking import lock_group, lock_people
from bot.features.signups.messages import DECIDE, MOVED_UP, SUBJECT, give_task, tell
from bot.features.signups.models import Mode, Party, PartyMember, PartyState, SignUp, SignUpState
from bot.features.signups.rules import Book, Seat
from bot.features.signups.values import Placed
from bot.i18n import N_
from bot.kit.messages import MessageKind
from bot.kit.moments import Moment

UNKNOWN = N_("That sign-up no longer exists.")
NO_RECORD = N_("Please join first. Then you can sign up.")
ALREADY = N_("You've signed up already. See the page for where you stand.")
NOT_SIGNED_UP = N_("You aren't signed up here. You can sign up on the page.")
NO_INVITATION = N_("This invitation is no longer open.")
OVER = N_("Sign-up is over. If you still want to come, please ask the organiser.")
NOT_YET = N_("You can sign up from {time}. Please press again then.")
FOR_LC = N_("This is for members of one LC. If you belong to it, please tell its officers with /me.")
FULL = N_("All places are taken. Please ask the organiser whether more can be added.")
FASTER = N_("Somebody else was faster, so no place is free right now. You're still in line.")
STILL_IN_LINE = N_("No place is free for you right now. You're still in line, and you'll be asked when it's your turn.")
NAMES = N_("Only its organisers see who comes. You see how many. If you look after it now, become an organiser first.")
BETTER = N_("You already have a place in something you ranked higher. Please leave that first.")


@dataclass(slots=True)
class Desk:
    """A sign-up that is locked, with the change that does something with it. ``people``: their ``year`` and ``lc_id``,
    by the numbers of the records that were locked before it."""

    change: Change
    signup: SignUp
    group: dict[int, SignUp]
    people: dict[int, Any]

    @property
    def session(self) -> AsyncSession:
        return self.change.session

    @property
    def moment(self) -> Moment:
        return self.change.moment

    @property
    def back(self) -> NextStep:
        return page_of(self.signup)

    async def settle(self, person_id: int | None = None) -> Book | None:
        return await settle(self.session, self.moment, self.signup, person_id)

    async def book(self, person_id: int | None = None) -> Book:
        await self.session.flush()
        return await read_book(self.session, self.moment, self.signup, person_id)

    @property
    def is_last_call(self) -> bool:
        return times_of(self.signup, self.moment.time_zone).is_last_call(self.change.now)

    def require_organiser(self) -> None:
        signup = self.signup
        about = (signup.owner_kind, signup.owner_id)
        self.change.actor.require(Right.ORGANISE, signup.lc_id, signup.committee, about)

    def note(self, action: str, *fields: str) -> None:
        """In the history of the LC, where it is one's. Nothing that people do for themselves is in it."""
        signup = self.signup
        about = ("local_committee", signup.lc_id) if signup.lc_id is not None else (SUBJECT, signup.id)
        self.change.note(action, *about, fields)


async def desk_of(change: Change, signup_id: int, *people: int | None) -> Desk:
    known = [one for one in people if one is not None]
    found = await lock_people(change.session, change.moment, signup_id, known)
    group = await lock_group(change.session, change.moment, signup_id)
    if signup_id not in group:
        raise NotFound(UNKNOWN)
    return Desk(change, group[signup_id], group, {row.id: row for row in found})


async def desk_of_party(change: Change, party_id: int, *people: int | None) -> tuple[Desk, Party]:
    signup_id = await change.session.scalar(select(Party.signup_id).where(Party.id == party_id))
    if signup_id is None:
        raise NotFound(UNKNOWN)
    desk = await desk_of(change, signup_id, *people)
    return desk, await change.session.get_one(Party, party_id, populate_existing=True)


async def organised(change: Change, party_id: int) -> tuple[Desk, Party]:
    desk, party = await desk_of_party(change, party_id)
    desk.require_organiser()
    return desk, party


def board_step(desk: Desk) -> NextStep:
    return NextStep(N_("Open the list"), f"signups:board:{desk.signup.id}")


async def require_open(desk: Desk, person_id: int | None = None) -> Book:
    """Raises Conflict: nobody can sign up now. It is settled before, as an hour of it may have come; its book then.
    ``person_id``: who wants to sign up, and may be in it already."""
    book = await desk.settle(person_id)
    if book is None:
        raise Conflict(OVER, next_steps=[desk.back])
    require_begun(desk.signup.opens_at, desk.change.now, desk.moment.time_zone, desk.back)
    return book


def require_begun(opens_at: datetime | None, now: datetime, time_zone: str, back: NextStep) -> None:
    """Raises Conflict, which says from when one can sign up."""
    if opens_at is not None and now < opens_at:
        raise Conflict(NOT_YET, time=local_time(opens_at, time_zone), next_steps=[back])


def require_welcome(desk: Desk) -> None:
    """Raises NotAllowed: it is for the members of an LC, and the actor isn't one of them."""
    if not is_welcome(desk.change.actor, desk.signup):
        raise NotAllowed(FOR_LC, next_steps=[desk.back])


def is_welcome(actor: Actor, row: Any) -> bool:
    """``row``: with the columns of a ``SignUp``."""
    return not row.for_lc_only or not {row.lc_id, *row.also_lc_ids}.isdisjoint(actor.lc_ids)


async def require_new(desk: Desk, person_id: int) -> None:
    mine = exists().where(
        PartyMember.signup_id == desk.signup.id, PartyMember.person_id == person_id, PartyMember.is_live
    )
    if await desk.session.scalar(select(mine)):
        raise Conflict(ALREADY, next_steps=[desk.back])


async def own_party(desk: Desk) -> Party:
    """The actor's live party. Raises Conflict, which says what became of it."""
    person_id = desk.change.actor.person_id or 0
    query = (
        select(Party)
        .join(PartyMember, PartyMember.party_id == Party.id)
        .where(
            Party.signup_id == desk.signup.id, PartyMember.person_id == person_id, PartyMember.agreed_at.is_not(None)
        )
        .order_by(PartyMember.is_live.desc(), Party.id.desc())
        .limit(1)
    )
    party = await desk.session.scalar(query)
    if party is None:
        raise Conflict(NOT_SIGNED_UP, next_steps=[desk.back])
    if party.ended_at is not None:
        late = party.state in (PartyState.EXPIRED, PartyState.REFUSED)
        over = party.state == PartyState.LAPSED or desk.signup.state != SignUpState.OPEN
        raise Conflict(OVER if over else rules.LATE if late else rules.GONE, next_steps=[desk.back])
    await membership(desk, party)
    return party


async def membership(desk: Desk, party: Party) -> PartyMember:
    person_id = desk.change.actor.person_id or 0
    member = await desk.session.scalar(
        select(PartyMember).where(
            PartyMember.party_id == party.id, PartyMember.person_id == person_id, PartyMember.is_live
        )
    )
    if member is None:
        raise Conflict(NOT_SIGNED_UP, next_steps=[desk.back])
    return member


async def invited(desk: Desk, party: Party) -> PartyMember:
    member = await desk.session.scalar(
        select(PartyMember).where(
            PartyMember.party_id == party.id,
            PartyMember.person_id == (desk.change.actor.person_id or 0),
            PartyMember.agreed_at.is_(None),
        )
    )
    if member is None or party.state != PartyState.APPLIED:
        raise NotFound(NO_INVITATION, next_steps=[desk.back])
    return member


async def enrol(
    desk: Desk,
    book: Book,
    person_id: int,
    choice_id: int | None = None,
    rank: int | None = None,
    *,
    others: Sequence[int] = (),
    may_message: bool | None = None,
    approved: bool = False,
) -> tuple[Party, Placed]:
    """A new party of one takes its place or its turn. ``book``: as ``require_open`` read it for this person. ``others``
    are invited to it; it waits for their answers. ``approved``: nobody's yes is needed.

    Raises:
        Conflict: they are in it, or in something of the group that they ranked higher; it is full and has no line.
        Invalid: the choice or the others can't be used.
    """
    signup, session, now = desk.signup, desk.session, desk.change.now
    if book.is_in is not False:
        await require_new(desk, person_id)  # it may have just ended
    if (choice_id not in book.choices) if book.choices else (choice_id is not None):
        raise Invalid(N_("Please choose one of the answers on the page."), next_steps=[desk.back])
    rank = await _rank(desk, person_id, rank)
    await _require_account(desk, others)
    if missing := {person_id, *others} - desk.people.keys():
        found = await lock_people(session, desk.moment, signup.id, missing)
        desk.people |= {row.id: row for row in found}
    signup.last_applied_at = max(now, signup.last_applied_at or now)
    party = Party(
        signup_id=signup.id,
        state=rules.PARTY.first.value,
        choice_id=choice_id,
        rank=rank,
        priority=0,
        applied_at=signup.last_applied_at,
        is_told=False,
        is_passed=False,
        is_over=False,
        reason="",
        generation=0,
    )
    if not others:
        own = desk.people[person_id]
        await _decide(desk, party, book, [Seat(choice_id, own.lc_id, own.year)], approved=approved)
    session.add(party)
    await session.flush()
    session.add_all(
        PartyMember(
            party_id=party.id,
            signup_id=signup.id,
            person_id=one,
            lc_id=desk.people[one].lc_id,
            year=desk.people[one].year,
            agreed_at=now if one == person_id else None,
            is_live=one == person_id,
            may_message=may_message if one == person_id else None,
        )
        for one in (person_id, *others)
    )
    await session.flush()
    return party, await _placed(desk, party, book)


async def _rank(desk: Desk, person_id: int, rank: int | None) -> int | None:
    """Without a word it comes after what they have signed up for in the group.

    Raises:
        Conflict: they have a place in something there that they ranked higher.
    """
    if desk.signup.rank_group is None:
        return None
    theirs = (
        select(Party.rank, Party.state, Party.signup_id)
        .join(PartyMember, PartyMember.party_id == Party.id)
        .where(PartyMember.person_id == person_id, PartyMember.is_live, PartyMember.signup_id.in_(desk.group))
        .order_by(Party.rank)
    )
    rows = await fetch(desk.session, theirs)
    wanted = rank if rank is not None else max((row.rank or 0 for row in rows), default=0) + 1
    for row in rows:
        if row.state == PartyState.ACCEPTED and (row.rank or 0) < wanted:
            raise Conflict(BETTER, next_steps=[page_of(desk.group[row.signup_id])])
    return wanted


async def _require_account(desk: Desk, people: Sequence[int]) -> None:
    """Raises Invalid: one of them isn't here, or can't say yes as they have no account."""
    if not people:
        return
    here = (Person.organisation_id == desk.moment.organisation_id, Person.discord_user_id.is_not(None))
    found = await fetch(desk.session, select(Person.id).where(Person.id.in_(people), *here))
    if len(found) != len(people):
        raise Invalid(N_("Only people with an account can be invited. Please ask the organiser to enter the others."))


async def is_incomplete(desk: Desk, party: Party) -> bool:
    asked = exists().where(PartyMember.party_id == party.id, PartyMember.agreed_at.is_(None))
    return bool(await desk.session.scalar(select(asked)))


async def seats_of(desk: Desk, party: Party) -> list[Seat]:
    query = select(PartyMember.lc_id, PartyMember.year).where(PartyMember.party_id == party.id, PartyMember.is_live)
    return [Seat(party.choice_id, row.lc_id, row.year) for row in await fetch(desk.session, query)]


def sees_names(actor: Actor, row: Any) -> bool:
    """Was the actor put in charge of this very sign-up by name, and is that so today? ``row``: with the columns of a
    ``SignUp``."""
    subject = (row.owner_kind, row.owner_id)
    return any(
        one.held_on(actor.today) and one.right is Right.ORGANISE and one.scope.subject == subject
        for one in actor.entitlements
    )


def require_names(actor: Actor, row: Any) -> None:
    """Raises NotAllowed: the actor isn't one of its organisers; officers of its place see counts. ``row``: with the
    columns of a ``SignUp``."""
    if not sees_names(actor, row):
        actor.require(Right.ORGANISE, row.lc_id, row.committee, (row.owner_kind, row.owner_id))
        raise NotAllowed(NAMES, next_steps=[page_of(row)])


async def sign_up(change: Change, signup_id: int, choice_id: int | None = None) -> Placed:
    """The actor, who has a record, takes a place or the next one in line, in a change of the owner. Raises as
    ``SignUpService.apply`` does."""
    assert change.actor.person_id is not None
    desk = await desk_of(change, signup_id, change.actor.person_id)
    require_welcome(desk)
    book = await require_open(desk, change.actor.person_id)
    _, placed = await enrol(desk, book, change.actor.person_id, choice_id)
    return placed


async def accept_own(change: Change, signup_id: int) -> Placed:
    """See ``SignUpService.accept``."""
    desk = await desk_of(change, signup_id, change.actor.person_id)
    party = await own_party(desk)
    if party.state != PartyState.ACCEPTED:
        await accept_place(desk, party)
    return Placed(PartyState.ACCEPTED)


async def refuse_own(change: Change, signup_id: int) -> None:
    """See ``SignUpService.refuse``."""
    desk = await desk_of(change, signup_id, change.actor.person_id)
    party = await own_party(desk)
    await end(desk.session, desk.moment, party, rules.REFUSE, desk.back)
    await desk.settle()


async def withdraw_own(change: Change, signup_id: int) -> None:
    """See ``SignUpService.withdraw``."""
    desk = await desk_of(change, signup_id, change.actor.person_id)
    party = await own_party(desk)
    first = select(func.min(PartyMember.id)).where(PartyMember.party_id == party.id, PartyMember.is_live)
    member = await membership(desk, party)
    if member.id == await desk.session.scalar(first):
        await end(desk.session, desk.moment, party, rules.WITHDRAW, desk.back)
    else:
        await take_out(desk.session, desk.moment, party, member)
    await after_leaving(desk)


async def place(desk: Desk, party: Party, *, approved: bool) -> Placed:
    """A party that has applied takes its place or its turn, unless somebody's yes is missing."""
    if await is_incomplete(desk, party):
        return Placed(PartyState.APPLIED)
    await _decide(desk, party, await desk.book(), await seats_of(desk, party), approved=approved)
    return await _placed(desk, party)


async def _decide(desk: Desk, party: Party, book: Book, seats: Sequence[Seat], *, approved: bool) -> None:
    """``book``: as it is now. Raises Conflict: it is full and has no line."""
    if desk.signup.mode == Mode.APPROVAL and not approved:
        await give_task(desk.session, desk.moment, DECIDE, desk.signup)
    elif book.fits(seats, desk.change.now):
        rules.TAKE.put(party, desk.back)
    elif not desk.signup.has_line:
        raise Conflict(FULL, next_steps=[desk.back])
    else:
        rules.QUEUE.put(party, desk.back)


async def _placed(desk: Desk, party: Party, book: Book | None = None) -> Placed:
    """What follows once it is decided. ``book``: of before it was added, if it is new."""
    if party.state == PartyState.APPLIED:
        return Placed(PartyState.APPLIED)
    if party.state == PartyState.ACCEPTED:
        await release_worse(desk, party)
    if desk.is_last_call:
        await desk.settle()
    await desk.session.flush()
    if party.state != PartyState.WAITING:
        return Placed(PartyState(party.state))
    if book is None or book.waiting is None:
        return Placed(PartyState.WAITING, *await place_in_line(desk.session, party))
    ahead, waiting = book.waiting
    return Placed(PartyState.WAITING, ahead + 1, waiting + 1)


async def place_those_who_applied(change: Change, signup_id: int) -> None:
    """Nobody's yes is needed any more: they get their places, or their turns, in the order in which they applied."""
    desk = await desk_of(change, signup_id)
    applied = (Party.signup_id == signup_id, Party.state == PartyState.APPLIED.value)
    for party in (await desk.session.scalars(select(Party).where(*applied).order_by(*IN_LINE))).all():
        fits = (await desk.book()).fits(await seats_of(desk, party), change.now)
        if await is_incomplete(desk, party) or not (fits or desk.signup.has_line):
            continue
        placed = await place(desk, party, approved=True)
        if placed.state is PartyState.ACCEPTED:
            await say(desk, party, MOVED_UP)
    await decided(desk.session, desk.signup)


async def accept_place(desk: Desk, party: Party) -> None:
    now = desk.change.now
    if party.state == PartyState.OFFERED:
        if party.offer_until is not None and party.offer_until <= now:
            raise rules.ACCEPT.refused(desk.back)
        rules.ACCEPT.put(party, desk.back)
        party.offer_until = None
    elif party.state == PartyState.WAITING and desk.is_last_call and desk.signup.state == SignUpState.OPEN:
        if not (await desk.book()).fits(await seats_of(desk, party), now):
            raise Conflict(FASTER, next_steps=[desk.back])
        rules.CATCH.put(party, desk.back)
    else:
        raise Conflict(STILL_IN_LINE, next_steps=[desk.back])
    await release_worse(desk, party)
    await desk.settle()


async def release_worse(desk: Desk, party: Party) -> None:
    """Each of the party gives up what they ranked lower in the group."""
    if party.rank is None or len(desk.group) < 2:
        return
    await desk.session.flush()
    people = select(PartyMember.person_id).where(PartyMember.party_id == party.id, PartyMember.is_live)
    query = (
        select(Party, PartyMember)
        .join(PartyMember, PartyMember.party_id == Party.id)
        .where(
            PartyMember.person_id.in_(people),
            PartyMember.is_live,
            PartyMember.signup_id.in_([one for one in desk.group if one != desk.signup.id]),
            Party.rank >= party.rank,
        )
        .order_by(Party.signup_id, Party.id)
    )
    touched: dict[int, SignUp] = {}
    for row in (await desk.session.execute(query)).all():
        other, member = row
        await take_out(desk.session, desk.moment, other, member)
        touched[other.signup_id] = desk.group[other.signup_id]
    for signup in touched.values():
        await settle(desk.session, desk.moment, signup)


async def after_leaving(desk: Desk) -> None:
    await decided(desk.session, desk.signup)
    await desk.settle()


async def say(desk: Desk, party: Party, kind: MessageKind) -> None:
    party.generation += 1
    await tell(desk.session, desk.moment, kind, [party])
