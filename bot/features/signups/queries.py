"""What others read of sign-ups: counts for a card, a person's own, the people for an organiser."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import aliased

from bot.db import Instant, Reader, fetch
from bot.features.homes.facts import Query
from bot.features.members.models import Profile
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, NOW, parameter
from bot.features.people.models import Grant, Person
from bot.features.people.rules import Right
from bot.features.signups import rules
from bot.features.signups.book import IN_LINE, groups_of, place_in_line, taken_in
from bot.features.signups.messages import may_be_told, wants_none
from bot.features.signups.models import Choice, Mode, Party, PartyMember, PartyState, SignUp, SignUpState
from bot.features.signups.rules import Book, Times
from bot.features.signups.values import ChoiceLine, Counts, OwnParty, OwnSignUp, Participant

#: Something that began within it may still go on.
A_DAY = timedelta(days=1)


async def counts(reader: Reader, signup_ids: Collection[int], now: datetime | None = None) -> dict[int, Counts]:
    """How many people stand where. ``now``: reservations that have ended by then aren't taken off what is free."""
    query = (
        select(Party.signup_id, Party.state, Party.is_over, func.count().label("n"))
        .join(PartyMember, PartyMember.party_id == Party.id)
        .where(Party.signup_id.in_(signup_ids), Party.ended_at.is_(None), PartyMember.is_live)
        .group_by(Party.signup_id, Party.state, Party.is_over)
    )
    people: dict[int, Counter[str]] = defaultdict(Counter)
    for row in await fetch(reader, query):
        people[row.signup_id][row.state] += row.n
        people[row.signup_id]["over"] += row.n if row.is_over else 0
    groups, taken = await groups_of(reader, signup_ids), await taken_in(reader, signup_ids)
    limits = select(SignUp.id, SignUp.limit, SignUp.held).where(SignUp.id.in_(signup_ids))
    found = {}
    for row in await fetch(reader, limits):
        book = Book(Times("UTC"), row.limit, row.held, groups=groups[row.id], taken=taken[row.id])
        free = book.free_for_all(now) if now is not None else book.free
        there = people[row.id]
        found[row.id] = Counts(
            there[PartyState.ACCEPTED],
            there[PartyState.OFFERED],
            there[PartyState.WAITING],
            there[PartyState.APPLIED],
            row.limit,
            None if free is None else max(0, free),
            there["over"],
            tuple(groups[row.id]),
        )
    return found


_TOGETHER = aliased(PartyMember)
#: How many people are in a party.
_SIZE = (
    select(func.count())
    .where(_TOGETHER.party_id == Party.id, _TOGETHER.is_live)
    .correlate(Party)
    .scalar_subquery()
    .label("size")
)


async def party_of(
    reader: Reader, signup_id: int, person_id: int | None, now: datetime | None = None
) -> OwnParty | None:
    """A person's live party in a sign-up, else their last one; None if they never signed up."""
    query = (
        select(
            Party.id,
            Party.signup_id,
            Party.state,
            Party.choice_id,
            Party.priority,
            Party.applied_at,
            Party.offer_until,
            Party.reason,
            Party.ended_at,
            PartyMember.may_message,
            SignUp.is_calling,
            may_be_told().label("hears"),
            wants_none().label("wants_none"),
            _SIZE,
        )
        .join(PartyMember, PartyMember.party_id == Party.id)
        .join(SignUp, SignUp.id == Party.signup_id)
        .outerjoin(Profile, Profile.person_id == PartyMember.person_id)
        .where(
            Party.signup_id == signup_id, PartyMember.person_id == (person_id or 0), PartyMember.agreed_at.is_not(None)
        )
        .where(PartyMember.is_live | Party.ended_at.is_not(None))
        .order_by(PartyMember.is_live.desc(), Party.id.desc())
        .limit(1)
    )
    for row in await fetch(reader, query):
        position = length = None
        if row.state == PartyState.WAITING:
            position, length = await place_in_line(reader, row)
        is_offered = row.state == PartyState.OFFERED and (now is None or now < row.offer_until)
        return OwnParty(
            row.id,
            row.signup_id,
            PartyState(row.state),
            row.choice_id,
            row.size,
            row.may_message,
            row.offer_until,
            row.reason,
            row.ended_at is None,
            position,
            length,
            is_offered or (row.state == PartyState.WAITING and row.is_calling),
            bool(row.hears),
            bool(row.wants_none),
        )
    return None


async def choices_of(reader: Reader, signup_id: int) -> list[ChoiceLine]:
    """Its own answers in their order, with how many took each."""
    choices = select(Choice.__table__).where(Choice.signup_id == signup_id).order_by(Choice.position, Choice.id)
    by_choice = (
        select(Party.choice_id, func.count().label("n"))
        .join(PartyMember, PartyMember.party_id == Party.id)
        .where(Party.signup_id == signup_id, Party.state.in_([one.value for one in rules.TAKEN]), PartyMember.is_live)
        .group_by(Party.choice_id)
    )
    taken = {one.choice_id: one.n for one in await fetch(reader, by_choice)}
    return [
        ChoiceLine(one.id, one.label_ja, one.label_en, one.limit, taken.get(one.id, 0))
        for one in await fetch(reader, choices)
    ]


