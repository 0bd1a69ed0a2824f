"""People leave before their data are deleted: a post that they were to take up is free again, and those who look for
a successor hear of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.deliveries.outbox import enqueue
from bot.features.audit.service import add_entry
from bot.features.handovers import asking, rules
from bot.features.handovers.asking import to_holders
from bot.features.handovers.checklists import notice_days
from bot.features.handovers.models import Handover, HandoverState
from bot.features.handovers.queries import endings, read_endings
from bot.features.organisations.each import moment_of
from bot.features.people.models import Post, Term
from bot.features.people.rules import GRACE_DAYS
from bot.features.people.terms import say_again
from bot.personal import Personal, Subject

ORIGIN = "mydata"


async def leave(_part: Personal, session: AsyncSession, subject: Subject, now: datetime) -> None:
    """Officers who waited for their answer, or counted on their yes, have no successor again. Requests to this person
    and to their own successors are deleted."""
    freed = await _take_back(session, subject)
    theirs = Handover.term_id.in_(select(Term.id).where(Term.person_id == subject.person_id))
    named = delete(Handover).where(
        Handover.organisation_id == subject.organisation_id,
        or_(Handover.discord_user_id == subject.discord_user_id, theirs),
    )
    await session.execute(named.execution_options(synchronize_session=False))
    await _tell(session, subject.organisation_id, freed, now)


async def _take_back(session: AsyncSession, subject: Subject) -> set[int]:
    """Take back a yes to a post whose term hasn't begun. Returns the terms that are without a successor or an answer
    then."""
    coming = await fetch(
        session,
        select(Term.id, Term.post_id, Term.lc_id, Term.starts_on)
        .join(Post, Post.id == Term.post_id)
        .where(Term.person_id == subject.person_id, Post.is_officer, Term.starts_on > subject.today),
    )
    asked = Handover.discord_user_id == subject.discord_user_id, Handover.state == HandoverState.NAMED
    freed = set(
        await session.scalars(
            select(Handover.term_id).where(Handover.organisation_id == subject.organisation_id, *asked)
        )
    )
    for one in coming:
        freed.update(
            await session.scalars(
                select(Term.id).where(
                    Term.organisation_id == subject.organisation_id,
                    Term.person_id != subject.person_id,
                    Term.post_id == one.post_id,
                    Term.lc_id.is_(None) if one.lc_id is None else Term.lc_id == one.lc_id,
                    Term.ends_on.between(subject.today - timedelta(days=GRACE_DAYS), one.starts_on - timedelta(days=1)),
                )
            )
        )
    never = delete(Term).where(Term.id.in_([one.id for one in coming]))
    await session.execute(never.execution_options(synchronize_session=False))
    return freed


async def _tell(session: AsyncSession, organisation_id: int, term_ids: set[int], now: datetime) -> None:
    """If the morning's look would say so anyway, leave it to that; else tell those in office now."""
    if not term_ids:
        return
    await say_again(session, organisation_id, Term.id.in_(term_ids))
    moment, usual = await moment_of(session, organisation_id, now), await notice_days(session, organisation_id)
    assert moment is not None
    today = moment.today
    query = endings(organisation_id).where(Term.id.in_(term_ids))
    for one in await read_endings(session, organisation_id, today, query):
        add_entry(
            session,
            at=now,
            organisation_id=organisation_id,
            actor_discord_id=None,
            origin=ORIGIN,
            action="handover.decline",
            subject_kind="term" if one.lc_id is None else "local_committee",
            subject_id=one.term_id if one.lc_id is None else one.lc_id,
            fields=("successor",),
        )
        left = (one.last_day - today).days
        if left < 0 or one.is_followed or rules.notice_due(left, usual) is not None:
            continue
        threads = await asking.threads_of(session, organisation_id, [one])
        place = asking.place_of(organisation_id, one.lc_id, threads)
        places = {one.lc_id: place} if place is not None else {}
        news = [
            *asking.asks(moment, [one], threads, (left,)),
            *await to_holders(session, moment, [one], (left,), places),
        ]
        await enqueue(session, news, now)
