"""The treasurer's side of fees: who has paid, ticked by hand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.deliveries.models import RecipientKind
from bot.deliveries.outbox import enqueue
from bot.deliveries.values import Recipient
from bot.features import Service
from bot.features.audit.service import Noted, add_entries
from bot.features.homes.facts import Query
from bot.features.members.models import Contact, Profile
from bot.features.memberships import rules
from bot.features.memberships.models import BankRow, Fee, FeeState, Membership, MembershipKind
from bot.features.memberships.queries import begin_memberships, changed_kind
from bot.features.memberships.values import FeeLine, FeePage
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER
from bot.features.people.changes import Change, change_by
from bot.features.people.lifecycles import Step
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.features.schools.names import fold
from bot.i18n import N_
from bot.kit.messages import MessageKind
from bot.paging import digest_of, fetch_part

#: What a menu of Discord holds.
PAGE = 25
PAID = MessageKind("memberships:paid", N_("Notice to a member: fee received"), is_budgeted=True)


_REPORTED = (
    select(Fee.year.label("id"), func.count().label("n"))
    .where(Fee.organisation_id == ASKER.organisation_id, Fee.state == FeeState.REPORTED)
    .group_by(Fee.year)
)


def fees_reported(actor: Actor) -> Query | None:
    """For home: ``n`` people say that they have paid for a fiscal year (``id``) and wait for the treasurer, as the list
    of that year has them."""
    return _REPORTED if actor.may(Right.KEEP_FEES) else None


class FeeService(Service):
    async def fees(
        self, actor: Actor, year: int | None = None, *, paid: bool = False, text: str = "", page: int = 0
    ) -> FeePage:
        """The fees of a fiscal year (the present one) that are open, or paid: those reported first, 25 a page.
        ``text``: a part of a name, a reading, the name on a transfer or the reference.

        Raises:
            NotAllowed: the actor is no national officer in office.
        """
        actor.require(Right.KEEP_FEES)
        year = rules.year_of(actor.today) if year is None else year
        whole = (Fee.organisation_id == actor.organisation.id) & (Fee.year == year)
        query = _listed(actor, year, paid=paid, text=text)
        count = select(Fee.state, func.count().label("n")).where(whole).group_by(Fee.state)
        years = select(Fee.year).where(Fee.organisation_id == actor.organisation.id).distinct()
        async with self.database.reading() as connection:
            rows = await fetch_part(connection, query, page, PAGE)
            counts = {FeeState(row.state): row.n for row in await fetch(connection, count)}
            known = [row.year for row in await fetch(connection, years.order_by(Fee.year.desc()))]
        lines = tuple(
            FeeLine(
                row.id, row.display_name, row.reading or "", row.payer, row.reference, row.amount, FeeState(row.state)
            )
            for row in rows
        )
        return FeePage(year, lines, rows.total, rows.page, rows.pages, counts, tuple(known))

    async def settle(self, actor: Actor, fee_ids: Collection[int]) -> int:
        """Mark these fees as received; returns how many. Their people are members from today to the end of the fiscal
        year.

        Raises:
            NotAllowed: the actor is no national officer in office.
            Conflict: all of them were ticked already.
        """
        async with change_by(self, actor, Right.KEEP_FEES) as change:
            fees = await _locked(change, fee_ids, rules.SETTLE)
            if not fees:
                raise rules.SETTLE.refused()
            await settle_fees(change.session, actor, fees, change.now)
        return len(fees)

    async def settle_shown(
        self, actor: Actor, digest: str, text: str = "", page: int = 0, year: int | None = None
    ) -> int:
        """Mark all fees of a page of ``fees`` as received, if it still shows the people whom its reader saw
        (``FeePage.digest``). Returns how many; 0 if it shows others by now.

        Raises:
            NotAllowed: the actor is no national officer in office.
        """
        query = _listed(actor, rules.year_of(actor.today) if year is None else year, paid=False, text=text)
        async with change_by(self, actor, Right.KEEP_FEES) as change:
            ids = [row.id for row in await fetch(change.session, query.limit(PAGE).offset(max(page, 0) * PAGE))]
            if digest_of(ids) != digest:
                return 0
            fees = await _locked(change, ids, rules.SETTLE)
            if fees:
                await settle_fees(change.session, actor, fees, change.now)
        return len(fees)

    async def take_back(self, actor: Actor, fee_ids: Collection[int]) -> int:
        """Mark these fees as not received after all; returns how many. The memberships end with it.

        Raises:
            NotAllowed: the actor is no national officer in office.
            Conflict: none of them is ticked any more.
        """
        async with change_by(self, actor, Right.KEEP_FEES) as change:
            fees = await _locked(change, fee_ids, rules.TAKE_BACK)
            if not fees:
                raise rules.TAKE_BACK.refused()
            for fee in fees:
                (rules.TAKE_BACK_REPORTED if fee.reported_at else rules.TAKE_BACK).put(fee)
                fee.paid_at = None
                first = rules.first_day(fee.year)
                await change.session.execute(
                    delete(Membership).where(
                        Membership.person_id == fee.person_id,
                        Membership.kind == MembershipKind.INDIVIDUAL,
                        Membership.starts_on >= first,
                        Membership.starts_on < rules.first_day(fee.year + 1),
                    )
                )
            # What the bank said of them may be looked at again.
            await change.session.execute(delete(BankRow).where(BankRow.fee_id.in_([fee.id for fee in fees])))
            await _note(change.session, actor, fees, rules.TAKE_BACK, change.now)
            await changed_kind(change.session, actor.organisation.id, [fee.person_id for fee in fees])
        return len(fees)

    async def is_paid(self, fee_id: int, tick: int | None = None) -> bool:
        """Is this fee received, by the treasurer's ``tick``-th tick? For telling its person, once for each tick that
        stands."""
        query = select(Fee.id).where(Fee.id == fee_id, Fee.state == FeeState.PAID)
        async with self.database.reading() as connection:
            return await connection.scalar(query if tick is None else query.where(Fee.ticks == tick)) is not None


def _listed(actor: Actor, year: int, *, paid: bool, text: str) -> Select[int, str, str | None, str, str, int, str, int]:
    """The fees of a year that are open, or paid, in their order, each with how many there are."""
    wanted: ColumnElement[bool] = (Fee.organisation_id == actor.organisation.id) & (Fee.year == year)
    wanted &= (Fee.state == FeeState.PAID) if paid else (Fee.state != FeeState.PAID)
    if folded := fold(text):
        wanted &= or_(
            Profile.search.contains(folded, autoescape=True),
            Fee.reference.contains(folded, autoescape=True),
            Fee.payer.contains(text.strip(), autoescape=True),
        )
    return (
        select(
            Fee.id,
            Person.display_name,
            Profile.reading,
            Fee.payer,
            Fee.reference,
            Fee.amount,
            Fee.state,
            func.count().over().label("total"),
        )
        .join(Person, Person.id == Fee.person_id)
        .outerjoin(Profile, Profile.person_id == Fee.person_id)
        .where(wanted)
        .order_by(Fee.state != FeeState.REPORTED, Fee.reported_at, Fee.id)
    )


async def settle_fees(session: AsyncSession, actor: Actor, fees: Sequence[Fee], now: datetime) -> None:
    """Tick fees, which have to be locked, begin the memberships, and tell those who want to be told directly."""
    by_year: dict[int, list[int]] = {}
    for fee in fees:
        rules.SETTLE.put(fee)
        fee.paid_at, fee.ticks = now, fee.ticks + 1
        by_year.setdefault(fee.year, []).append(fee.person_id)
    for year, people in by_year.items():
        day = _within(actor.today, year)
        await begin_memberships(session, actor.organisation.id, people, MembershipKind.INDIVIDUAL, day, now)
    await _note(session, actor, fees, rules.SETTLE, now)
    told = await fetch(
        session,
        select(Fee.id, Fee.ticks, Fee.person_id, Person.discord_user_id)
        .join(Person, Person.id == Fee.person_id)
        .join(Profile, Profile.person_id == Fee.person_id)
        .where(
            Fee.id.in_([fee.id for fee in fees]),
            Profile.contact == Contact.DIRECT,
            Person.discord_user_id.is_not(None),
        ),
    )
    moment = actor.moment(now)
    news = [
        PAID.to(
            Recipient(RecipientKind.PERSON, row.discord_user_id),
            moment,
            f"{row.id}:{row.ticks}",
            {"fee_id": row.id, "tick": row.ticks},
            about=f"member:{row.person_id}",
        )
        for row in told
    ]
    await enqueue(session, news, now)


def _within(today: date, year: int) -> date:
    """The day from which a membership of that year counts: today, or the nearest day of it."""
    last = rules.span_from(MembershipKind.INDIVIDUAL, rules.first_day(year))[1]
    assert last is not None
    return min(max(today, rules.first_day(year)), last)


async def _locked(change: Change, fee_ids: Collection[int], step: Step[FeeState]) -> Sequence[Fee]:
    """The fees that can take a step, locked after their people: reporting a payment locks in this order, too."""
    wanted = (Fee.organisation_id == change.moment.organisation_id, Fee.id.in_(list(fee_ids)[:PAGE]))
    people = select(Person.id).where(Person.id.in_(select(Fee.person_id).where(*wanted)))
    await change.session.execute(people.order_by(Person.id).with_for_update())
    fees = select(Fee).where(*wanted, Fee.state.in_(step.begins)).order_by(Fee.id).with_for_update()
    return (await change.session.scalars(fees)).all()


async def _note(session: AsyncSession, actor: Actor, fees: Sequence[Fee], step: Step[FeeState], now: datetime) -> None:
    await add_entries(
        session,
        [Noted(step.action, "person", fee.person_id, ("state",)) for fee in fees],
        at=now,
        organisation_id=actor.organisation.id,
        actor_discord_id=actor.caller.discord_user_id,
        origin=actor.caller.origin,
    )
