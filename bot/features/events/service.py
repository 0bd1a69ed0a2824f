from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import select, update

from bot.db import Reader, fetch
from bot.deliveries.schedule import instant, local_time
from bot.errors import Conflict, Invalid, NextStep, NotAllowed, NotFound
from bot.features import Service
from bot.features.audiences.places import national_posts
from bot.features.channels.service import places
from bot.features.committees.models import StandingCommittee
from bot.features.events import following, rules, series
from bot.features.events.mirroring import mirror_soon
from bot.features.events.models import Audience, Event, EventState
from bot.features.events.queries import (
    GONE,
    KIND,
    LIST,
    PER_PAGE,
    EventCard,
    EventLine,
    Which,
    card_of,
    coming,
    local,
    organises,
    when_in,
)
from bot.features.events.reading import Audience as Meant
from bot.features.events.reading import EventText, Question, read_event
from bot.features.events.repeats import as_text
from bot.features.events.rules import When
from bot.features.local_committees.models import LocalCommittee
from bot.features.local_committees.queries import UNKNOWN_LC, with_lc
from bot.features.members.values import JOIN
from bot.features.organisations.naming import one_name
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Grant, Person
from bot.features.people.rules import Entitlement, Right, Scope
from bot.features.signups.models import SignUp, SignUpState
from bot.features.signups.opening import cancel_signup, change_signup, has_ended, open_signup, reopen, signup_of
from bot.features.signups.values import NewSignUp
from bot.i18n import N_
from bot.paging import Part, fetch_part

#: What the sign-up of an event has from it.
FOLLOWS = ("title_ja", "title_en", "for_lc_only", "limit", "closes_at", "begins_at")
NOT_FOR_YOU = N_("This event is for members of {lc}. Other events are in the list.")
NOT_THERE = N_("You can't write in that channel. Please choose another one, or post it in the list alone.")
MEMBERS_MAKE = N_(
    "Events are made by members of an LC, staff and officers. If you want to make one, ask an officer of your LC."
)


MAKE = NextStep(N_("Create an event"), "events:make")
DRAFTS = NextStep(N_("My drafts"), "events:drafts")


def show_step(event_id: int) -> NextStep:
    return NextStep(N_("View the event"), f"events:show:{event_id}")


def draft_step(event_id: int) -> NextStep:
    return NextStep(N_("View the draft"), f"events:draft:{event_id}")


def edit_step(event_id: int) -> NextStep:
    return NextStep(N_("Edit"), f"events:edit:{event_id}")


def details_step(event_id: int) -> NextStep:
    return NextStep(N_("Description and more"), f"events:details:{event_id}")


def repeat_step(event_id: int) -> NextStep:
    return NextStep(N_("Repeat…"), f"events:repeat:{event_id}")


def series_step(event_id: int) -> NextStep:
    return NextStep(N_("Repeats"), f"events:series:{event_id}")


def again_step(event_id: int) -> NextStep:
    return NextStep(N_("Post it here"), f"events:again:{event_id}")


def cancel_step(event_id: int) -> NextStep:
    return NextStep(N_("Cancel the event"), f"events:cancel:{event_id}")


class Settable(TypedDict, total=False):
    """Parts of an event that are typed or chosen. A ``when`` of None takes nothing away."""

    title_ja: str
    title_en: str
    when: When
    place: str
    link: str
    text: str
    limit: int | None
    cost: str
    alcohol: bool | None
    audience: Audience
    is_online: bool
    closes: datetime | None


class Home(TypedDict):
    """For whom an event is made."""

    lc_id: int | None
    committee_id: int | None


