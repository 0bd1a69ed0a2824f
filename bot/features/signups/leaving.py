"""Somebody leaves all sign-ups: when their data are deleted, or when two records of one person become one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.db import fetch
from bot.features.organisations.each import moment_of
from bot.features.signups import rules
from bot.features.signups.book import decided, end, settle
from bot.features.signups.locking import locked
from bot.features.signups.models import Party, PartyMember, PartyState, SignUp
from bot.kit.moments import Moment
from bot.personal import Personal, Subject, unnamed

#: From the least to the furthest.
_FURTHER = (PartyState.APPLIED, PartyState.WAITING, PartyState.OFFERED, PartyState.ACCEPTED)


async def leave_parties(part: Personal, session: AsyncSession, subject: Subject, now: datetime) -> None:
    """Their seats are free at once, and the next are asked. A sign-up that has begun counts them on, without a name."""
    moment = await moment_of(session, subject.organisation_id, now)
    if subject.person_id is not None and moment is not None:
        begun = SignUp.begins_at.is_not(None) & (SignUp.begins_at <= now)
        theirs = (
            select(PartyMember.id, PartyMember.signup_id)
            .join(SignUp, SignUp.id == PartyMember.signup_id)
            .join(Party, Party.id == PartyMember.party_id)
            .where(PartyMember.person_id == subject.person_id, Party.ended_at.is_(None), ~begun)
            .order_by(PartyMember.signup_id)
        )
        for row in await fetch(session, theirs):
            await leave_one(session, moment, row.signup_id, row.id)
    said = update(Party).where(Party.id.in_(select(PartyMember.party_id).where(part.rows(subject)))).values(reason="")
    await session.execute(said.execution_options(synchronize_session=False))
    await unnamed(None)(part, session, subject, now)


async def leave_one(session: AsyncSession, moment: Moment, signup_id: int, member_id: int) -> None:
    """A member of a live party leaves it; the last one takes it along."""
    signup = (await locked(session, moment, signup_id))[signup_id]
    member = await session.get_one(PartyMember, member_id)
    party = await session.get_one(Party, member.party_id)
    await take_out(session, moment, party, member)
    await decided(session, signup)
    await settle(session, moment, signup)


async def take_out(session: AsyncSession, moment: Moment, party: Party, member: PartyMember) -> None:
    """Somebody who was only invited, or leaves others behind, isn't told any more what becomes of the party.
    The sign-up is locked, and settled afterwards."""
    others = select(func.count()).where(PartyMember.party_id == party.id, PartyMember.is_live)
    if member.agreed_at is None or await session.scalar(others.where(PartyMember.id != member.id)):
        await session.delete(member)
        await session.flush()
        return
    await end(session, moment, party, rules.WITHDRAW)


async def join_parties(session: AsyncSession, moment: Moment, kept_id: int, gone_id: int) -> None:
    """Before two records become one: where both are in a sign-up, the further of their parties stays. Both people have
    to be locked."""
    kept, gone = aliased(PartyMember), aliased(PartyMember)
    both = (
        select(kept.id.label("kept"), gone.id.label("gone"), kept.signup_id)
        .join(gone, gone.signup_id == kept.signup_id)
        .where(kept.person_id == kept_id, gone.person_id == gone_id, kept.is_live, gone.is_live)
        .order_by(kept.signup_id)
    )
    for row in await fetch(session, both):
        if await _state(session, row.kept) < await _state(session, row.gone):
            await leave_one(session, moment, row.signup_id, row.kept)
        else:
            await leave_one(session, moment, row.signup_id, row.gone)


async def _state(session: AsyncSession, member_id: int) -> int:
    state: Any = await session.scalar(
        select(Party.state).join(PartyMember, PartyMember.party_id == Party.id).where(PartyMember.id == member_id)
    )
    return _FURTHER.index(PartyState(state))
