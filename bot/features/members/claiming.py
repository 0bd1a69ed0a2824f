"""Saying that one is in an LC, and no longer: helpers that join somebody else's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import local_date
from bot.deliveries.outbox import enqueue
from bot.deliveries.records import NewDelivery
from bot.errors import Conflict, NextStep
from bot.features.local_committees.models import LocalCommittee
from bot.features.members import rules
from bot.features.members.models import ClaimState, LcClaim
from bot.features.people.actors import Actor
from bot.features.people.models import Post, Term
from bot.features.people.rules import fiscal_year
from bot.features.people.terms import LC_MEMBER
from bot.i18n import N_
from bot.kit.messages import JobKind

ASK_JOB = JobKind("members:ask", N_("Asking LCs to confirm members (my own work)"))


async def claim_lc(session: AsyncSession, actor: Actor, person_id: int, lc_id: int, now: datetime) -> None:
    """Have the officers of the LC asked. Who is in it already, or waits already, changes nothing, and who said only
    today that they aren't is in it again. The person has to be locked.

    Raises:
        Conflict: the officers did not recognise them lately.
    """
    # What ends today doesn't count: it may be ending because they left.
    held = select(Term.id).where(
        Term.person_id == person_id, Term.lc_id == lc_id, Term.starts_on <= actor.today, Term.ends_on > actor.today
    )
    if await session.scalar(select(exists(held))) or await _come_back(session, actor, person_id, lc_id, now):
        return
    earlier = (
        await session.execute(
            select(LcClaim.lc_id, LcClaim.state).where(
                LcClaim.person_id == person_id,
                or_(
                    LcClaim.state == ClaimState.PENDING,
                    (LcClaim.state == ClaimState.DECLINED)
                    & (LcClaim.lc_id == lc_id)
                    & (LcClaim.decided_at > now - rules.NOT_BEFORE),
                ),
            )
        )
    ).all()
    if any(row.state == ClaimState.DECLINED for row in earlier):
        raise Conflict(
            N_(
                "The officers of this LC couldn't match your name lately. Please speak with one of them; they can add "
                "you. Everything else is open to you as it is."
            ),
            next_steps=[NextStep(N_("Find an LC"), "local_committees:ask")],
        )
    if any(row.lc_id == lc_id for row in earlier):
        return
    await _withdraw(session, person_id, now)
    session.add(
        LcClaim(
            organisation_id=actor.organisation.id,
            person_id=person_id,
            lc_id=lc_id,
            state=ClaimState.PENDING.value,
            claimed_at=now,
        )
    )
    await enqueue(
        session, [_asking(actor, lc_id, now, days) for days in (0, rules.ASKED_AGAIN, rules.ASKED_ABOVE)], now
    )


async def leave_lc(session: AsyncSession, actor: Actor, person_id: int, school_id: int | None, now: datetime) -> None:
    """Take back what waits, and let a plain membership of the school's LC end today. Officer's posts stay as they
    are."""
    await _withdraw(session, person_id, now)
    if school_id is None:
        return
    leaving = (
        update(Term)
        .where(
            *_membership(actor, person_id),
            Term.lc_id.in_(select(LocalCommittee.id).where(LocalCommittee.school_id == school_id)),
            Term.ends_on > actor.today,
        )
        .values(ends_on=actor.today)
        .returning(Term.lc_id)
        .execution_options(synchronize_session=False)
    )
    left = list(await session.scalars(leaving))
    await session.execute(
        update(LcClaim)
        .where(LcClaim.person_id == person_id, LcClaim.lc_id.in_(left), LcClaim.state == ClaimState.CONFIRMED)
        .values(state=ClaimState.WITHDRAWN.value, decided_at=now)
        .execution_options(synchronize_session=False)
    )


async def _come_back(session: AsyncSession, actor: Actor, person_id: int, lc_id: int, now: datetime) -> bool:
    """Whether they had left the LC by themselves, today: a slip of the thumb costs nobody a second confirmation.

    Whom an officer let go today has no claim that was withdrawn with it.
    """
    withdrawn = (
        select(LcClaim)
        .where(LcClaim.person_id == person_id, LcClaim.lc_id == lc_id, LcClaim.state == ClaimState.WITHDRAWN)
        .order_by(LcClaim.decided_at.desc())
        .limit(1)
    )
    claim = await session.scalar(withdrawn)
    zone = actor.organisation.time_zone
    last_day = fiscal_year(actor.today)[1]
    if claim is None or claim.decided_at is None or local_date(claim.decided_at, zone) != actor.today:
        return False
    if actor.today == last_day:
        return False
    ending = (Term.lc_id == lc_id, Term.ends_on == actor.today, Term.created_at <= claim.decided_at)
    term = await session.scalar(select(Term).where(*_membership(actor, person_id), *ending))
    if term is None:
        return False
    term.ends_on = last_day
    claim.state, claim.decided_at = ClaimState.CONFIRMED.value, now
    return True


def _membership(actor: Actor, person_id: int) -> list[Any]:
    """A plain member's term that holds today."""
    member = select(Post.id).where(Post.organisation_id == actor.organisation.id, Post.key == LC_MEMBER)
    return [Term.person_id == person_id, Term.post_id.in_(member), Term.starts_on <= actor.today]


async def _withdraw(session: AsyncSession, person_id: int, now: datetime) -> None:
    values: dict[str, Any] = {"state": ClaimState.WITHDRAWN.value, "decided_at": now}
    await session.execute(
        update(LcClaim)
        .where(LcClaim.person_id == person_id, LcClaim.state == ClaimState.PENDING)
        .values(values)
        .execution_options(synchronize_session=False)
    )


def _asking(actor: Actor, lc_id: int, now: datetime, days: int) -> NewDelivery:
    """One asking a day for each LC; whom is decided when it is due."""
    day, at = rules.gathering(now, actor.organisation.time_zone, days)
    payload = {"lc_id": lc_id, "day": day.isoformat()}
    return ASK_JOB.at(at, actor.moment(now), f"{lc_id}:{day}", payload, about=f"{ASK_JOB}:{lc_id}")