@dataclass(frozen=True, slots=True)
class DraftLine:
    event_id: int
    title_ja: str
    title_en: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before it is posted. ``unclear``: what the text leaves open. ``channels``: Discord's ids of those where
    its LC or the organisation announces. ``homes``: for whom its maker could make it."""

    event: EventCard
    unclear: Sequence[Question]
    channels: Sequence[int]
    homes: Sequence[tuple[Home, tuple[str, str] | None]]


class EventService(Service):
    async def event(self, actor: Actor, event_id: int) -> EventCard:
        """Raises NotFound: there is none, or it is for another LC. Raises Conflict: it is a draft."""
        async with self.database.reading() as connection:
            card = await card_of(connection, event_id, actor.organisation.id, self.clock.now(), actor)
        if card.state is EventState.DRAFT:
            raise Conflict(N_("This event isn't posted yet."), next_steps=[draft_step(event_id)])
        if card.audience is Audience.LC and card.lc_id not in actor.lc_ids and not card.may_edit and card.mine is None:
            raise NotFound(NOT_FOR_YOU, lc=(card.lc_ja, card.lc_en), next_steps=[LIST])
        return card

    async def to_edit(self, actor: Actor, event_id: int) -> EventCard:
        """For a form, before it opens. Raises NotFound; NotAllowed; Conflict: it was cancelled."""
        async with self.database.reading() as connection:
            card = await card_of(connection, event_id, actor.organisation.id, self.clock.now(), actor)
        if not card.may_edit:
            actor.require(Right.ORGANISE, card.lc_id)
            raise NotAllowed(N_("Only its organisers can change this event."), next_steps=[show_step(event_id)])
        if card.state is EventState.CANCELLED:
            raise Conflict(rules.CANCEL.refusal, next_steps=[show_step(event_id)])
        return card

    async def coming(self, actor: Actor, which: Which, page: int = 0) -> Part[EventLine]:
        """A page of a list; see ``Which``."""
        async with self.database.reading() as connection:
            return await coming(connection, actor, which, self.clock.now(), page)

    async def draft(self, actor: Actor, event_id: int) -> Draft:
        """Raises NotFound: there is none, or it is somebody else's. Raises Conflict: it is posted."""
        now = self.clock.now()
        async with self.database.reading() as connection:
            card = await card_of(connection, event_id, actor.organisation.id, now, actor)
            if card.state is not EventState.DRAFT:
                raise Conflict(rules.POST.refusal, next_steps=[show_step(event_id)])
            channels = await channels_of(connection, actor, card.lc_id)
            homes = await homes_of(connection, actor)
        unclear = read_event(card.pasted, now, card.time_zone).unclear if card.pasted else ()
        return Draft(card, unclear, channels, homes)

    async def drafts(self, actor: Actor, page: int = 0) -> Part[DraftLine]:
        """What the actor has begun and not posted, the latest first."""
        query = select(Event.id, Event.title_ja, Event.title_en, Event.made_at).where(
            Event.organisation_id == actor.organisation.id,
            Event.made_by_id == (actor.person_id or 0),
            Event.state == EventState.DRAFT,
        )
        async with self.database.reading() as connection:
            found = await fetch_part(connection, query.order_by(Event.id.desc()), page, PER_PAGE)
        return found.each(lambda row: DraftLine(row.id, row.title_ja, row.title_en, row.made_at))

    async def begin(self, actor: Actor, text: str, here: int | None = None) -> int:
        """A draft from a text as people write it in LINE; its number. It is the actor's own LC's, if there is one, and
        goes to its channel, else ``here``: where Discord lets them write.

        Raises:
            NotAllowed: the actor makes no events.
            Invalid: the text is empty or too long.
        """
        if not text.strip() or len(text) > rules.TEXT:
            raise Invalid(N_("Please write 1 to {n} characters about the event."), n=rules.TEXT)
        zone = actor.organisation.time_zone
        async with change_by(self, actor) as change:
            if actor.person_id is None:
                raise NotFound(N_("Please join first."), next_steps=[JOIN])
            home = await _usual(change.session, actor)
            lc_id, found = home["lc_id"], read_event(text, change.now, zone)
            event = Event(
                organisation_id=actor.organisation.id,
                **home,
                state=rules.EVENTS.first.value,
                uid=secrets.token_hex(16),
                channel_id=next(iter(await channels_of(change.session, actor, lc_id)), here),
                time_zone=zone,
                pasted=text.strip(),
                made_by_id=actor.person_id,
                made_at=change.now,
                changed_at=change.now,
                **_read(found, lc_id, zone),
            )
            change.session.add(event)
            await change.session.flush()
            _put_in_charge(change, event, actor.person_id)
            following.note(change, event, "event.begin")
            return event.id

    async def edit(
        self, actor: Actor, event_id: int, version: int, seen: EventCard | None = None, /, **values: Unpack[Settable]
    ) -> None:
        """Change parts of it. Those who come to a posted one are told once what changed. ``seen``: what a form showed
        when it opened; what its author left as it was stays as others have set it since (``kit.edits``).

        Raises:
            NotFound; NotAllowed; Invalid.
            Conflict: it was cancelled, or without ``seen``: somebody else has changed it since ``version``.
            Overtaken: with ``seen``: somebody else has changed a part since then that they change, too.
        """
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            if seen is None:
                rules.check_version(event.version, version, _step_to(event))
            else:
                await _take_limit(change, event)
                values = rules.own_parts(values, seen, event)
            event.is_changed |= await set_parts(change, event, values)

    async def give_to(self, actor: Actor, event_id: int, version: int, home: Home) -> None:
        """Make a draft an event of an LC, a committee, or the organisation. Raises as ``edit``; NotFound: there is no
        such LC or committee; NotAllowed: the actor makes none there."""
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            rules.check_version(event.version, version, _step_to(event))
            require_making(actor, home["lc_id"], await _key_of(change, home))
            rules.POST.require(event.state)
            if home["lc_id"] is None and event.audience == Audience.LC:
                event.audience = Audience.EVERYBODY.value
            changed = event.take(dict(home))
            event.version += 1
            following.note(change, event, "event.edit", changed)

    async def choose_channel(self, actor: Actor, event_id: int, channel_id: int | None) -> None:
        """Where a draft will be posted; None: in the list alone. Whether the actor may is looked at when it is. Raises
        NotFound; NotAllowed; Conflict: it is posted."""
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            rules.POST.require(event.state)
            event.channel_id = channel_id

    async def post(self, actor: Actor, event_id: int, version: int, here: int | None = None) -> None:
        """Open it for sign-ups, and show it in its channel, if it has one. ``here``: a channel in which Discord lets
        the actor write.

        Raises:
            NotFound; NotAllowed, also where they can't write in the channel.
            Invalid: its title or start is missing, or it has begun.
            Conflict: it is posted already, or was changed since ``version``.
        """
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            rules.check_version(event.version, version, _step_to(event))
            require_making(actor, event.lc_id, await _committee_key(change, event.committee_id))
            rules.POST.put(event)
            when = _checked(event, change.now)
            event.version, event.posted_at, event.changed_at = event.version + 1, change.now, change.now
            event.pasted, event.told = "", rules.told(event)
            await open_signup(change, await _places(change, event))
            await _keep_in_charge(change, event)
            if event.channel_id is not None:
                if event.channel_id not in (here, *await channels_of(change.session, actor, event.lc_id)):
                    raise NotAllowed(NOT_THERE, next_steps=[draft_step(event_id)])
                await following.show_in(change, event, event.channel_id)
            await following.plan_reminder(change.session, event, when, change.moment)
            await series.begin(change, event, when)
            await mirror_soon(change.session, change.moment)
            following.note(change, event, rules.POST.action)

    async def show_again(self, actor: Actor, event_id: int, channel_id: int) -> None:
        """One more post, such as where somebody deleted it. Raises NotFound; NotAllowed; Conflict: it isn't open."""
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            rules.CANCEL.require(event.state)
            await following.show_in(change, event, channel_id)
            following.note(change, event, "event.show")

    async def take_charge(self, actor: Actor, event_id: int) -> None:
        """An officer of its place becomes one of its organisers, who see who comes; the history says so. Twice is once.
        Raises NotFound; NotAllowed."""
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            if actor.person_id is None or organises(actor, event_id):
                return
            _put_in_charge(change, event, actor.person_id)
            if event.state != EventState.DRAFT:
                await _keep_in_charge(change, event)
            following.note(change, event, "event.organiser")

    async def cancel(self, actor: Actor, event_id: int, reason: str) -> None:
        """Call it off. Those who come, or wait, are told at once.

        Raises:
            NotFound; NotAllowed; Invalid.
            Conflict: it isn't posted, or was cancelled already.
        """
        reason = rules.checked_reason(reason)
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            await call_off(change, event, reason)

    async def discard(self, actor: Actor, event_id: int) -> None:
        """Delete a draft. Raises NotFound; NotAllowed; Conflict: it is posted."""
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            rules.POST.require(event.state)
            await change.session.delete(event)
            await change.session.execute(_grants(event.id).values(ends_on=actor.today))
            following.note(change, event, "event.discard")


