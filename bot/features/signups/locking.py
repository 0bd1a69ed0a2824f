"""A sign-up is locked before it is changed: what its people are comes with their locks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import CompoundSelect, Date, Row, bindparam, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Id, fetch
from bot.deliveries.outbox import enqueue_once
from bot.features.members.models import Profile
from bot.features.people.models import Grant, Person, Term
from bot.features.signups.messages import is_charge_of
from bot.features.signups.models import SignUp
from bot.kit.messages import JobKind, MessageKind
from bot.kit.moments import Moment

#: Sign-ups within this time are shown at once: old messages in Discord take about three edits in twenty seconds.
SHOWN_AFTER = timedelta(seconds=10)

_ORGANISATION, _SIGNUP = bindparam("organisation", type_=Id), bindparam("signup", type_=Id)
_TODAY = bindparam("today", type_=Date())
_THIS = (SignUp.id == _SIGNUP, SignUp.organisation_id == _ORGANISATION)
# Built once: building them takes longer than running them. As one list, so that PostgreSQL looks each one up.
_THESE: CompoundSelect[Any] = union_all(
    select(Person.id).where(Person.id.in_(bindparam("people", type_=Id, expanding=True))),
    select(SignUp.organiser_id).where(*_THIS),
    select(Grant.person_id).join(SignUp, is_charge_of(SignUp)).where(*_THIS, Grant.held_on(_TODAY)),
)
_PEOPLE = (
    select(
        Person.id,
        select(Profile.year_of_study).where(Profile.person_id == Person.id).limit(1).scalar_subquery().label("year"),
        select(Term.lc_id)
        .where(Term.person_id == Person.id, Term.lc_id.is_not(None), Term.held_on(_TODAY))
        .order_by(Term.id)
        .limit(1)
        .scalar_subquery()
        .label("lc_id"),
    )
    .where(Person.id.in_(_THESE))
    .order_by(Person.id)
    .with_for_update(read=True, key_share=True)
)
_GROUP = (
    select(SignUp)
    .where(
        SignUp.organisation_id == _ORGANISATION,
        or_(SignUp.id == _SIGNUP, SignUp.rank_group == select(SignUp.rank_group).where(*_THIS).scalar_subquery()),
    )
    .order_by(SignUp.id)
    .with_for_update()
    .execution_options(populate_existing=True)
)


async def lock_people(
    session: AsyncSession, moment: Moment, signup_id: int, people: Iterable[int] = ()
) -> Sequence[Row[Any]]:
    """These and those who organise the sign-up, in the order of their ids, with their ``year`` and ``lc_id`` today."""
    parameters = {
        "organisation": moment.organisation_id,
        "signup": signup_id,
        "today": moment.today,
        "people": list(people),
    }
    return await fetch(session, _PEOPLE, parameters)


async def locked(
    session: AsyncSession, moment: Moment, signup_id: int, people: Iterable[int] = ()
) -> dict[int, SignUp]:
    """The sign-up and those of its group, by id; nothing if there is no such one here. Its owner shows it anew after
    the transaction, as it is locked to be changed.

    People come first and sign-ups in the order of their ids: two who lock in different orders wait for each other, and
    a deletion begins with the person. Nobody's row may go while theirs is written.
    """
    await lock_people(session, moment, signup_id, people)
    return await lock_group(session, moment, signup_id)


async def lock_group(session: AsyncSession, moment: Moment, signup_id: int) -> dict[int, SignUp]:
    """The second half of ``locked``: the people are locked."""
    parameters = {"organisation": moment.organisation_id, "signup": signup_id}
    found = {signup.id: signup for signup in await session.scalars(_GROUP, parameters)}
    if signup_id not in found:
        return {}
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
