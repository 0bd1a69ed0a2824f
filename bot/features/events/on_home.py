"""Facts for home: the next events, what there was, what was called off, and what organisers still ask."""

from __future__ import annotations

from datetime import timedelta
from enum import IntEnum

from sqlalchemy import case, exists, func, or_, select
from sqlalchemy.orm import aliased

from bot.features.events.hosting import hosted_in
from bot.features.events.lists import WEEK
from bot.features.events.models import Audience, Event, EventAnswer, EventQuestion, EventState
from bot.features.events.queries import PICTURES, SIGNUP
from bot.features.events.rules import LONGEST
from bot.features.homes.facts import Query
from bot.features.local_committees.queries import with_lc
from bot.features.members.models import Interest, Profile
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, NOW, earlier
from bot.features.schools.models import School
from bot.features.signups.models import Party, PartyMember, PartyState, SignUp

#: So many events home shows; and so long ago, where nothing is coming.
SHOWN_AT_HOME, LATELY = 3, timedelta(days=60)


class Stands(IntEnum):
    """How somebody stands towards an event on home, the most urgent last."""

    NOT = 0
    WAITS = 1
    COMES = 2
    #: A place is free for them, and they haven't answered.
    ASKED = 3


_STANDS = {PartyState.ACCEPTED.value: Stands.COMES.value, PartyState.OFFERED.value: Stands.ASKED.value}


def _this_week() -> Query:
    interests = select(Interest.committee_id).where(Interest.person_id == ASKER.person_id)
    mine = (
        select(func.max(case(_STANDS, value=Party.state, else_=Stands.WAITS.value)))
        .select_from(PartyMember)
        .join(Party, Party.id == PartyMember.party_id)
        .join(SignUp, SignUp.id == PartyMember.signup_id)
        .where(SIGNUP, PartyMember.person_id == ASKER.person_id, PartyMember.is_live)
        .correlate(Event)
        .scalar_subquery()
    )
    school = aliased(School)
    region = select(school.region_id).join(Profile, Profile.school_id == school.id)
    here = School.region_id.in_(region.where(Profile.person_id == ASKER.person_id))
    own = hosted_in(ASKER.lc_ids)
    rank = case((own, 0), (Event.committee_id.in_(interests), 1), (here, 2), (Event.is_online, 3), else_=4)
    standing = func.coalesce(mine, Stands.NOT.value)
    query = select(
        Event.id,
        rank.label("n"),
        standing.label("of"),
        Event.title_ja.label("ja"),
        Event.title_en.label("en"),
        Event.starts_local.label("local"),
    )
    return (
        with_lc(query, Event.lc_id, outer=True)
        .where(
            Event.organisation_id == ASKER.organisation_id,
            Event.ends_at > NOW,
            Event.state == EventState.POSTED.value,
            Event.starts_at > earlier(NOW, LONGEST),
            Event.starts_at < earlier(NOW, -WEEK),
            or_(Event.audience != Audience.LC.value, own),
        )
        .order_by(standing.desc(), rank, Event.starts_at, Event.id)
        .limit(SHOWN_AT_HOME)
    )


_THIS_WEEK = _this_week()


def this_week(_actor: Actor) -> Query | None:
    """For home: the next events within a week that the actor may join, those of their LC first (``n`` 0), then of
    their committees, their region, online and others. Their own sign-ups come before all (``of``: ``Stands``)."""
    return _THIS_WEEK


def _lately() -> Query:
    own, interests = hosted_in(ASKER.lc_ids), select(Interest.committee_id).where(Interest.person_id == ASKER.person_id)
    rank = case((own, 0), (Event.committee_id.in_(interests), 1), (Event.is_online, 2), else_=3)
    query = select(
        Event.id,
        rank.label("n"),
        PICTURES.label("of"),
        Event.title_ja.label("ja"),
        Event.title_en.label("en"),
        Event.starts_local.label("local"),
    )
    return (
        with_lc(query, Event.lc_id, outer=True)
        .where(
            Event.organisation_id == ASKER.organisation_id,
            Event.state == EventState.POSTED.value,
            Event.ends_at <= NOW,
            Event.starts_at > earlier(NOW, LATELY),
            or_(Event.audience != Audience.LC.value, own),
        )
        .order_by(rank, (PICTURES == 0), Event.starts_at.desc(), Event.id)
        .limit(SHOWN_AT_HOME)
    )


_LATELY = _lately()


def lately(_actor: Actor) -> Query | None:
    """For home, where this week is empty: what there was, by whose it is as in ``this_week``. Those with pictures
    (``of``) come first, then the latest."""
    return _LATELY


_CALLED_OFF = (
    select(
        Event.id,
        Event.title_ja.label("ja"),
        Event.title_en.label("en"),
        Event.starts_local.label("local"),
    )
    .join(SignUp, SIGNUP)
    .join(PartyMember, PartyMember.signup_id == SignUp.id)
    .join(Party, Party.id == PartyMember.party_id)
    .where(
        PartyMember.person_id == ASKER.person_id,
        Party.state == PartyState.CANCELLED.value,
        Event.state == EventState.CANCELLED.value,
        Event.changed_at > earlier(NOW, WEEK),
        Event.ends_at > NOW,
    )
)


def called_off(actor: Actor) -> Query | None:
    """For home: what the actor had signed up for and was cancelled within a week."""
    return None if actor.person_id is None else _CALLED_OFF


_ASKED = (
    select(
        Event.id,
        func.count(EventQuestion.id).label("n"),
        Event.title_ja.label("ja"),
        Event.title_en.label("en"),
    )
    .join(EventQuestion, EventQuestion.event_id == Event.id)
    .join(SignUp, SIGNUP)
    .join(PartyMember, PartyMember.signup_id == SignUp.id)
    .where(
        PartyMember.person_id == ASKER.person_id,
        PartyMember.is_live,
        Event.state == EventState.POSTED.value,
        Event.starts_at > NOW,
        ~exists().where(EventAnswer.question_id == EventQuestion.id, EventAnswer.person_id == ASKER.person_id),
    )
    .group_by(Event.id, Event.title_ja, Event.title_en)
)


def questions_open(actor: Actor) -> Query | None:
    """For home: events that the actor is signed up for and that have ``n`` questions they were never asked."""
    return None if actor.person_id is None else _ASKED
