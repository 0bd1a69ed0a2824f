"""A sign-up that is locked: read as a book, and made right by the moves that the rules say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, select, true, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Id, Reader, fetch
from bot.deliveries.models import Urgency
from bot.deliveries.outbox import enqueue
from bot.errors import NextStep
from bot.features.people.lifecycles import Step
from bot.features.signups import rules
from bot.features.signups.messages import (
    DECIDE,
    LAPSED,
    LAST_CALL,
    LOOK,
    OFFERED,
    SUBJECT,
    TELL,
    about_offer,
    give_task,
    offers_said,
    tell,
)
from bot.features.signups.models import (
    Choice,
    Party,
    PartyMember,
    PartyState,
    Quota,
    QuotaKind,
    SignUp,
    SignUpState,
)
from bot.features.signups.rules import Book, Call, Close, Expire, Group, Offer, Seat, Standing, Times
from bot.features.tasks.service import DROP, TICK, end_by_itself
from bot.i18n import N_
from bot.kit.moments import Moment

#: The order of the line.
IN_LINE = (Party.priority, Party.applied_at, Party.id)


def times_of(signup: SignUp, time_zone: str) -> Times:
    return Times(time_zone, signup.closes_at, signup.begins_at, signup.offer_hours, signup.last_call_hours)


def page_of(signup: SignUp) -> NextStep:
    return NextStep(N_("Back to the page"), signup.page)


_SIGNUP = bindparam("signup", type_=Id)
_TAKEN = Party.state.in_([one.value for one in rules.TAKEN])
_WAITING = (Party.signup_id == _SIGNUP, Party.state == PartyState.WAITING.value)
_COUNTED = (
    select(Party.choice_id, PartyMember.lc_id, PartyMember.year, func.count().label("n"))
    .join(PartyMember, PartyMember.party_id == Party.id)
    .where(Party.signup_id == _SIGNUP, _TAKEN, PartyMember.is_live)
    .group_by(Party.choice_id, PartyMember.lc_id, PartyMember.year)
    .subquery()
)
#: A row for each kind of seat that is taken, or one with ``n`` None. All rows have what else there is to read.
_BOOK = select(
    exists().where(Choice.signup_id == _SIGNUP).label("has_choices"),
    exists().where(Quota.signup_id == _SIGNUP).label("has_groups"),
    exists().where(Party.signup_id == _SIGNUP, Party.state == PartyState.OFFERED.value).label("has_offers"),
    exists()
    .where(
        PartyMember.signup_id == _SIGNUP, PartyMember.person_id == bindparam("person", type_=Id), PartyMember.is_live
    )
    .label("is_in"),
    select(func.count()).select_from(Party).where(*_WAITING).scalar_subquery().label("waiting"),
    select(func.count()).select_from(Party).where(*_WAITING, Party.priority <= 0).scalar_subquery().label("ahead"),
    *_COUNTED.c,
).select_from(select(true().label("one")).subquery().outerjoin(_COUNTED, true()))
_CHOICES = select(Choice.id, Choice.limit).where(Choice.signup_id == _SIGNUP)
_OFFERS = select(Party).where(Party.signup_id == _SIGNUP, Party.state == PartyState.OFFERED.value).order_by(*IN_LINE)


async def read_book(session: AsyncSession, moment: Moment, signup: SignUp, person_id: int | None = None) -> Book:
    """What the rules have to know: one statement, and one for each of what not every sign-up has. The line is read only
    where somebody in it could be asked. ``person_id``: somebody who may be in it already."""
    this = {"signup": signup.id}
    rows = await fetch(session, _BOOK, {**this, "person": person_id or 0})
    first = rows[0]
    book = Book(
        times_of(signup, moment.time_zone),
        signup.limit,
        signup.held,
        {row.id: row.limit for row in await fetch(session, _CHOICES, this)} if first.has_choices else {},
        (await groups_of(session, [signup.id]))[signup.id] if first.has_groups else (),
        Counter({Seat(row.choice_id, row.lc_id, row.year): row.n for row in rows if row.n}),
        is_calling=signup.is_calling,
        is_in=None if person_id is None else first.is_in,
        waiting=(first.ahead, first.waiting),
    )
    offers = list(await session.scalars(_OFFERS, this)) if first.has_offers else []
    if offers:
        over = [party for party in offers if party.offer_until is not None and party.offer_until <= moment.now]
        said = await offers_said(session, over) if over else set()
        seats = await _seats(session, [party.id for party in offers])
        book.offers = [
            Standing(
                party.id,
                seats[party.id],
                offer_until=party.offer_until,
                is_told=party.is_told or party.id in said,
            )
            for party in offers
        ]
    ending = sum(len(one.seats) for one in book.offers if one.offer_until and one.offer_until <= moment.now)
    if first.waiting and (book.free is None or book.free + ending > 0):
        book.line = await _line(session, signup.id)
    return book


async def _line(session: AsyncSession, signup_id: int) -> list[Standing]:
    query = (
        select(Party.id, Party.is_passed, Party.choice_id, PartyMember.lc_id, PartyMember.year)
        .join(PartyMember, PartyMember.party_id == Party.id)
        .where(Party.signup_id == signup_id, Party.state == PartyState.WAITING.value, PartyMember.is_live)
        .order_by(*IN_LINE, PartyMember.id)
    )
    seats: dict[tuple[int, bool], list[Seat]] = defaultdict(list)
    for row in await fetch(session, query):
        seats[row.id, row.is_passed].append(Seat(row.choice_id, row.lc_id, row.year))
    return [Standing(party_id, tuple(theirs), is_passed) for (party_id, is_passed), theirs in seats.items()]


async def _seats(session: AsyncSession, party_ids: Collection[int]) -> dict[int, tuple[Seat, ...]]:
    query = (
        select(Party.id, Party.choice_id, PartyMember.lc_id, PartyMember.year)
        .join(PartyMember, PartyMember.party_id == Party.id)
        .where(Party.id.in_(party_ids), PartyMember.is_live)
    )
    seats: dict[int, tuple[Seat, ...]] = defaultdict(tuple)
    for row in await fetch(session, query):
        seats[row.id] += (Seat(row.choice_id, row.lc_id, row.year),)
    return seats


async def groups_of(reader: Reader, signup_ids: Collection[int]) -> Mapping[int, list[Group]]:
    found: dict[int, list[Group]] = defaultdict(list)
    quotas = await fetch(reader, select(Quota.__table__).where(Quota.signup_id.in_(signup_ids)).order_by(Quota.id))
    for row in quotas:
        group = Group(QuotaKind(row.kind), row.seats, row.lc_id, row.first_year, row.last_year, row.until)
        found[row.signup_id].append(group)
    return found


async def taken_in(reader: Reader, signup_ids: Collection[int]) -> Mapping[int, Counter[Seat]]:
    """The seats of people who are accepted or have an offer."""
    seat = (Party.signup_id, Party.choice_id, PartyMember.lc_id, PartyMember.year)
    query = (
        select(*seat, func.count().label("n"))
        .join(PartyMember, PartyMember.party_id == Party.id)
        .where(
            Party.signup_id.in_(signup_ids), Party.state.in_([one.value for one in rules.TAKEN]), PartyMember.is_live
        )
        .group_by(*seat)
    )
    found: dict[int, Counter[Seat]] = defaultdict(Counter)
    for row in await fetch(reader, query):
        found[row.signup_id][Seat(row.choice_id, row.lc_id, row.year)] = row.n
    return found


async def settle(session: AsyncSession, moment: Moment, signup: SignUp, person_id: int | None = None) -> Book | None:
    """Make a locked sign-up right: whatever has changed, and whichever hour has come. The book as it is then; None if
    it isn't open any more. ``person_id``: as of ``read_book``."""
    await session.flush()
    if signup.state != SignUpState.OPEN:
        return None
    book = await read_book(session, moment, signup, person_id)
    moves = rules.settled(book, moment.now)
    if moves:
        book.waiting = None
    offers = {move.party_id: move for move in moves if isinstance(move, Offer)}
    for move in moves:
        if isinstance(move, Expire):
            await _expire(session, moment, signup, move)
        elif isinstance(move, Call):
            await _call(session, moment, signup, begins=move.begins)
        elif isinstance(move, Close):
            await _close(session, moment, signup)
            return None
    if offers:
        await _offer(session, moment, signup, offers)
    await session.flush()
    return book


