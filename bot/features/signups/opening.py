"""What the owner of a sign-up does with it, in the change of its own: open, change, cancel, open again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.deliveries.outbox import cancel
from bot.deliveries.values import Recipient
from bot.errors import Conflict, Invalid
from bot.features.organisations.naming import both_names
from bot.features.people.changes import Change
from bot.features.signups import rules
from bot.features.signups.book import end_all, plan, settle, shorten, times_of
from bot.features.signups.locking import locked
from bot.features.signups.messages import DECIDE, SUBJECT, TELL, members_of
from bot.features.signups.models import (
    CHOICE,
    TITLE,
    Choice,
    Party,
    PartyState,
    Quota,
    SignUp,
)
from bot.features.signups.placing import LONGEST
from bot.features.signups.values import NewChoice, NewQuota, NewSignUp
from bot.features.tasks.service import DROP, end_by_itself
from bot.i18n import N_
from bot.kit.moments import Moment

#: What ``change_signup`` takes, besides ``choice_limits``.
CHANGEABLE = frozenset(
    {
        "title_ja",
        "title_en",
        "page",
        "lc_id",
        "committee",
        "for_lc_only",
        "also_lc_ids",
        "organiser_id",
        "limit",
        "held",
        "mode",
        "has_line",
        "opens_at",
        "closes_at",
        "begins_at",
        "offer_hours",
        "last_call_hours",
    }
)
_TIMES = {"opens_at", "closes_at", "begins_at", "offer_hours", "last_call_hours"}
#: What a menu of Discord holds.
MOST_CHOICES = 25
CHOSEN = N_("Somebody has chosen “{name}”. Please keep it as it is. A limit can be changed.")


@dataclass(frozen=True, slots=True)
class ToTell:
    """Somebody of a party that has ended. ``was``: where it stood before. ``recipient``: None where the bot may not
    write to them."""

    party_id: int
    person_id: int
    was: PartyState
    recipient: Recipient | None


async def open_signup(change: Change, new: NewSignUp) -> SignUp:
    """Open a sign-up for a row of the owner's; there is one for each.

    Raises:
        Invalid: a limit, a time or a title can't be used.
    """
    opener = new.organiser_id or change.actor.person_id
    return await open_by_itself(change.session, change.moment, replace(new, organiser_id=opener))


async def open_by_itself(session: AsyncSession, moment: Moment, new: NewSignUp) -> SignUp:
    """As ``open_signup``, where the bot makes it."""
    title_ja, title_en = both_names(new.title_ja[:TITLE], new.title_en[:TITLE], TITLE)
    signup = SignUp(
        organisation_id=moment.organisation_id,
        owner_kind=new.owner_kind,
        owner_id=new.owner_id,
        page=new.page,
        shows=new.shows,
        turn=0,
        title_ja=title_ja,
        title_en=title_en,
        lc_id=new.lc_id,
        committee=new.committee,
        for_lc_only=new.for_lc_only,
        also_lc_ids=list(new.also_lc_ids),
        organiser_id=new.organiser_id,
        limit=new.limit,
        held=new.held,
        mode=new.mode.value,
        has_line=new.has_line,
        rank_group=new.rank_group,
        opens_at=new.opens_at,
        closes_at=new.closes_at,
        begins_at=new.begins_at,
        offer_hours=new.offer_hours,
        last_call_hours=new.last_call_hours,
        state=rules.SIGNUP.first.value,
        is_calling=False,
        generation=0,
        created_at=moment.now,
    )
    _check(signup)
    if len(new.choices) > MOST_CHOICES:
        raise Invalid(N_("Up to {n} answers are possible. Please leave some out."), n=MOST_CHOICES)
    session.add(signup)
    await session.flush()
    session.add_all(_choice(signup.id, at, one) for at, one in enumerate(new.choices))
    session.add_all(_quota(signup.id, one) for one in new.quotas)
    await session.flush()
    await plan(session, moment, signup)
    return signup


async def set_choices(change: Change, signup: SignUp, choices: Sequence[NewChoice]) -> None:
    """Give a sign-up other answers of its own, in this order. One of the same Japanese name stays the same. A lower
    limit removes nobody.

    Raises Invalid: one that somebody has chosen, now or before, is missing. Nothing is changed then.
    """
    session = change.session
    await locked(session, change.moment, signup.id)
    here = select(Choice).where(Choice.signup_id == signup.id)
    known = {one.label_ja: one for one in await session.scalars(here)}
    for name in known.keys() - {one.label_ja for one in choices}:
        taken = select(Party.id).where(Party.choice_id == known[name].id).limit(1)
        if await session.scalar(taken) is not None:
            raise Invalid(CHOSEN, name=name)
        await session.delete(known[name])
    for at, new in enumerate(choices):
        fresh = _choice(signup.id, at, new)
        if (one := known.get(new.label_ja)) is None:
            session.add(fresh)
        else:
            one.position, one.label_en, one.limit = at, fresh.label_en, fresh.limit
    await session.flush()
    await settle(session, change.moment, signup)


def _choice(signup_id: int, position: int, new: NewChoice) -> Choice:
    _check_number(new.limit)
    label_ja, label_en = both_names(new.label_ja, new.label_en, CHOICE)
    return Choice(signup_id=signup_id, position=position, label_ja=label_ja, label_en=label_en, limit=new.limit)


def _quota(signup_id: int, new: NewQuota) -> Quota:
    _check_number(new.seats)
    if new.first_year is not None and new.last_year is not None and new.first_year > new.last_year:
        raise Invalid(N_("The first year of study is after the last one. Please check them."))
    return Quota(
        signup_id=signup_id,
        kind=new.kind.value,
        seats=new.seats,
        lc_id=new.lc_id,
        first_year=new.first_year,
        last_year=new.last_year,
        until=new.until,
    )


async def signup_of(change: Change, owner_kind: str, owner_id: int) -> SignUp | None:
    """The sign-up of a row of the owner's; None if it has none. It is locked, with all that hangs on it."""
    this = (SignUp.owner_kind == owner_kind, SignUp.owner_id == owner_id)
    found = await change.session.scalar(select(SignUp.id).where(*this))
    if found is None:
        return None
    return (await locked(change.session, change.moment, found)).get(found)


