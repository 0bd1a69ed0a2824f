"""Reading where people stand, and helpers that join somebody else's transaction."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Exists, Select, case, delete, exists, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import data
from bot.db import Reader, fetch, insert_if_absent
from bot.features.homes.facts import Query
from bot.features.local_committees.queries import with_lc
from bot.features.members.models import Kind, Profile
from bot.features.memberships import rules
from bot.features.memberships.models import (
    Answer,
    Fee,
    FeeState,
    LcStay,
    Membership,
    MembershipKind,
    MembershipSetting,
    Renewal,
    StaffStep,
    StaffTick,
)
from bot.features.memberships.values import FeeChanged, OwnStay, Settings, StepCard
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, Given
from bot.features.people.models import Person, Post, Term
from bot.features.people.terms import changed
from bot.i18n import N_

DEFAULT_FEE = rules.kinds()[MembershipKind.INDIVIDUAL].fee or 0


async def settings_of(reader: Reader, organisation_id: int) -> Settings:
    table: Any = MembershipSetting.__table__
    rows = await fetch(reader, select(table).where(table.c.organisation_id == organisation_id))
    if not rows:
        return Settings(fee=DEFAULT_FEE)
    row = rows[0]
    return Settings(row.fee, row.how_to_pay, row.grace_days, row.kept_years)


async def standings(
    reader: Reader,
    organisation_id: int,
    person_ids: Collection[int] | None,
    today: date,
    *,
    with_posts: bool = True,
) -> dict[int, rules.Standing]:
    """What each of these people is today; with ``with_posts`` False, apart from their posts. Five statements, however
    many they are. ``person_ids`` None: everybody of the organisation who was ever more than on the free list."""
    ids = None if person_ids is None else list(person_ids)

    def who(table: Any) -> ColumnElement[bool]:
        among: ColumnElement[bool] = table.organisation_id == organisation_id
        return among if ids is None else among & table.person_id.in_(ids)

    settings = await settings_of(reader, organisation_id)
    spans: dict[int, list[rules.Span]] = {}
    for row in await fetch(
        reader,
        select(
            Membership.person_id, Membership.kind, Membership.starts_on, Membership.ends_on, Membership.is_ended
        ).where(who(Membership)),
    ):
        span = rules.Span(MembershipKind(row.kind), row.starts_on, row.ends_on, row.is_ended)
        spans.setdefault(row.person_id, []).append(span)
    answers = {
        row.person_id: Answer(row.answer)
        for row in await fetch(
            reader,
            select(Renewal.person_id, Renewal.answer).where(
                who(Renewal),
                Renewal.year == rules.year_of(today),
                Renewal.answer.is_not(None),
            ),
        )
    }
    officers = {}
    if with_posts:
        officers = {
            row.person_id: row.until
            for row in await fetch(
                reader,
                select(Term.person_id, func.max(Term.ends_on).label("until"))
                .join(Post, Post.id == Term.post_id)
                .where(
                    who(Term),
                    Post.is_officer,
                    Term.held_on(today),
                )
                .group_by(Term.person_id),
            )
        }
    graduates = {
        row.person_id
        for row in await fetch(
            reader,
            select(Profile.person_id).where(who(Profile), Profile.kind == Kind.GRADUATE),
        )
    }
    return {
        one: rules.standing_on(
            today,
            spans.get(one, []),
            grace_days=settings.grace_days,
            answer=answers.get(one),
            officer_until=officers.get(one),
            is_graduate=one in graduates,
        )
        for one in (ids if ids is not None else spans.keys() | officers.keys() | graduates)
    }


async def open_stays(reader: Reader, organisation_id: int, person_id: int, today: date) -> tuple[OwnStay, ...]:
    """The LCs of which somebody is asked whether they are still in them."""
    query = open_questions(organisation_id, today).where(Term.person_id == person_id).order_by(LcStay.id)
    rows = await fetch(reader, with_lc(query.add_columns(LcStay.id, Term.ends_on), Term.lc_id))
    return tuple(OwnStay(row.id, row.lc_ja, row.lc_en, row.ends_on) for row in rows)


def april_waits(person_id: Given[int], day: Given[date]) -> tuple[Exists, Exists]:
    """Conditions: does it wait for somebody to say whether they stay, and whether they are still in an LC? The same
    messages remind of both."""
    stay = exists().where(LcStay.term_id == Term.id, Term.person_id == person_id, LcStay.open_on(day))
    return exists().where(Renewal.person_id == person_id, Renewal.open_on(day)), stay


_APRIL = (
    select(
        case((or_(*april_waits(ASKER.person_id, ASKER.today)), 1), else_=0).label("n"),
        case((Profile.joined_at.is_not(None), 1), else_=0).label("of"),
    )
    .select_from(Person)
    .outerjoin(Profile, Profile.person_id == Person.id)
    .where(Person.id == ASKER.person_id)
)


def april_question(actor: Actor) -> Query | None:
    """For home: does the question of this year, or the one about their LC, wait for the actor (``n``), and have they
    joined at all (``of``)? A former officer of an LC need not have."""
    return None if actor.person_id is None else _APRIL


def open_questions(organisation_id: Given[int], today: Given[date]) -> Select[Any]:
    """Whether members are still in their LC: what waits, about memberships that count meanwhile. The caller says of
    whom, and adds columns."""
    nothing: tuple[Any, ...] = ()
    return (
        select(*nothing)
        .select_from(LcStay)
        .join(Term, Term.id == LcStay.term_id)
        .join(Person, Person.id == Term.person_id)
        .where(LcStay.organisation_id == organisation_id, LcStay.open_on(today))
    )


async def open_fee(
    session: AsyncSession, organisation_id: int, person_id: int, year: int, now: datetime, shown: tuple[int, int] | None
) -> None:
    """Ask a person for the fee of a year; if they were asked already, nothing changes. ``shown``: of which year and
    amount (yen) they agreed to, None for whatever it is. Raises FeeChanged."""
    known = select(Fee.id).where(Fee.person_id == person_id, Fee.year == year)
    if await session.scalar(known) is not None:
        return
    amount = (await settings_of(session, organisation_id)).fee
    if shown is not None and shown != (year, amount):
        raise FeeChanged(N_("The fee has changed in the meantime. Nothing was saved. Please check again."))
    while await session.scalar(known) is None:
        await insert_if_absent(
            session,
            Fee,
            organisation_id=organisation_id,
            person_id=person_id,
            year=year,
            amount=amount,
            reference=rules.reference_of(year, secrets.randbelow(100_000)),
            state=FeeState.DUE.value,
            opened_at=now,
        )


async def drop_fee(session: AsyncSession, person_id: int, year: int) -> None:
    """Ask a person for no fee of a year any more. A fee that is paid, or reported as paid, stays: the treasurer checks
    it."""
    query = delete(Fee).where(Fee.person_id == person_id, Fee.year == year, Fee.state == FeeState.DUE)
    await session.execute(query.execution_options(synchronize_session=False))


async def begin_memberships(
    session: AsyncSession,
    organisation_id: int,
    person_ids: Collection[int],
    kind: MembershipKind,
    day: date,
    now: datetime,
) -> None:
    """Make people of this kind from ``day`` on, except those who are on that day. They have to be locked, or what makes
    them so."""
    starts_on, ends_on = rules.span_from(kind, day)
    running = await session.scalars(
        select(Membership.person_id).where(
            Membership.person_id.in_(person_ids),
            Membership.kind == kind,
            Membership.held_on(day),
        )
    )
    beginning = sorted(set(person_ids) - set(running))
    rows = [
        {
            "organisation_id": organisation_id,
            "person_id": person_id,
            "kind": kind.value,
            "starts_on": starts_on,
            "ends_on": ends_on,
            "created_at": now,
        }
        for person_id in beginning
    ]
    if rows:
        await session.execute(insert(Membership), rows)
        await changed_kind(session, organisation_id, beginning)


async def changed_kind(session: AsyncSession, organisation_id: int, person_ids: Collection[int]) -> None:
    """To be called where these people may be of another kind from now on."""
    users = select(Person.discord_user_id).where(Person.id.in_(person_ids), Person.discord_user_id.is_not(None))
    for user in await session.scalars(users):
        changed(session, organisation_id, user)


async def ensure_steps(session: AsyncSession, organisation_id: int) -> None:
    """Give an organisation the steps it begins with, if it never had any. The organisation has to be locked."""
    if await session.scalar(select(func.count()).where(StaffStep.organisation_id == organisation_id)):
        return
    for position, row in enumerate(data.rows("staff_steps")):
        session.add(StaffStep(organisation_id=organisation_id, position=position, retired_at=None, **row))
    await session.flush()


async def steps_of(reader: Reader, organisation_id: int, person_id: int) -> tuple[StepCard, ...]:
    """The organisation's steps in their order, with those that the person has done."""
    query = (
        select(StaffStep.id, StaffStep.name_ja, StaffStep.name_en, StaffTick.id.label("tick"))
        .outerjoin(StaffTick, (StaffTick.step_id == StaffStep.id) & (StaffTick.person_id == person_id))
        .where(StaffStep.organisation_id == organisation_id, StaffStep.retired_at.is_(None))
        .order_by(StaffStep.position, StaffStep.id)
    )
    return tuple(StepCard(row.id, row.name_ja, row.name_en, row.tick is not None) for row in await fetch(reader, query))


async def was_member(reader: Reader, person_id: int, today: date) -> bool:
    """Were they an individual member of last year, and are they none of this one? People who already are one came with
    a list, and paid before."""
    last_day: date | None = await reader.scalar(
        select(func.max(Membership.ends_on)).where(
            Membership.person_id == person_id, Membership.kind == MembershipKind.INDIVIDUAL
        )
    )
    return last_day is not None and rules.first_day(rules.year_of(today) - 1) <= last_day < today