async def _expire(session: AsyncSession, moment: Moment, signup: SignUp, move: Expire) -> None:
    party = await session.get_one(Party, move.party_id)
    if not move.returns:
        await end(session, moment, party, rules.EXPIRE)
        return
    rules.RETURN.put(party)
    party.is_passed, party.offer_until = True, None
    await give_task(session, moment, TELL, signup)


async def _offer(session: AsyncSession, moment: Moment, signup: SignUp, offers: Mapping[int, Offer]) -> None:
    parties = list(await session.scalars(select(Party).where(Party.id.in_(offers)).order_by(*IN_LINE)))
    jobs = []
    unsaid = False
    for party in parties:
        times = offers[party.id].times
        rules.OFFER.put(party)
        party.generation += 1
        party.offered_at, party.said_at, party.offer_until = moment.now, times.said_at, times.until
        party.is_passed = party.is_told = False
        part = f"expire:{party.id}"
        jobs.append(look_at(moment, signup, part, times.until, generation=party.generation))
        told = await tell(
            session,
            moment,
            OFFERED,
            [party],
            about=about_offer(party),
            due_at=times.said_at,
            urgency=Urgency.URGENT if times.is_urgent else Urgency.DAILY,
            tolerance=int((times.until - times.said_at).total_seconds()),
        )
        unsaid = unsaid or not told
    await enqueue(session, jobs, moment.now)
    if unsaid:
        await give_task(session, moment, TELL, signup)