async def change_signup(
    change: Change,
    signup: SignUp,
    *,
    choice_limits: Mapping[int, int | None] | None = None,
    quotas: Sequence[NewQuota] | None = None,
    **what: Any,
) -> None:
    """Give a sign-up other values of ``CHANGEABLE``, choices (by id) other limits, and groups other ``quotas``, which
    take the place of all that there were.

    A lower limit removes nobody, and takes no offer back; nobody else is asked until something is free. A higher one
    is offered to the line at once.

    Raises:
        Invalid: a limit, a time or a title can't be used. Nothing is changed then.
    """
    assert what.keys() <= CHANGEABLE, what.keys() - CHANGEABLE
    session, moment = change.session, change.moment
    await locked(session, moment, signup.id)
    if "title_ja" in what or "title_en" in what:
        titles = (what.get("title_ja", signup.title_ja), what.get("title_en", signup.title_en))
        what["title_ja"], what["title_en"] = both_names(titles[0][:TITLE], titles[1][:TITLE], TITLE)
    if "mode" in what:
        what["mode"] = str(what["mode"])
    changed = set(signup.take(what))
    _check(signup)
    for choice_id, limit in (choice_limits or {}).items():
        _check_number(limit)
        (await session.get_one(Choice, choice_id)).limit = limit
    if quotas is not None:
        old = delete(Quota).where(Quota.signup_id == signup.id)
        await session.execute(old.execution_options(synchronize_session=False))
        session.add_all(_quota(signup.id, one) for one in quotas)
    if changed & _TIMES or quotas is not None:
        signup.generation += 1
        await session.flush()
        await shorten(session, moment, signup)
        await plan(session, moment, signup)
    await settle(session, moment, signup)


async def cancel_signup(change: Change, signup: SignUp) -> list[ToTell]:
    """All of it is off: nobody has a place or waits any more. Returns those who did, whom the owner tells why; the bot
    says nothing of it by itself.

    Raises:
        Conflict: it is cancelled already.
    """
    session, moment = change.session, change.moment
    await locked(session, moment, signup.id)
    rules.CANCEL_ALL.put(signup)
    signup.is_calling = False
    standing = select(Party.id, Party.state).where(Party.signup_id == signup.id, Party.ended_at.is_(None))
    was = {row.id: PartyState(row.state) for row in await fetch(session, standing)}
    await end_all(session, moment, signup, rules.CANCEL)
    await cancel(session, moment.organisation_id, f"signup:{signup.id}:look", change.now)
    await end_by_itself(session, DROP, SUBJECT, signup.id, TELL, DECIDE)
    return [
        ToTell(one.party_id, one.person_id, was[one.party_id], one.recipient) for one in await members_of(session, was)
    ]


async def reopen(change: Change, signup: SignUp) -> None:
    """People can sign up again, until a time that lies ahead. Those who lost their place or their wait sign up anew.

    Raises:
        Conflict: it is open, or its time is over; change its times first.
    """
    session, moment = change.session, change.moment
    await locked(session, moment, signup.id)
    if has_ended(change, signup):
        raise Conflict(N_("Its time is over. Please give it a later time first."))
    rules.REOPEN.put(signup)
    signup.generation += 1
    await plan(session, moment, signup)
    await settle(session, moment, signup)


def has_ended(change: Change, signup: SignUp) -> bool:
    """Is its time over?"""
    return times_of(signup, change.moment.time_zone).is_over(change.now)


def _check_number(number: int | None) -> None:
    if number is not None and not 0 <= number <= rules.MOST:
        raise Invalid(rules.BAD_NUMBER, n=rules.MOST)


def _check(signup: SignUp) -> None:
    _check_number(signup.limit)
    _check_number(signup.held)
    if not 1 <= signup.offer_hours <= LONGEST or not 0 <= (signup.last_call_hours or 0) <= LONGEST:
        raise Invalid(N_("Please enter a number of hours from 1 to {n}."), n=LONGEST)
    if signup.limit is not None and signup.held > signup.limit:
        raise Invalid(N_("You can't keep back more seats than there are. Please enter a smaller number."))
    ends = [one for one in (signup.closes_at, signup.begins_at) if one is not None]
    if signup.opens_at is not None and ends and signup.opens_at >= min(ends):
        raise Invalid(N_("Sign-up would open after it closes. Please check the times."))
    if signup.begins_at is not None and signup.closes_at is not None and signup.closes_at > signup.begins_at:
        raise Invalid(N_("Sign-up would close after the beginning. Please choose an earlier time."))