async def call_off(change: Change, event: Event, reason: str) -> None:
    """Raises Conflict: it isn't posted, was cancelled already, or is over."""
    rules.CANCEL.require(event.state)
    _check_open(event, change.now)
    rules.CANCEL.put(event)
    event.reason, event.version, event.sequence = reason, event.version + 1, event.sequence + 1
    event.changed_at = change.now
    signup = await signup_of(change, KIND, event.id)
    assert signup is not None, "a posted event has one"
    await following.tell_cancelled(change, event, await cancel_signup(change, signup))
    await mirror_soon(change.session, change.moment)
    following.note(change, event, rules.CANCEL.action)


def makes(actor: Actor, lc_id: int | None, committee: str | None = None) -> bool:
    """May the actor begin events there?"""
    return any(actor.may(right, lc_id, committee) for right in (Right.MAKE_EVENTS, Right.ORGANISE))


def require_making(actor: Actor, lc_id: int | None, committee: str | None) -> None:
    """Raises NotAllowed."""
    if not makes(actor, lc_id, committee):
        raise NotAllowed(MEMBERS_MAKE, next_steps=[LIST])


def may_make(actor: Actor) -> bool:
    """Is there anybody for whom the actor may make events?"""
    committees = {one.committee for one in actor.current}
    return any(makes(actor, lc_id) for lc_id in actor.lc_ids) or any(
        makes(actor, None, one) for one in {None, *committees}
    )


