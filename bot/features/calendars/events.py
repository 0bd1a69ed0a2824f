"""What calendars show of events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from bot.db import Reader, fetch
from bot.errors import NotFound
from bot.features.calendars.models import ScopeKind
from bot.features.calendars.values import Feed
from bot.features.committees.models import StandingCommittee
from bot.features.documents.ics import Days, Entry, Hours, Status
from bot.features.events.hosting import Hosting, hosted_in, hosts_of
from bot.features.events.models import KIND, Audience, Event, EventState
from bot.features.events.queries import GONE, LIST, when_in
from bot.features.local_committees.queries import Query, with_lc
from bot.features.organisations.models import Organisation
from bot.features.people.actors import Actor
from bot.features.signups.models import Party, PartyMember, PartyState, SignUp
from bot.features.signups.rules import TAKEN
from bot.i18n import N_, Words, words_for
from bot.kit.moments import Moment
from bot.links import is_link

#: So long cancelled events stay, so that every program hears of it, and so long those that are over.
CANCELLED_FOR, OVER_FOR = timedelta(days=60), timedelta(days=365)
#: The status stands in the title, too, as not every program shows it.
_TITLES = {Status.CANCELLED: N_("[Cancelled] {title}"), Status.TENTATIVE: N_("[Place offered] {title}")}
_IS_ITS = and_(SignUp.owner_kind == KIND, SignUp.owner_id == Event.id)
#: A person has a place, or is offered one.
_PLACED = [one.value for one in TAKEN]


class EventSource:
    async def version(self, reader: Reader, feed: Feed, moment: Moment) -> str:
        if feed.scope.kind is ScopeKind.OWN:  # some dozens of rows
            own = _own(select(Event.id, Event.sequence, Party.state), feed, moment).order_by(Event.id, Party.id)
            rows = await fetch(reader, own)
            return str([tuple(row) for row in rows])
        counts = select(func.count(), func.sum(Event.sequence), func.max(Event.changed_at))
        return str(tuple((await fetch(reader, counts.where(*_shared(feed, moment))))[0]))

    async def entries(self, reader: Reader, feed: Feed, moment: Moment) -> Sequence[Entry]:
        """In the order of their beginnings."""
        if feed.scope.kind is ScopeKind.OWN:
            query = _own(_EVENTS.add_columns(Party.state.label("mine")), feed, moment)
        else:
            query = _EVENTS.where(*_shared(feed, moment))
        rows = await fetch(reader, query.order_by(Event.starts_at, Event.id))
        words = words_for(feed.language)
        # Somebody who signed up twice for what was cancelled has it once.
        hosts = await hosts_of(reader, {row.id for row in rows})
        return list({row.uid: _entry(row, words, row._mapping.get("mine"), hosts[row.id]) for row in rows}.values())


async def entry_of(reader: Reader, actor: Actor, event_id: int) -> Entry:
    """One event, for a file. Raises NotFound: there is none, it is a draft, or it is for the members of another LC."""
    mine = (
        select(Party.state)
        .join(PartyMember, PartyMember.party_id == Party.id)
        .join(SignUp, SignUp.id == PartyMember.signup_id)
        .where(_IS_ITS, PartyMember.person_id == (actor.person_id or 0), PartyMember.is_live)
        .correlate(Event)
        .scalar_subquery()
    )
    visible = or_(Event.audience != Audience.LC.value, hosted_in(actor.lc_ids), mine.is_not(None))
    here = (Event.id == event_id, Event.organisation_id == actor.organisation.id, Event.state != EventState.DRAFT.value)
    rows = await fetch(reader, _EVENTS.add_columns(mine.label("mine")).where(*here, visible))
    if not rows:
        raise NotFound(GONE, next_steps=[LIST])
    hosts = (await hosts_of(reader, [event_id]))[event_id]
    return _entry(rows[0], words_for(actor.language), rows[0].mine, hosts)


def _own(query: Query, feed: Feed, moment: Moment) -> Query:
    """What the person has a place in or is offered one, and what of it was cancelled. Those who waited for that are in
    it too, as nothing says who did: a calendar that never had it has nothing to take out."""
    placed = and_(PartyMember.is_live, Party.state.in_(_PLACED))
    gone = and_(Event.state == EventState.CANCELLED.value, Party.state == PartyState.CANCELLED.value)
    query = query.join(SignUp, _IS_ITS)
    query = query.join(PartyMember, PartyMember.signup_id == SignUp.id).join(Party, Party.id == PartyMember.party_id)
    return query.where(*_lasting(moment), PartyMember.person_id == (feed.person_id or 0), or_(placed, gone))


def _shared(feed: Feed, moment: Moment) -> list[ColumnElement[bool]]:
    """What everybody may see who may have the calendar."""
    match feed.scope.kind:
        case ScopeKind.LC:
            return [*_lasting(moment), hosted_in([feed.scope.of or 0])]
        case ScopeKind.COMMITTEE:
            return [
                *_lasting(moment),
                Event.committee_id == feed.scope.of,
                Event.audience != Audience.LC.value,
            ]
        case _:
            return [*_lasting(moment), Event.lc_id.is_(None)]


def _lasting(moment: Moment) -> list[ColumnElement[bool]]:
    """It changes with the day and not within it, so that a version holds for a day."""
    today = datetime.combine(moment.today, time.min, UTC)
    posted = and_(Event.state == EventState.POSTED.value, Event.ends_at > today - OVER_FOR)
    cancelled = and_(Event.state == EventState.CANCELLED.value, Event.changed_at > today - CANCELLED_FOR)
    return [Event.organisation_id == moment.organisation_id, or_(posted, cancelled)]


def _entry(row: Row[Any], words: Words, mine: str | None, others: Sequence[Hosting] = ()) -> Entry:
    """``mine``: how the reader stands with it; None in a calendar that isn't somebody's own."""
    status, text = Status.CONFIRMED, words.either(row.text, row.text_en)
    if row.state == EventState.CANCELLED:
        reason = words("Cancelled: {reason}", reason=row.reason)
        status, text = Status.CANCELLED, f"{reason}\n\n{text}"
    elif mine == PartyState.OFFERED:
        status = Status.TENTATIVE
    # Beside the address, the way in may have an ID and a passcode.
    way_in = row.link.splitlines() if mine == PartyState.ACCEPTED else []
    link = next((line.strip() for line in way_in if is_link(line.strip())), "")
    text = "\n".join([text, *(line for line in way_in if line.strip() != link)])
    title = words.either(row.title_ja, row.title_en)
    hosts = [(row.lc_ja, row.lc_en), (row.committee_ja, row.committee_en), (row.organisation_ja, row.organisation_en)]
    host = next(filter(None, (words.either(*one) for one in hosts)))
    names = [host, *(words.either(one.name_ja, one.name_en) for one in others)]
    return Entry(
        uid=f"{row.uid}@tsunagu",
        sequence=row.sequence,
        when=_when(row),
        title=words(_TITLES[status], title=title) if status in _TITLES else title,
        changed_at=row.changed_at,
        text=text,
        place=row.place,
        url=link,
        organiser=words("Hosted by {name}", name=words(", ").join(names)),
        status=status,
    )


def _when(row: Row[Any]) -> Hours | Days:
    when = when_in(row)
    assert when is not None, "a posted event has a time"
    if when.whole_days:
        return Days(when.starts.date(), when.last_day)
    return Hours(row.starts_at, row.ends_at)


_EVENTS: Query = with_lc(
    select(
        *Event.__table__.c,
        StandingCommittee.name_ja.label("committee_ja"),
        StandingCommittee.name_en.label("committee_en"),
        Organisation.name_ja.label("organisation_ja"),
        Organisation.name_en.label("organisation_en"),
    )
    .join(Organisation, Organisation.id == Event.organisation_id)
    .outerjoin(StandingCommittee, StandingCommittee.id == Event.committee_id),
    Event.lc_id,
    outer=True,
)
