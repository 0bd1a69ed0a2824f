"""Reading events: as cards for one reader, and as lists of what is coming."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, func, select

from bot.db import Id, Reader, fetch
from bot.errors import Conflict, NextStep, NotAllowed, NotFound
from bot.features.committees.models import StandingCommittee
from bot.features.events.homes import makes
from bot.features.events.hosting import Hosting, hosts_of
from bot.features.events.invited import ANSWER, Answer
from bot.features.events.models import (
    KIND,
    Audience,
    Event,
    EventAnswer,
    EventHost,
    EventInvitation,
    EventQuestion,
    EventReportPicture,
    EventSeries,
    EventState,
    EventThread,
    Language,
)
from bot.features.events.repeats import Repeat, from_text
from bot.features.events.rules import When
from bot.features.events.steps import draft_step, show_step
from bot.features.local_committees.queries import with_lc
from bot.features.members.models import Profile
from bot.features.organisations.models import Organisation
from bot.features.people.actors import Actor
from bot.features.people.rules import Right
from bot.features.signups.models import Party, PartyMember, PartyState, SignUp, SignUpState
from bot.features.signups.placing import PlaceRules, from_json, rules_in
from bot.features.signups.queries import COUNTED, OWN, OWN_MEMBER, PERSON, choices_of, counts_in, party_in
from bot.features.signups.values import ChoiceLine, Counts, OwnParty
from bot.i18n import N_

GONE = N_("That event doesn't exist any more. Please choose from the list.")
LIST = NextStep(N_("Events"), "events:list:coming")
NOT_FOR_YOU = N_("This event is for members of {lc}. Other events are in the list.")
#: Events on a page of a list.
PER_PAGE = 8
#: How far home looks ahead, and how many events it shows.
WEEK, MONTH, SHOWN_AT_HOME = timedelta(days=7), timedelta(days=31), 3
#: So long ago events are shown where nothing is coming.
LATELY = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class EventCard:
    """An event as one reader sees it. ``link`` is "" for those who don't come. ``counts``: None for a draft.

    ``is_organiser``: was put in charge by name, and so sees who comes. ``may_edit``: they, and officers of the place.
    """

    event_id: int
    version: int
    state: EventState
    uid: str
    sequence: int
    title_ja: str
    title_en: str
    text: str
    text_en: str
    language: Language | None
    pasted: str
    when: When | None
    closes: datetime | None
    time_zone: str
    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    link: str
    has_link: bool
    is_online: bool
    audience: Audience
    limit: int | None
    cost: str
    alcohol: bool | None
    reason: str
    changed_at: datetime
    lc_id: int | None
    lc_ja: str | None
    lc_en: str | None
    committee_id: int | None
    committee_ja: str | None
    committee_en: str | None
    abbreviation: str | None
    emoji: str | None
    colour: int | None
    channel_id: int | None
    picture_id: int | None
    has_banner: bool
    shows_names: bool
    #: Its thread in Discord, for those who come and its organisers.
    thread_id: int | None
    signup_id: int | None
    #: Can people sign up now?
    is_open: bool
    counts: Counts | None = None
    mine: OwnParty | None = None
    #: Of a reader who was invited.
    answer: Answer | None = None
    is_organiser: bool = False
    may_edit: bool = False
    #: May begin one like it: makes events for its LC, its committee or the organisation.
    may_copy: bool = False
    #: None: it doesn't repeat (any more). ``series_id`` stays.
    repeat: Repeat | None = None
    series_id: int | None = None
    place_rules: PlaceRules = field(default_factory=PlaceRules)
    #: The ways to take part, if there are several.
    choices: Sequence[ChoiceLine] = ()
    #: Besides its own place.
    hosts: Sequence[Hosting] = ()
    #: How many questions it has, and how many of them the reader, who is signed up, was never asked.
    questions: int = 0
    unanswered: int = 0
    #: What it was like, and how many pictures there are of it.
    report: str = ""
    pictures: int = 0
    #: The event's zone where it isn't the organisation's.
    elsewhere: str | None = None


_COMMITTEE = (
    StandingCommittee.name_ja.label("committee_ja"),
    StandingCommittee.name_en.label("committee_en"),
    StandingCommittee.key.label("committee_key"),
    StandingCommittee.abbreviation,
    StandingCommittee.emoji,
    StandingCommittee.colour,
)
SIGNUP = and_(SignUp.owner_kind == KIND, SignUp.owner_id == Event.id)
#: Its zone where it isn't the organisation's.
ELSEWHERE = func.nullif(Event.time_zone, Organisation.time_zone).label("elsewhere")
#: How many show what it was like.
PICTURES = (
    select(func.count(EventReportPicture.id))
    .where(EventReportPicture.event_id == Event.id)
    .correlate(Event)
    .scalar_subquery()
)
_CARD = with_lc(
    select(
        *Event.__table__.c,
        ELSEWHERE,
        *_COMMITTEE,
        *COUNTED,
        *OWN,
        case((EventInvitation.id.is_not(None), ANSWER)).label("answer"),
        SignUp.state.label("signup_state"),
        SignUp.mode.label("signup_mode"),
        SignUp.opens_at.label("signup_opens_at"),
        SignUp.last_call_hours.label("signup_last_call_hours"),
        select(func.count(EventQuestion.id))
        .where(EventQuestion.event_id == Event.id)
        .correlate(Event)
        .scalar_subquery()
        .label("questions"),
        select(func.count(EventHost.id))
        .where(EventHost.event_id == Event.id)
        .correlate(Event)
        .scalar_subquery()
        .label("hosts"),
        PICTURES.label("pictures"),
        EventSeries.repeat.label("series_repeat"),
        EventThread.thread_id,
    )
    .join(Organisation, Organisation.id == Event.organisation_id)
    .outerjoin(EventThread, EventThread.event_id == Event.id)
    .outerjoin(StandingCommittee, StandingCommittee.id == Event.committee_id)
    .outerjoin(EventSeries, and_(EventSeries.id == Event.series_id, EventSeries.ended_at.is_(None)))
    .outerjoin(SignUp, SIGNUP)
    .outerjoin(PartyMember, PartyMember.id == OWN_MEMBER)
    .outerjoin(Party, Party.id == PartyMember.party_id)
    .outerjoin(Profile, Profile.person_id == PartyMember.person_id)
    .outerjoin(EventInvitation, and_(EventInvitation.event_id == Event.id, EventInvitation.person_id == PERSON)),
    Event.lc_id,
    outer=True,
).where(Event.id == bindparam("event", type_=Id), Event.organisation_id == bindparam("organisation", type_=Id))


def local(text: str | None) -> datetime | None:
    """The naive wall time in a column."""
    return None if text is None else datetime.fromisoformat(text)


def when_in(row: Any) -> When | None:
    """Of a row with the columns of an event."""
    starts = local(row.starts_local)
    return None if starts is None else When(starts, local(row.ends_local), row.whole_days)


async def row_of(reader: Reader, organisation_id: int, event_id: int, person_id: int | None = None) -> Row[Any]:
    """With what a person has to do with it. One statement. Raises NotFound."""
    parameters = {"event": event_id, "organisation": organisation_id, "person": person_id or 0}
    rows = await fetch(reader, _CARD, parameters)
    if not rows:
        raise NotFound(GONE, next_steps=[LIST])
    return rows[0]


async def card_of(
    reader: Reader, event_id: int, organisation_id: int, now: datetime, actor: Actor | None = None
) -> EventCard:
    """For ``actor``, or as everybody in a channel may see it.

    Raises:
        NotFound: there is none, or it is somebody else's draft.
    """
    row = await row_of(reader, organisation_id, event_id, actor.person_id if actor is not None else None)
    may_edit = actor is not None and may_organise(actor, row)
    if row.state == EventState.DRAFT and not may_edit:
        raise NotFound(GONE, next_steps=[LIST])
    mine = party_in(row, now)
    is_organiser = actor is not None and organises(actor, event_id)
    comes = mine is not None and mine.is_live and mine.state is PartyState.ACCEPTED
    found = await counts_in(reader, [row], now) if row.signup_id is not None else {}
    answers = await _answers_of(reader, actor, event_id) if row.questions and mine is not None and mine.is_live else 0
    return EventCard(
        event_id=row.id,
        version=row.version,
        state=EventState(row.state),
        uid=row.uid,
        sequence=row.sequence,
        title_ja=row.title_ja,
        title_en=row.title_en,
        text=row.text,
        text_en=row.text_en,
        language=Language(row.language) if row.language else None,
        pasted=row.pasted,
        when=when_in(row),
        closes=local(row.closes_local),
        time_zone=row.time_zone,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        place=row.place,
        link=row.link if comes or may_edit else "",
        has_link=bool(row.link),
        is_online=row.is_online,
        audience=Audience(row.audience),
        limit=row.limit if row.signup_id is None else row.places,
        cost=row.cost,
        alcohol=row.alcohol,
        reason=row.reason,
        changed_at=row.changed_at,
        lc_id=row.lc_id,
        lc_ja=row.lc_ja,
        lc_en=row.lc_en,
        committee_id=row.committee_id,
        committee_ja=row.committee_ja,
        committee_en=row.committee_en,
        abbreviation=row.abbreviation,
        emoji=row.emoji,
        colour=row.colour,
        channel_id=row.channel_id,
        picture_id=row.picture_id,
        has_banner=row.has_banner,
        shows_names=row.shows_names,
        thread_id=row.thread_id if comes or may_edit else None,
        signup_id=row.signup_id,
        is_open=_is_open(row, now),
        counts=found.get(row.signup_id),
        mine=mine,
        answer=Answer(row.answer) if row.answer is not None else None,
        is_organiser=is_organiser,
        may_edit=may_edit,
        may_copy=actor is not None and makes(actor, row.lc_id, row.committee_key),
        repeat=from_text(repeat) if (repeat := row.repeat or row.series_repeat) else None,
        series_id=row.series_id,
        choices=await _choices_of(reader, row),
        questions=row.questions,
        unanswered=row.questions - answers if mine is not None and mine.is_live else 0,
        place_rules=_place_rules(row, found.get(row.signup_id)),
        elsewhere=row.elsewhere,
        report=row.report,
        pictures=row.pictures,
        hosts=(await hosts_of(reader, [event_id]))[event_id] if row.hosts else (),
    )


def _place_rules(row: Any, counted: Counts | None) -> PlaceRules:
    if counted is None:
        return from_json(row.place_rules, row.limit)
    return rules_in(
        counted.groups,
        row.time_zone,
        mode=row.signup_mode,
        limit=row.places,
        held=row.held,
        opens_at=row.signup_opens_at,
        last_call_hours=row.signup_last_call_hours,
    )


async def _choices_of(reader: Reader, row: Any) -> Sequence[ChoiceLine]:
    if not row.choices or row.signup_id is None:
        return [ChoiceLine(0, ja, en, limit, 0) for ja, en, limit in row.choices]
    return await choices_of(reader, row.signup_id)


async def _answers_of(reader: Reader, actor: Actor | None, event_id: int) -> int:
    """How many of its questions the actor was asked."""
    query = select(func.count(EventAnswer.id)).join(EventQuestion, EventQuestion.id == EventAnswer.question_id)
    mine = EventAnswer.person_id == (actor.person_id if actor is not None else None)
    return await reader.scalar(query.where(EventQuestion.event_id == event_id, mine)) or 0


async def card_to_see(reader: Reader, actor: Actor, event_id: int, now: datetime) -> EventCard:
    """Raises NotFound: there is none, or it is for another LC. Raises Conflict: it is a draft."""
    card = await card_of(reader, event_id, actor.organisation.id, now, actor)
    if card.state is EventState.DRAFT:
        raise Conflict(N_("This event isn't posted yet."), next_steps=[draft_step(event_id)])
    is_own = not {card.lc_id, *(one.lc_id for one in card.hosts)}.isdisjoint(actor.lc_ids)
    if card.audience is Audience.LC and not is_own and not card.may_edit and card.mine is None:
        raise NotFound(NOT_FOR_YOU, lc=(card.lc_ja, card.lc_en), next_steps=[LIST])
    return card


async def card_to_organise(reader: Reader, actor: Actor, event_id: int, now: datetime) -> EventCard:
    """For its organisers and the officers of its place. Raises NotFound; NotAllowed."""
    card = await card_of(reader, event_id, actor.organisation.id, now, actor)
    if not card.may_edit:
        actor.require(Right.ORGANISE, card.lc_id)
        raise NotAllowed(N_("Only its organisers can change this event."), next_steps=[show_step(event_id)])
    return card


def _is_open(row: Any, now: datetime) -> bool:
    return bool(row.state == EventState.POSTED and row.signup_state == SignUpState.OPEN and row.ends_at > now)


def may_organise(actor: Actor, row: Any) -> bool:
    """``row``: as ``row_of`` reads it."""
    return actor.may(Right.ORGANISE, row.lc_id, row.committee_key, (KIND, row.id))


def organises(actor: Actor, event_id: int) -> bool:
    """Was the actor put in charge of this event by name? Officers of its place weren't: they see counts, and no names
    of those who come."""
    return any(
        one.held_on(actor.today) and one.right is Right.ORGANISE and one.scope.subject == (KIND, event_id)
        for one in actor.entitlements
    )
