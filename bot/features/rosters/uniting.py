"""Where both records have something of the same: what becomes of it before one goes into the other."""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.features.handovers.models import Handover, HandoverState
from bot.features.members.models import ClaimState, LcClaim, Profile
from bot.features.memberships.models import BankRow, Fee, FeeState
from bot.features.people.models import Person, Term
from bot.features.rosters.comparing import TERMS, TOGETHER, overlapping, whole
from bot.features.rosters.repointing import repoint
from bot.features.schools.names import search_text


async def join_terms(session: AsyncSession, kept_id: int, gone_id: int) -> None:
    """Of terms of one post and place that overlap one stays, from the first day to the last."""
    for group in overlapping(await fetch(session, TERMS, {"people": [kept_id, gone_id]})):
        if len(group) == 1:
            continue
        stays = next((term for term in group if term.person_id == kept_id), group[0])
        starts_on, ends_on = whole(group)
        for term in group:
            if term.id != stays.id:
                await repoint(session, "terms", term.id, stays.id)
                await session.execute(delete(Term).where(Term.id == term.id))
        await session.execute(
            update(Term)
            .where(Term.id == stays.id)
            .values(starts_on=starts_on, ends_on=ends_on)
            .execution_options(synchronize_session=False)
        )
        await _name_once(session, stays.id)


async def _name_once(session: AsyncSession, term_id: int) -> None:
    """One person follows in a term: of those who were named for the terms that it was made of, the last."""
    named = select(Handover).where(Handover.term_id == term_id, Handover.state == HandoverState.NAMED)
    for double in (await session.scalars(named.order_by(Handover.id.desc()).with_for_update())).all()[1:]:
        double.state = HandoverState.WITHDRAWN.value
    await session.flush()


async def fill_profile(session: AsyncSession, kept_id: int, gone_id: int) -> None:
    """The kept record takes over what it has nothing of."""
    kept = await session.scalar(select(Profile).where(Profile.person_id == kept_id).with_for_update())
    gone = await session.scalar(select(Profile).where(Profile.person_id == gone_id).with_for_update())
    if kept is None or gone is None:
        return  # the only one there is goes along with the rest
    for together in TOGETHER:
        if all(getattr(kept, name) in (None, "") for name in together):
            for name in together:
                setattr(kept, name, getattr(gone, name))
    called = await session.scalar(select(Person.display_name).where(Person.id == kept_id))
    kept.search = search_text([kept.reading or "", called or ""])
    await session.flush()


async def settle_fees(session: AsyncSession, kept_id: int, gone_id: int) -> None:
    """Of two fees for one year the one that is further stays: nobody is asked to pay twice."""
    order = [FeeState.DUE.value, FeeState.REPORTED.value, FeeState.PAID.value]
    fees = (await session.scalars(select(Fee).where(Fee.person_id.in_([kept_id, gone_id])).with_for_update())).all()
    for mine in [fee for fee in fees if fee.person_id == kept_id]:
        for other in [fee for fee in fees if fee.person_id == gone_id and fee.year == mine.year]:
            worse, better = sorted((mine, other), key=lambda fee: order.index(fee.state))
            await session.execute(
                update(BankRow)
                .where(BankRow.fee_id == worse.id)
                .values(fee_id=better.id)
                .execution_options(synchronize_session=False)
            )
            await session.delete(worse)
    await session.flush()


async def drop_double_claims(session: AsyncSession, kept_id: int, gone_id: int) -> None:
    """An LC is asked about a person once."""
    waiting = select(LcClaim.lc_id).where(LcClaim.person_id == kept_id, LcClaim.state == ClaimState.PENDING)
    await session.execute(
        delete(LcClaim)
        .where(LcClaim.person_id == gone_id, LcClaim.state == ClaimState.PENDING, LcClaim.lc_id.in_(waiting))
        .execution_options(synchronize_session=False)
    )
