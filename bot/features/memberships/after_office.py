"""What becomes of somebody whose office in an LC ends: they stay its member, until they say otherwise.

An officer need not be a member besides. Without this, they would be outside of their LC over night and without its
channel, although nobody has said that they have left."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import local_date
from bot.db import Reader, fetch
from bot.features.local_committees.models import LocalCommittee, State
from bot.features.members.models import Kind, LcAnswer, Profile
from bot.features.memberships import rules
from bot.features.memberships.carrying import carry_over
from bot.features.memberships.models import Answer, LcStay
from bot.features.organisations.models import Organisation
from bot.features.people.models import Person, Post, Term
from bot.features.people.rules import fiscal_year
from bot.features.people.terms import LC_MEMBER, appoint

ORIGIN = "memberships:after-office"


async def stays(reader: Reader, person_id: int, lc_id: int, last_day: date) -> bool:
    """Does somebody belong to the LC after the last day of their office there? By another post or membership, or
    because they have never said that they don't."""
    goes_on = exists().where(
        Term.person_id == person_id,
        Term.lc_id == lc_id,
        Term.starts_on <= last_day + timedelta(days=1),
        Term.ends_on > last_day,
    )
    return bool(await reader.scalar(select(goes_on))) or await _is_theirs(reader, person_id, lc_id, last_day)


async def keep(
    session: AsyncSession, organisation_id: int, person_id: int, lc_id: int, last_day: date, now: datetime
) -> None:
    """Let somebody whose office ends be a member of the LC to the end of that fiscal year; of one that ends with it,
    the days of grace follow, and April's question. Done again it changes nothing, nor does it before the last day."""
    zone = await session.scalar(select(Organisation.time_zone).where(Organisation.id == organisation_id))
    if zone is None or last_day > local_date(now, zone):
        return
    belongs = exists().where(
        Term.person_id == person_id,
        Term.lc_id == lc_id,
        Term.starts_on <= last_day + timedelta(days=1),
        Term.ends_on > last_day,
    )
    # What they had as members, and have lost since, they lost by their own word or an officer's.
    was_kept = exists().where(
        Term.person_id == person_id,
        Term.lc_id == lc_id,
        Term.post_id.in_(select(Post.id).where(Post.key == LC_MEMBER)),
        Term.ends_on >= last_day,
    )
    person = await session.scalar(
        select(Person).where(Person.id == person_id, Person.display_name != "").with_for_update()
    )
    if person is None or await session.scalar(select(belongs | was_kept)):
        return
    if not await _is_theirs(session, person_id, lc_id, last_day):
        return
    if await _was_a_slip(session, person_id, lc_id, last_day, zone):
        return
    end = fiscal_year(last_day)[1]
    made = await appoint(
        session,
        person,
        LC_MEMBER,
        starts_on=last_day,
        ends_on=end,
        at=now,
        by_discord_id=None,
        origin=ORIGIN,
        lc_id=lc_id,
    )
    if made is not None and now >= rules.eve_of_april(end.year, zone):
        await carry_over(session, organisation_id, end.year, zone, now)


async def _was_a_slip(reader: Reader, person_id: int, lc_id: int, last_day: date, zone: str) -> bool:
    """A mistake is taken out again on the day on which it was entered: it makes nobody a member."""
    query = select(Term.created_at).where(Term.person_id == person_id, Term.lc_id == lc_id, Term.ends_on == last_day)
    return all(local_date(row.created_at, zone) == last_day for row in await fetch(reader, query))


async def _is_theirs(reader: Reader, person_id: int, lc_id: int, last_day: date) -> bool:
    """Neither has the LC left, nor they: nobody has said of them that they aren't in it (any more)."""
    lc = (
        await fetch(reader, select(LocalCommittee.state, LocalCommittee.school_id).where(LocalCommittee.id == lc_id))
    )[0]
    profiles = await fetch(
        reader, select(Profile.kind, Profile.school_id, Profile.lc_answer).where(Profile.person_id == person_id)
    )
    left = exists().where(
        LcStay.term_id == Term.id,
        Term.person_id == person_id,
        Term.lc_id == lc_id,
        LcStay.year == rules.year_of(last_day),
        LcStay.answer == Answer.LEAVE,
    )
    if lc.state == State.LEFT or await reader.scalar(select(left)):
        return False
    return not any(
        one.kind == Kind.GRADUATE or one.school_id not in (None, lc.school_id) or one.lc_answer == LcAnswer.NOT_IN
        for one in profiles
    )
