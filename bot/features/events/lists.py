"""Lists of events: what is coming, and what there was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from bot.db import Reader
from bot.features.committees.models import StandingCommittee
from bot.features.events.hosting import hosted_in
from bot.features.events.models import KIND, Audience, Event, EventState
from bot.features.events.queries import ELSEWHERE, PER_PAGE, PICTURES, SIGNUP, when_in
from bot.features.events.rules import LONGEST, When
from bot.features.local_committees.queries import with_lc
from bot.features.members.models import Interest, Profile
from bot.features.organisations.models import Organisation
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, NOW, earlier, names_in, values_of
from bot.features.schools.models import School
from bot.features.signups.models import Party, PartyMember, PartyState, SignUp
from bot.paging import Paged, Part

#: How far some of them look ahead.
WEEK, MONTH = timedelta(days=7), timedelta(days=31)


class Which(StrEnum):
    """What a list of events shows."""

    COMING = "coming"
    WEEK = "week"
    MONTH = "month"
    MINE = "mine"
    LC = "lc"
    COMMITTEE = "committee"
    REGION = "region"
    ONLINE = "online"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event in a list. ``comes``: the reader has a place, or waits for one."""

    event_id: int
    title_ja: str
    title_en: str
    when: When
    starts_at: datetime
    lc_ja: str | None
    lc_en: str | None
    abbreviation: str | None
    emoji: str | None
    is_online: bool
    mine: PartyState | None
    elsewhere: str | None
    #: Of one that is over: how many pictures show what it was like.
    pictures: int = 0


async def coming(reader: Reader, actor: Actor, which: Which, now: datetime, page: int) -> Part[EventLine]:
    """Posted events that aren't over, the next first; for ``OVER`` those that are, the latest first."""
    paged, names = _LISTS[which]
    found = await paged.part(reader, page, PER_PAGE, values_of(names, actor, now))
    return found.each(_line_of_past if which is Which.OVER else line_in)


def _line_of_past(row: Any) -> EventLine:
    return replace(line_in(row), pictures=row.pictures)


def _list(which: Which) -> tuple[Paged, Sequence[str]]:
    """Built once, with the names of its parameters."""
    mine = (
        select(Party.state)
        .join(PartyMember, PartyMember.party_id == Party.id)
        .join(SignUp, SignUp.id == PartyMember.signup_id)
        .where(SIGNUP, PartyMember.person_id == ASKER.person_id, PartyMember.is_live)
        .correlate(Event)
        .scalar_subquery()
    )
    columns = (
        Event.id,
        Event.title_ja,
        Event.title_en,
        Event.starts_local,
        Event.ends_local,
        Event.whole_days,
        Event.starts_at,
        Event.is_online,
        mine.label("mine"),
        StandingCommittee.abbreviation,
        StandingCommittee.emoji,
        ELSEWHERE,
        *([PICTURES.label("pictures")] if which is Which.OVER else []),
    )
    query = select(*columns).join(Organisation, Organisation.id == Event.organisation_id)
    query = query.outerjoin(StandingCommittee, StandingCommittee.id == Event.committee_id)
    here = (Event.organisation_id == ASKER.organisation_id, Event.state == EventState.POSTED.value)
    query = with_lc(query, Event.lc_id, outer=True).where(*here, *_narrowed(which))
    if which is Which.OVER:
        over = (Event.ends_at <= NOW, Event.starts_at < NOW)
        query = query.where(*over).order_by(Event.starts_at.desc(), Event.id.desc())
    else:
        # No event is longer, so the index finds the first.
        begun = Event.starts_at > earlier(NOW, LONGEST)
        query = query.where(Event.ends_at > NOW, begun).order_by(Event.starts_at, Event.id)
    return Paged(query), names_in(query)


def line_in(row: Any) -> EventLine:
    when = when_in(row)
    assert when is not None, "a posted event has a time"
    return EventLine(
        row.id,
        row.title_ja,
        row.title_en,
        when,
        row.starts_at,
        row.lc_ja,
        row.lc_en,
        row.abbreviation,
        row.emoji,
        row.is_online,
        PartyState(row.mine) if row.mine is not None else None,
        row.elsewhere,
    )


def _narrowed(which: Which) -> list[ColumnElement[bool]]:
    """An event for the members of one LC is nobody else's business."""
    visible = or_(Event.audience != Audience.LC.value, hosted_in(ASKER.lc_ids))
    only = _only(which)
    return [visible] if only is None else [visible, only]


def _only(which: Which) -> ColumnElement[bool] | None:
    only: ColumnElement[bool] | None = None
    match which:
        case Which.WEEK:
            only = Event.starts_at < earlier(NOW, -WEEK)
        case Which.MONTH:
            only = Event.starts_at < earlier(NOW, -MONTH)
        case Which.MINE:
            signed = select(SignUp.owner_id).join(PartyMember, PartyMember.signup_id == SignUp.id)
            mine = signed.where(SignUp.owner_kind == KIND, PartyMember.person_id == ASKER.person_id)
            only = Event.id.in_(mine.where(PartyMember.is_live))
        case Which.LC:
            only = hosted_in(ASKER.lc_ids)
        case Which.COMMITTEE:
            interests = select(Interest.committee_id).where(Interest.person_id == ASKER.person_id)
            only = Event.committee_id.in_(interests)
        case Which.REGION:
            school = aliased(School)
            region = select(school.region_id).join(Profile, Profile.school_id == school.id)
            only = School.region_id.in_(region.where(Profile.person_id == ASKER.person_id))
        case Which.ONLINE:
            only = Event.is_online.is_(True)
    return only


_LISTS = {which: _list(which) for which in Which}