async def _call(session: AsyncSession, moment: Moment, signup: SignUp, *, begins: bool) -> None:
    signup.is_calling = begins
    if not begins:
        return
    signup.generation += 1
    signup.last_called_at = moment.now
    waiting = list(
        await session.scalars(
            select(Party)
            .where(Party.signup_id == signup.id, Party.state == PartyState.WAITING.value)
            .order_by(*IN_LINE)
        )
    )
    for party in waiting:
        party.generation += 1
    until = signup.begins_at or moment.now
    await tell(session, moment, LAST_CALL, waiting, tolerance=int((until - moment.now).total_seconds()))


async def _close(session: AsyncSession, moment: Moment, signup: SignUp) -> None:
    rules.CLOSE.put(signup)
    signup.is_calling = False
    await tell(session, moment, LAPSED, await end_all(session, moment, signup, rules.LAPSE))
    await end_by_itself(session, DROP, SUBJECT, signup.id, TELL, DECIDE)


async def end(session: AsyncSession, moment: Moment, party: Party, step: Step[PartyState], *steps: NextStep) -> None:
    """Take a step by which a party ends."""
    step.put(party, *steps)
    party.ended_at, party.offer_until = moment.now, None
    gone = update(PartyMember).where(PartyMember.party_id == party.id).values(is_live=False)
    await session.execute(gone.execution_options(synchronize_session=False))


async def end_all(session: AsyncSession, moment: Moment, signup: SignUp, step: Step[PartyState]) -> list[Party]:
    """Take it with every party of a sign-up that it is for; these."""
    query = select(Party).where(Party.signup_id == signup.id, Party.state.in_([one.value for one in step.begins]))
    parties = list(await session.scalars(query.order_by(*IN_LINE)))
    for party in parties:
        step.put(party)
        party.generation += 1
        party.ended_at, party.offer_until = moment.now, None
    ids = select(Party.id).where(Party.signup_id == signup.id, Party.ended_at.is_not(None))
    gone = update(PartyMember).where(PartyMember.party_id.in_(ids)).values(is_live=False)
    await session.flush()
    await session.execute(gone.execution_options(synchronize_session=False))
    return parties


def look_at(moment: Moment, signup: SignUp, part: str, at: datetime, *, generation: int) -> Any:
    return LOOK.at(
        at,
        moment,
        f"{signup.id}:{part}",
        {"signup": signup.id},
        generation=generation,
        about=f"signup:{signup.id}:look",
    )


async def plan(session: AsyncSession, moment: Moment, signup: SignUp) -> None:
    """The bot looks at a sign-up at each of its hours. Looks at former hours find nothing to do."""
    times = times_of(signup, moment.time_zone)
    hours = {"last_call": times.last_call_at, "close": times.ends_at}
    query = select(Quota.id, Quota.until).where(Quota.signup_id == signup.id, Quota.until.is_not(None))
    hours |= {f"release:{row.id}": row.until for row in await fetch(session, query)}
    jobs = [
        look_at(moment, signup, part, at, generation=signup.generation) for part, at in hours.items() if at is not None
    ]
    await enqueue(session, jobs, moment.now)


async def shorten(session: AsyncSession, moment: Moment, signup: SignUp) -> None:
    """No offer holds longer than until the last call and the end, which may have come nearer."""
    times = times_of(signup, moment.time_zone)
    latest = min((one for one in (times.last_call_at, times.ends_at) if one is not None), default=None)
    if latest is not None:
        late = (Party.signup_id == signup.id, Party.state == PartyState.OFFERED.value, Party.offer_until > latest)
        await session.execute(update(Party).where(*late).values(offer_until=latest))


async def place_in_line(reader: Reader, party: Any) -> tuple[int, int]:
    """The position of a waiting party, from 1, and how many there are."""
    before = tuple_(*IN_LINE) <= tuple_(party.priority, party.applied_at, party.id)
    line = select(func.count().filter(before).label("position"), func.count().label("length"))
    waiting = (Party.signup_id == party.signup_id, Party.state == PartyState.WAITING.value)
    (row,) = await fetch(reader, line.where(*waiting))
    return row.position, row.length


async def decided(session: AsyncSession, signup: SignUp) -> None:
    """Nobody waits for the organiser's yes any more? Then there is nothing left to do."""
    await session.flush()
    applied = select(func.count()).where(Party.signup_id == signup.id, Party.state == PartyState.APPLIED.value)
    if not await session.scalar(applied):
        await end_by_itself(session, TICK, SUBJECT, signup.id, DECIDE)