async def locked(change: Change, event_id: int) -> Event:
    """The row, for its organisers and the officers of its place. Raises NotFound; NotAllowed."""
    # Before the event, its organiser and the actor: a deletion begins with the person.
    maker = select(Event.made_by_id).where(Event.id == event_id).scalar_subquery()
    people = select(Person.id).where(Person.id.in_([change.actor.person_id or 0]) | (Person.id == maker))
    await change.session.execute(people.order_by(Person.id).with_for_update(read=True, key_share=True))
    event = await change.lock(Event, event_id, GONE, LIST)
    key = await _committee_key(change, event.committee_id)
    if event.state == EventState.DRAFT and not change.actor.may(Right.ORGANISE, event.lc_id, key, (KIND, event_id)):
        raise NotFound(GONE, next_steps=[LIST])
    change.actor.require(Right.ORGANISE, event.lc_id, key, (KIND, event_id))
    return event


def _step_to(event: Event) -> NextStep:
    return draft_step(event.id) if event.state == EventState.DRAFT else show_step(event.id)


async def _committee_key(change: Change, committee_id: int | None) -> str | None:
    if committee_id is None:
        return None
    here = StandingCommittee.organisation_id == change.moment.organisation_id
    query = select(StandingCommittee.key).where(StandingCommittee.id == committee_id, here)
    return await change.session.scalar(query)


async def _key_of(change: Change, home: Home) -> str | None:
    """Of its committee. Raises NotFound: its LC or its committee isn't there."""
    here = LocalCommittee.organisation_id == change.moment.organisation_id
    lc = select(LocalCommittee.id).where(LocalCommittee.id == home["lc_id"], here)
    if home["lc_id"] is not None and await change.session.scalar(lc) is None:
        raise NotFound(UNKNOWN_LC)
    key = await _committee_key(change, home["committee_id"])
    if home["committee_id"] is not None and key is None:
        raise NotFound(N_("That committee is no longer in the list. Please choose again."))
    return key


async def channels_of(reader: Reader, actor: Actor, lc_id: int | None) -> list[int]:
    """Where events of an LC, or of the organisation, are announced; of those, where the actor may post."""
    if lc_id is not None:
        if not makes(actor, lc_id):
            return []
        found = (await places(reader, actor.organisation.id, [lc_id]))[lc_id]
        here = [one.channel_id for one in found.spots if one.absent_since is None]
        own = [found.own.announcements_channel_id] if found.own and found.own.absent_since is None else []
        return [channel for channel in (*here, *own) if channel]
    if not actor.may(Right.ORGANISE):
        return []
    return [one.recipient_id for one in await national_posts(reader, actor.organisation.id)]