async def people_of(reader: Reader, signup_id: int, states: Collection[PartyState] = rules.LIVE) -> list[Participant]:
    """The people of a sign-up whose parties stand there, in the order of the line. For its organisers alone."""
    query = (
        select(
            Party.id,
            PartyMember.person_id,
            Person.display_name,
            Person.discord_user_id,
            Party.choice_id,
            Party.state,
            Party.applied_at,
            Party.is_over,
        )
        .join(PartyMember, PartyMember.party_id == Party.id)
        .outerjoin(Person, Person.id == PartyMember.person_id)
        .where(Party.signup_id == signup_id, Party.state.in_([one.value for one in states]))
        .where(PartyMember.agreed_at.is_not(None), PartyMember.is_live | Party.ended_at.is_not(None))
        .order_by(*IN_LINE, PartyMember.id)
    )
    found: list[Participant] = []
    positions: dict[int, int] = {}
    for row in await fetch(reader, query):
        waits = row.state == PartyState.WAITING
        if waits:
            positions.setdefault(row.id, len(positions) + 1)
        found.append(
            Participant(
                row.id,
                row.person_id,
                row.display_name or "",
                row.choice_id,
                PartyState(row.state),
                row.applied_at,
                row.is_over,
                row.discord_user_id is not None,
                positions.get(row.id),
            )
        )
    return found


def _is_ahead(since: Any) -> ColumnElement[bool]:
    """Sign-ups for what hasn't begun before ``since`` (None: for anything), or has no beginning."""
    if since is None:
        return true()
    return or_(SignUp.begins_at.is_(None), SignUp.begins_at >= since)


async def own_signups(reader: Reader, person_id: int | None, since: datetime | None = None) -> list[OwnSignUp]:
    """What a person has signed up for and hasn't left, the next to begin first; without a beginning, last. ``since``:
    what began before isn't among it."""
    query = (
        select(
            SignUp.id,
            Party.id.label("party_id"),
            SignUp.owner_kind,
            SignUp.owner_id,
            SignUp.title_ja,
            SignUp.title_en,
            SignUp.page,
            Party.state,
            SignUp.begins_at,
            Party.offer_until,
        )
        .join(Party, Party.signup_id == SignUp.id)
        .join(PartyMember, PartyMember.party_id == Party.id)
        .where(PartyMember.person_id == (person_id or 0), PartyMember.is_live, _is_ahead(since))
        .order_by(SignUp.begins_at.is_(None), SignUp.begins_at, SignUp.id)
    )
    return [
        OwnSignUp(
            row.id,
            row.party_id,
            row.owner_kind,
            row.owner_id,
            row.title_ja,
            row.title_en,
            row.page,
            PartyState(row.state),
            row.begins_at,
            row.offer_until,
        )
        for row in await fetch(reader, query)
    ]


_PLACES = (
    select(SignUp.id, SignUp.title_ja.label("ja"), SignUp.title_en.label("en"))
    .join(Party, Party.signup_id == SignUp.id)
    .join(PartyMember, PartyMember.party_id == Party.id)
    .where(
        PartyMember.person_id == ASKER.person_id,
        PartyMember.is_live,
        SignUp.state == SignUpState.OPEN.value,
        or_(
            and_(Party.state == PartyState.OFFERED.value, Party.offer_until > NOW),
            and_(Party.state == PartyState.WAITING.value, SignUp.is_calling),
        ),
    )
)


def places_waiting(actor: Actor) -> Query | None:
    """For home: sign-ups in which the actor may take a place now, by an offer or at the last call."""
    return None if actor.person_id is None else _PLACES


_INVITATIONS = (
    select(Party.id, SignUp.title_ja.label("ja"), SignUp.title_en.label("en"))
    .join(SignUp, SignUp.id == Party.signup_id)
    .join(PartyMember, PartyMember.party_id == Party.id)
    .where(
        PartyMember.person_id == ASKER.person_id,
        PartyMember.agreed_at.is_(None),
        Party.state == PartyState.APPLIED.value,
    )
)


def invitations(actor: Actor) -> Query | None:
    """For home: parties (``id``) to which somebody has invited the actor, with what they are for."""
    return None if actor.person_id is None else _INVITATIONS


def _to_decide() -> Query:
    asked = aliased(PartyMember)
    granted = select(Grant.id).where(
        Grant.person_id == ASKER.person_id,
        Grant.right == Right.ORGANISE.value,
        Grant.subject_kind == SignUp.owner_kind,
        Grant.subject_id == SignUp.owner_id,
        Grant.held_on(ASKER.today),
    )
    return (
        select(SignUp.id, SignUp.title_ja.label("ja"), SignUp.title_en.label("en"), func.count().label("n"))
        .join(Party, Party.signup_id == SignUp.id)
        .join(PartyMember, PartyMember.party_id == Party.id)
        .where(
            SignUp.organisation_id == ASKER.organisation_id,
            SignUp.state == SignUpState.OPEN.value,
            SignUp.mode == Mode.APPROVAL.value,
            Party.state == PartyState.APPLIED.value,
            PartyMember.is_live,
            # Of a party that isn't complete, its own members' answers are missing.
            ~select(asked.id).where(asked.party_id == Party.id, asked.agreed_at.is_(None)).exists(),
            granted.exists(),
        )
        .group_by(SignUp.id, SignUp.title_ja, SignUp.title_en)
        .order_by(SignUp.id)
    )


_TO_DECIDE = _to_decide()


def to_decide(actor: Actor) -> Query | None:
    """For home: sign-ups whose organiser the actor is, with ``n`` people who wait for a yes or a no."""
    return None if actor.person_id is None else _TO_DECIDE


_YESTERDAY = parameter(Instant(), lambda _, now: now - A_DAY)
_SIGNED_UP = (
    select(func.count().label("n"))
    .select_from(PartyMember)
    .join(SignUp, SignUp.id == PartyMember.signup_id)
    .where(PartyMember.person_id == ASKER.person_id, PartyMember.is_live, _is_ahead(_YESTERDAY))
)


def signed_up(actor: Actor) -> Query | None:
    """For home: ``n`` sign-ups that aren't over for a day have the actor in them."""
    return None if actor.person_id is None else _SIGNED_UP
