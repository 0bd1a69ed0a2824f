"""What others read of sign-ups: counts for a card, a person's own, the people for an organiser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, func, or_, select, true, tuple_
from sqlalchemy.orm import aliased

from bot.db import Id, Instant, Reader, fetch
from bot.features.homes.facts import Query
from bot.features.members.models import Profile
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, NOW, parameter
from bot.features.people.entitlements import joined
from bot.features.people.models import Grant, Person
from bot.features.people.rules import Right
from bot.features.signups import rules
from bot.features.signups.book import IN_LINE, groups_of, taken_in
from bot.features.signups.messages import may_be_told, wants_none
from bot.features.signups.models import Choice, Mode, Party, PartyMember, PartyState, Quota, SignUp, SignUpState
from bot.features.signups.rules import Book, Seat, Times
from bot.features.signups.values import ChoiceLine, Counts, OwnParty, OwnSignUp, Participant

#: Something that began within it may still go on.
A_DAY = timedelta(days=1)


_BY_STATE = (PartyState.ACCEPTED, PartyState.OFFERED, PartyState.WAITING, PartyState.APPLIED)
_NUMBERS = [func.count().filter(Party.state == one.value) for one in _BY_STATE]
#: Of a ``SignUp``: how many people stand where, for ``counts_in``.
COUNTED = (
    SignUp.id.label("signup_id"),
    SignUp.limit.label("places"),
    SignUp.held.label("held"),
    exists().where(Quota.signup_id == SignUp.id).correlate(SignUp).label("has_groups"),
    select(joined(*_NUMBERS, func.count().filter(Party.is_over)))
    .select_from(Party)
    .join(PartyMember, PartyMember.party_id == Party.id)
    .where(Party.signup_id == SignUp.id, Party.ended_at.is_(None), PartyMember.is_live)
    .correlate(SignUp)
    .scalar_subquery()
    .label("counted"),
)
_COUNTS = select(*COUNTED).where(SignUp.id.in_(bindparam("signups", type_=Id, expanding=True)))


async def counts(reader: Reader, signup_ids: Collection[int], now: datetime | None = None) -> dict[int, Counts]:
    """How many people stand where. ``now``: reservations that have ended by then aren't taken off what is free."""
    return await counts_in(reader, await fetch(reader, _COUNTS, {"signups": list(signup_ids)}), now)


async def counts_in(reader: Reader, rows: Sequence[Any], now: datetime | None = None) -> dict[int, Counts]:
    """The same of rows with ``COUNTED``. Two statements more where a group has limits of its own."""
    grouped = [row.signup_id for row in rows if row.has_groups]
    groups = await groups_of(reader, grouped) if grouped else {}
    taken = await taken_in(reader, grouped) if grouped else {}
    found = {}
    for row in rows:
        accepted, offered, waiting, applied, over = map(int, row.counted.split("|"))
        own, seats = groups.get(row.signup_id, ()), taken.get(row.signup_id, Counter({Seat(): accepted + offered}))
        book = Book(Times("UTC"), row.places, row.held, groups=own, taken=seats)
        free = book.free_for_all(now) if now is not None else book.free
        left = None if free is None else max(0, free)
        found[row.signup_id] = Counts(accepted, offered, waiting, applied, row.places, left, over, tuple(own))
    return found


PERSON = bindparam("person", type_=Id)
_MINE, _ITS, _TOGETHER, _LINE = aliased(PartyMember), aliased(Party), aliased(PartyMember), aliased(Party)
#: Of a ``SignUp``: the number of ``PERSON`` in their live party, else in their last one.
OWN_MEMBER = (
    select(_MINE.id)
    .join(_ITS, _ITS.id == _MINE.party_id)
    .where(
        _MINE.signup_id == SignUp.id,
        _MINE.person_id == PERSON,
        _MINE.agreed_at.is_not(None),
        _MINE.is_live | _ITS.ended_at.is_not(None),
    )
    .order_by(_MINE.is_live.desc(), _ITS.id.desc())
    .limit(1)
    .correlate(SignUp)
    .scalar_subquery()
)


def _if_waiting(count: Any) -> ColumnElement[int | None]:
    """Of the parties in the line of a ``Party`` that waits."""
    line = select(count).where(_LINE.signup_id == Party.signup_id, _LINE.state == PartyState.WAITING.value)
    return case((Party.state == PartyState.WAITING.value, line.correlate(Party).scalar_subquery()))


#: Of the ``Party`` of that ``PartyMember``, with the ``SignUp`` and their ``Profile``, for ``party_in``.
OWN = (
    Party.id.label("own_id"),
    Party.signup_id.label("own_signup"),
    Party.state.label("own_state"),
    Party.choice_id.label("own_choice"),
    Party.offer_until.label("own_offer_until"),
    Party.reason.label("own_reason"),
    Party.ended_at.label("own_ended_at"),
    PartyMember.may_message.label("own_may_message"),
    SignUp.is_calling.label("own_is_calling"),
    may_be_told().label("own_hears"),
    wants_none().label("own_wants_none"),
    select(func.count())
    .where(_TOGETHER.party_id == Party.id, _TOGETHER.is_live)
    .correlate(Party)
    .scalar_subquery()
    .label("own_size"),
    _if_waiting(
        func.count().filter(
            tuple_(_LINE.priority, _LINE.applied_at, _LINE.id) <= tuple_(Party.priority, Party.applied_at, Party.id)
        )
    ).label("own_position"),
    _if_waiting(func.count()).label("own_length"),
)
_OWN = (
    select(*OWN)
    .select_from(SignUp)
    .join(PartyMember, PartyMember.id == OWN_MEMBER)
    .join(Party, Party.id == PartyMember.party_id)
    .outerjoin(Profile, Profile.person_id == PartyMember.person_id)
    .where(SignUp.id == bindparam("signup", type_=Id))
)


async def party_of(
    reader: Reader, signup_id: int, person_id: int | None, now: datetime | None = None
) -> OwnParty | None:
    """A person's live party in a sign-up, else their last one; None if they never signed up."""
    rows = await fetch(reader, _OWN, {"signup": signup_id, "person": person_id or 0})
    return party_in(rows[0], now) if rows else None


def party_in(row: Any, now: datetime | None = None) -> OwnParty | None:
    """The same of a row with ``OWN``."""
    if row.own_id is None:
        return None
    state = PartyState(row.own_state)
    is_offered = state is PartyState.OFFERED and (now is None or now < row.own_offer_until)
    return OwnParty(
        row.own_id,
        row.own_signup,
        state,
        row.own_choice,
        row.own_size,
        row.own_may_message,
        row.own_offer_until,
        row.own_reason,
        row.own_ended_at is None,
        row.own_position,
        row.own_length,
        is_offered or (state is PartyState.WAITING and row.own_is_calling),
        bool(row.own_hears),
        bool(row.own_wants_none),
    )


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