async def homes_of(reader: Reader, actor: Actor) -> list[tuple[Home, tuple[str, str] | None]]:
    """For whom the actor may make events, with the names of an LC or a committee; None is the organisation."""
    own = with_lc(select(LocalCommittee.id)).where(LocalCommittee.id.in_(actor.lc_ids)).order_by(LocalCommittee.id)
    found: list[tuple[Home, tuple[str, str] | None]] = [
        ({"lc_id": row.id, "committee_id": None}, (row.lc_ja, row.lc_en)) for row in await fetch(reader, own)
    ]
    committees = select(*StandingCommittee.__table__.c).order_by(StandingCommittee.position)
    here = StandingCommittee.organisation_id == actor.organisation.id
    found += [
        ({"lc_id": None, "committee_id": row.id}, (row.name_ja, row.name_en))
        for row in await fetch(reader, committees.where(here))
        if makes(actor, None, row.key)
    ]
    if makes(actor, None):
        found.append(({"lc_id": None, "committee_id": None}, None))
    return found


async def _usual(reader: Reader, actor: Actor) -> Home:
    """For whom somebody makes an event if they don't say: the organisation where they organise for all of it, else
    their LC, else their committee. Raises NotAllowed: they make none."""
    found = [home for home, _ in await homes_of(reader, actor)]
    if not found:
        raise NotAllowed(MEMBERS_MAKE, next_steps=[LIST])
    return found[-1] if actor.may(Right.ORGANISE) else found[0]


def _read(found: EventText, lc_id: int | None, time_zone: str) -> dict[str, Any]:
    """What was read, as columns; what can't be used is left out, and the preview asks for it. Raises Invalid: what lets
    people into its meeting is too long."""
    when = None
    if found.start is not None:
        when = When(found.start, found.end, found.whole_days)
    title = _plain(found.title, rules.TITLE)
    values: dict[str, Any] = {
        "title_ja": title,
        "title_en": title,
        "text": found.text,
        "place": _plain(found.place, rules.PLACE),
        "link": "",
        "is_online": found.is_online,
        "audience": _audience(found.audience, lc_id).value,
        "limit": found.limit if found.limit is not None and 1 <= found.limit <= rules.MOST else None,
        "cost": _plain(found.cost, rules.COST),
        "alcohol": found.alcohol,
        "closes_local": rules.column(found.deadline),
        "repeat": as_text(found.repeat) if found.repeat is not None else "",
        **rules.time_columns(when, time_zone),
    }
    try:
        values["link"] = rules.checked_link(found.link)
    except Invalid:
        values["text"] = f"{found.text}\n{found.link}".strip()
    values = rules.set_apart(values, "")
    values["link"] = rules.checked_link(values["link"])
    return values


def _plain(text: str, longest: int) -> str:
    """As ``rules.cleaned`` leaves it; "" for what it would refuse."""
    try:
        return one_name(text[:longest], longest)
    except Invalid:
        return ""


def _audience(meant: Meant | None, lc_id: int | None) -> Audience:
    """Unless the text says otherwise, everybody may come."""
    if meant is Meant.LC and lc_id is not None:
        return Audience.LC
    return Audience.JOINED if meant in (Meant.MEMBERS, Meant.STAFF) else Audience.EVERYBODY


def _put_in_charge(change: Change, event: Event, person_id: int) -> None:
    """The actor organises the event, from now on."""
    today, subject = change.moment.today, (KIND, event.id)
    change.session.add(
        Grant(
            organisation_id=event.organisation_id,
            person_id=person_id,
            right=Right.ORGANISE.value,
            subject_kind=KIND,
            subject_id=event.id,
            starts_on=today,
            given_by_id=person_id,
            created_at=change.now,
        )
    )
    granted = Entitlement(Right.ORGANISE, Scope(subject=subject), today)
    change.actor.entitlements = (*change.actor.entitlements, granted)


def _grants(event_id: int) -> Any:
    mine = (Grant.subject_kind == KIND, Grant.subject_id == event_id)
    return update(Grant).where(*mine).execution_options(synchronize_session=False)


