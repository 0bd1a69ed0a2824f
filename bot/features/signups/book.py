"""A sign-up in a transaction: locked, read as a book, and made right by the moves that the rules say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Reader, fetch
from bot.deliveries.models import Urgency
from bot.deliveries.outbox import enqueue, enqueue_once
from bot.errors import NextStep
from bot.features.people.lifecycles import Step
from bot.features.people.models import Grant, Person
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
    is_charge_of,
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
from bot.kit.messages import JobKind, MessageKind
from bot.kit.moments import Moment

#: Sign-ups within this time are shown at once: old messages in Discord take about three edits in twenty seconds.
SHOWN_AFTER = timedelta(seconds=10)
#: The order of the line.
IN_LINE = (Party.priority, Party.applied_at, Party.id)


async def locked(
    session: AsyncSession, moment: Moment, signup_id: int, people: Iterable[int] = ()
) -> dict[int, SignUp]:
    """The sign-up and those of its group, by id; nothing if there is no such one here. Its owner shows it anew after
    the transaction, as it is locked to be changed.

    People come first and sign-ups in the order of their ids: two who lock in different orders wait for each other, and
    a deletion begins with the person. Nobody's row may go while theirs is written.
    """
    this = (SignUp.id == signup_id, SignUp.organisation_id == moment.organisation_id)
    columns = select(SignUp.rank_group, SignUp.organiser_id, Grant.person_id)
    in_charge = and_(is_charge_of(SignUp), Grant.held_on(moment.today))
    rows = (await session.execute(columns.outerjoin(Grant, in_charge).where(*this))).all()
    if not rows:
        return {}
    row = rows[0]
    known = {*people, *(one for each in rows for one in (each.organiser_id, each.person_id) if one is not None)}
    if known:
        keys = select(Person.id).where(Person.id.in_(known)).order_by(Person.id)
        await session.execute(keys.with_for_update(read=True, key_share=True))
    which: ColumnElement[bool] = SignUp.id == signup_id
    if row.rank_group is not None:
        which |= (SignUp.organisation_id == moment.organisation_id) & (SignUp.rank_group == row.rank_group)
    query = select(SignUp).where(which).order_by(SignUp.id).with_for_update()
    held = await session.scalars(query.execution_options(populate_existing=True))
    found = {signup.id: signup for signup in held}
    for signup in found.values():
        await _show_soon(session, moment, signup)
    return found


async def _show_soon(session: AsyncSession, moment: Moment, signup: SignUp) -> None:
    """Have the job done that its owner named. One waits at a time: what happens meanwhile, it sees too."""
    kind = MessageKind.known.get(signup.shows)
    if not isinstance(kind, JobKind):
        return
    about = f"signup:{signup.id}:shows"
    part = f"{signup.owner_id}:{signup.turn + 1}"
    job = kind.at(moment.now + SHOWN_AFTER, moment, part, {"owner": signup.owner_id}, about=about)
    if await enqueue_once(session, job, moment.now):
        signup.turn += 1


def times_of(signup: SignUp, time_zone: str) -> Times:
    return Times(time_zone, signup.closes_at, signup.begins_at, signup.offer_hours, signup.last_call_hours)


def page_of(signup: SignUp) -> NextStep:
    return NextStep(N_("Back to the page"), signup.page)


async def read_book(session: AsyncSession, moment: Moment, signup: SignUp) -> Book:
    """What the rules have to know. The line is read only where somebody in it could be asked."""
    choices = select(Choice.id, Choice.limit).where(Choice.signup_id == signup.id)
    book = Book(
        times_of(signup, moment.time_zone),
        signup.limit,
        signup.held,
        {row.id: row.limit for row in await fetch(session, choices)},
        (await groups_of(session, [signup.id]))[signup.id],
        (await taken_in(session, [signup.id]))[signup.id],
        is_calling=signup.is_calling,
    )
    offers = list(
        await session.scalars(
            select(Party)
            .where(Party.signup_id == signup.id, Party.state == PartyState.OFFERED.value)
            .order_by(*IN_LINE)
        )
    )
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
    if book.free is None or book.free + ending > 0:
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


async def settle(session: AsyncSession, moment: Moment, signup: SignUp) -> Book | None:
    """Make a locked sign-up right: whatever has changed, and whichever hour has come. The book as it is then; None if
    it isn't open any more."""
    await session.flush()
    if signup.state != SignUpState.OPEN:
        return None
    book = await read_book(session, moment, signup)
    moves = rules.settled(book, moment.now)
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
