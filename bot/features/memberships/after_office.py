"""What happens when somebody's office ends: an LC's officer stays a member of the LC, a national officer an individual
member, until they say otherwise.

An officer need not be a member as well. Without this, they would lose the LC's channel overnight, although nobody has
said that they left. A national post says nothing about an LC: its officers confirm who is in it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import local_date
from bot.db import Reader, fetch
from bot.features.audit.service import add_entry
from bot.features.local_committees.models import LcState, LocalCommittee
from bot.features.members.models import Kind, LcAnswer, Profile
from bot.features.memberships import rules
from bot.features.memberships.lc_stays import carry_over
from bot.features.memberships.models import Answer, LcStay, Membership, MembershipKind, Renewal
from bot.features.memberships.queries import begin_memberships
from bot.features.organisations.each import zone_of
from bot.features.people.models import Person, Post, Term
from bot.features.people.rules import fiscal_year
from bot.features.people.terms import LC_MEMBER, appoint
from bot.kit.moments import Moment

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
    session: AsyncSession, organisation_id: int, person_id: int, lc_id: int | None, last_day: date, now: datetime
) -> None:
    """Make somebody whose office ends a member of the LC, or an individual member after a national office, until the
    end of that fiscal year. If the office ends with the year, the days of grace and April's question follow. Done
    again, or before the last day, it changes nothing."""
    zone = await zone_of(session, organisation_id)
    if last_day > local_date(now, zone):
        return
    if lc_id is None:
        await _keep_individual(session, organisation_id, person_id, last_day, zone, now)
        return
    belongs = exists().where(
        Term.person_id == person_id,
        Term.lc_id == lc_id,
        Term.starts_on <= last_day + timedelta(days=1),
        Term.ends_on > last_day,
    )
    # If they were members and no longer are, they said so themselves or an officer did.
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
        await carry_over(session, Moment(organisation_id, zone, now), end.year)


async def _keep_individual(
    session: AsyncSession, organisation_id: int, person_id: int, last_day: date, zone: str, now: datetime
) -> None:
    """For somebody who is nothing else, and hasn't been an individual member or said that they leave."""
    person = await session.scalar(
        select(Person).where(Person.id == person_id, Person.display_name != "").with_for_update()
    )
    goes_on = (
        exists()
        .where(Term.person_id == person_id, Term.starts_on <= last_day + timedelta(days=1))
        .where(Term.ends_on > last_day)
    )
    in_lc = exists().where(Term.person_id == person_id, Term.lc_id.is_not(None), Term.ends_on >= last_day)
    was_member = exists().where(
        Membership.person_id == person_id,
        Membership.kind.in_([MembershipKind.INDIVIDUAL, MembershipKind.ALUMNI]),
        Membership.ends_on.is_(None) | (Membership.ends_on >= fiscal_year(last_day)[0]),
    )
    left = exists().where(
        Renewal.person_id == person_id, Renewal.year >= rules.year_of(last_day), Renewal.answer == Answer.LEAVE
    )
    graduated = exists().where(Profile.person_id == person_id, Profile.kind == Kind.GRADUATE)
    if person is None or await session.scalar(select(goes_on | in_lc | was_member | left | graduated)):
        return
    if await _was_a_slip(session, person_id, None, last_day, zone):
        return
    await begin_memberships(session, organisation_id, [person_id], MembershipKind.INDIVIDUAL, last_day, now)
    add_entry(
        session,
        at=now,
        organisation_id=organisation_id,
        actor_discord_id=None,
        origin=ORIGIN,
        action="membership.keep",
        subject_kind="person",
        subject_id=person_id,
        fields=("ends_on",),
    )


async def _was_a_slip(reader: Reader, person_id: int, lc_id: int | None, last_day: date, zone: str) -> bool:
    """A mistake is taken out again on the day on which it was entered: it makes nobody a member."""
    here = Term.lc_id.is_(None) if lc_id is None else Term.lc_id == lc_id
    query = select(Term.created_at).where(Term.person_id == person_id, here, Term.ends_on == last_day)
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
    if lc.state == LcState.LEFT or await reader.scalar(select(left)):
        return False
    return not any(
        one.kind == Kind.GRADUATE or one.school_id not in (None, lc.school_id) or one.lc_answer == LcAnswer.NOT_IN
        for one in profiles
    )