async def _keep_in_charge(change: Change, event: Event) -> None:
    """Its organisers are in charge until some time after its end."""
    assert event.ends_at is not None
    last: date = local_time(event.ends_at + rules.KEPT_FOR, event.time_zone).date()
    await change.session.execute(_grants(event.id).values(ends_on=last))


def _checked(event: Event, now: datetime) -> When:
    """What an event has to have to be posted. Raises Invalid."""
    if not event.title_ja:
        raise Invalid(rules.NO_TITLE, next_steps=[edit_step(event.id)])
    when = when_in(event)
    if when is None:
        raise Invalid(rules.NO_START, next_steps=[edit_step(event.id)])
    _check_times(event, when, now, is_new=True)
    closes = local(event.closes_local)
    if closes is not None and instant(closes, event.time_zone) <= now:
        raise Invalid(rules.CLOSED, next_steps=[details_step(event.id)])
    return when


def _check_times(event: Event, when: When, now: datetime, *, is_new: bool) -> None:
    """``is_new``: its start isn't what it was, so it lies ahead. Raises Invalid."""
    rules.check_when(when, now, event.time_zone, is_new=is_new)
    closes = local(event.closes_local)
    if closes is not None and closes > when.starts:
        raise Invalid(rules.LATE_CLOSE, next_steps=[details_step(event.id)])


async def _places(change: Change, event: Event) -> NewSignUp:
    return following.new_signup(event, await _committee_key(change, event.committee_id))


async def set_parts(change: Change, event: Event, values: Settable) -> bool:
    """Was there anything to change? Raises Invalid; Conflict."""
    typed = {name: value for name, value in values.items() if name not in ("when", "closes")}
    found = rules.cleaned(rules.set_apart(typed, event.link))
    if "closes" in values:
        found["closes_local"] = rules.column(values["closes"])
    if "when" in values:
        found |= rules.time_columns(values["when"], event.time_zone)
        event.pasted = ""
        if event.repeat:
            event.repeat = series.moved_text(event, values["when"])
    if "audience" in found:
        found["audience"] = found["audience"].value
        if found["audience"] == Audience.LC and event.lc_id is None:
            raise Invalid(N_("Only an event of an LC can be for the members of an LC."))
    if event.state == EventState.DRAFT:
        changed = event.take(found)
    else:
        rules.CANCEL.require(event.state)
        _check_open(event, change.now)
        changed = await _set_posted(change, event, found)
    if changed:
        event.version += 1
        event.changed_at = change.now
        following.note(change, event, "event.edit", changed)
    return bool(changed)


def _check_open(event: Event, now: datetime) -> None:
    """Raises Conflict: it is over, so nobody has to hear of it any more."""
    if event.ends_at is not None and event.ends_at + rules.OVER_AFTER < now:
        raise Conflict(rules.OVER, next_steps=[show_step(event.id)])


async def _take_limit(change: Change, event: Event) -> SignUp | None:
    """The organiser may have changed it on the list of people."""
    signup = await signup_of(change, KIND, event.id)
    if signup is not None:
        event.limit = signup.limit
    return signup


async def _set_posted(change: Change, event: Event, found: dict[str, Any]) -> list[str]:
    """A posted event has sign-ups, posts, reminders and calendars that follow it."""
    signup = await _take_limit(change, event)
    assert signup is not None, "a posted event has one"
    starts_at, ends_at = event.starts_at, event.ends_at
    changed = event.take(found)
    if not changed:
        return []
    when = when_in(event)
    assert when is not None
    is_moved = event.starts_at != starts_at
    if is_moved or event.ends_at != ends_at or "closes_local" in changed:
        _check_times(event, when, change.now, is_new=is_moved)
    event.sequence += 1
    new = await _places(change, event)
    follows = {name: getattr(new, name) for name in FOLLOWS}
    await change_signup(change, signup, **follows)
    if signup.state == SignUpState.CLOSED and not has_ended(change, signup):
        await reopen(change, signup)
    if event.ends_at != ends_at:
        await _keep_in_charge(change, event)
    if is_moved or "limit" in changed:  # more people take longer to remind
        await following.plan_reminder(change.session, event, when, change.moment)
    await following.tell_soon(change.session, event, change.moment)
    await mirror_soon(change.session, change.moment)
    return changed
