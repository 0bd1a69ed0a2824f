"""What several services do to an event within their transaction."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import select, update

from bot.deliveries.schedule import instant
from bot.errors import Conflict, Invalid, NotFound
from bot.features.events import following, invitations, rules, series
from bot.features.events.charge import new_charge, organiser_of
from bot.features.events.homes import Home, channels_of, committee_key
from bot.features.events.mirroring import mirror_soon
from bot.features.events.models import KIND, Audience, Event, EventState, Language
from bot.features.events.queries import GONE, LIST, local, when_in
from bot.features.events.rules import When
from bot.features.events.steps import details_step, edit_step, places_step, show_step
from bot.features.events.watchers import tell_watchers
from bot.features.members.values import JOIN
from bot.features.people.changes import Change
from bot.features.people.models import Grant, Person
from bot.features.people.rules import Entitlement, Right, Scope
from bot.features.signups.book import groups_of
from bot.features.signups.models import SignUp, SignUpState
from bot.features.signups.opening import cancel_signup, change_signup, has_ended, reopen, signup_of
from bot.features.signups.placing import PlaceRules, as_json, check, from_json, rules_in
from bot.features.signups.values import NewSignUp
from bot.i18n import N_

#: What the sign-up of an event has from it.
FOLLOWS = ("title_ja", "title_en", "for_lc_only", "limit", "closes_at", "begins_at")


class Settable(TypedDict, total=False):
    """Parts of an event that are typed or chosen. A ``when`` of None takes nothing away."""

    title_ja: str
    title_en: str
    when: When
    place: str
    link: str
    text: str
    text_en: str
    language: Language | None
    #: IANA name. People know the time of a posted event, so it keeps its own.
    time_zone: str
    limit: int | None
    cost: str
    alcohol: bool | None
    audience: Audience
    is_online: bool
    closes: datetime | None


async def hold(change: Change, event_id: int) -> Event:
    """The row, locked, whoever asks. Raises NotFound."""
    # Before the event, its organiser and the actor: a deletion begins with the person.
    maker = select(Event.made_by_id).where(Event.id == event_id).scalar_subquery()
    people = select(Person.id).where(Person.id.in_([change.actor.person_id or 0]) | (Person.id == maker))
    await change.session.execute(people.order_by(Person.id).with_for_update(read=True, key_share=True))
    return await change.lock(Event, event_id, GONE, LIST)


async def locked(change: Change, event_id: int) -> Event:
    """The same for its organisers and the officers of its place. Raises NotFound; NotAllowed."""
    event = await hold(change, event_id)
    key = await committee_key(change, event.committee_id)
    if event.state == EventState.DRAFT and not change.actor.may(Right.ORGANISE, event.lc_id, key, (KIND, event_id)):
        raise NotFound(GONE, next_steps=[LIST])
    change.actor.require(Right.ORGANISE, event.lc_id, key, (KIND, event_id))
    return event


async def set_parts(change: Change, event: Event, values: Settable) -> bool:
    """Was there anything to change? Raises Invalid; Conflict."""
    typed = {name: value for name, value in values.items() if name not in ("when", "closes")}
    found = rules.cleaned(rules.set_apart(typed, event.link))
    if "closes" in values:
        found["closes_local"] = rules.column(values["closes"])
    zone = values.get("time_zone", event.time_zone)
    if zone != event.time_zone:
        rules.POST.require(event.state, show_step(event.id))
        found |= rules.time_columns(when_in(event), zone)
    if "when" in values:
        found |= rules.time_columns(values["when"], zone)
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
        await tell_watchers(change, event)
    return bool(changed)


async def _set_posted(change: Change, event: Event, found: dict[str, Any]) -> list[str]:
    """A posted event has sign-ups, posts, reminders and calendars that follow it."""
    signup = await take_limit(change, event)
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
    new = await new_places(change, event)
    follows = {name: getattr(new, name) for name in FOLLOWS}
    await change_signup(change, signup, **follows)
    if signup.state == SignUpState.CLOSED and not has_ended(change, signup):
        await reopen(change, signup)
    if event.ends_at != ends_at:
        await keep_in_charge(change, event)
    if is_moved or "limit" in changed:  # more people take longer to remind
        await following.plan_reminder(change.session, event, when, change.moment)
    if is_moved or "closes_local" in changed:
        await invitations.plan_look(change.session, event, change.moment)
    await following.tell_soon(change.session, event, change.moment)
    await mirror_soon(change.session, change.moment)
    return changed


async def take_limit(change: Change, event: Event) -> SignUp | None:
    """The organiser may have changed it on the list of people. The other rules of the sign-up come with it."""
    signup = await signup_of(change, KIND, event.id)
    if signup is not None:
        groups = (await groups_of(change.session, [signup.id]))[signup.id]
        found = rules_in(
            groups,
            event.time_zone,
            mode=signup.mode,
            limit=signup.limit,
            held=signup.held,
            opens_at=signup.opens_at,
            last_call_hours=signup.last_call_hours,
        )
        event.limit = signup.limit
        event.place_rules = None if found == PlaceRules(limit=signup.limit) else as_json(found)
    return signup


def place_rules_of(event: Event) -> PlaceRules:
    return from_json(event.place_rules, event.limit)


def leave_lc(event: Event) -> None:
    """A draft isn't any LC's any more, so nothing in it is for the members of one."""
    if event.audience == Audience.LC:
        event.audience = Audience.EVERYBODY.value
    given = place_rules_of(event)
    groups = tuple(one for one in given.groups if not one.is_lc)
    if groups != given.groups:
        event.place_rules = as_json(replace(given, groups=groups))


def check_places(event: Event, given: PlaceRules) -> None:
    """Raises Invalid, with the way to them."""
    try:
        check(given, local(event.closes_local) or local(event.starts_local), rules.MOST)
    except Invalid as refused:
        raise Invalid(refused.message, next_steps=[places_step(event.id)], **refused.params) from None


def _check_open(event: Event, now: datetime) -> None:
    """Raises Conflict: it is over, so nobody has to hear of it any more."""
    if event.ends_at is not None and event.ends_at + rules.OVER_AFTER < now:
        raise Conflict(rules.OVER, next_steps=[show_step(event.id)])


def checked_to_post(event: Event, now: datetime) -> When:
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
    check_places(event, place_rules_of(event))
    return when


def _check_times(event: Event, when: When, now: datetime, *, is_new: bool) -> None:
    """``is_new``: its start isn't what it was, so it lies ahead. Raises Invalid."""
    rules.check_when(when, now, event.time_zone, is_new=is_new)
    closes = local(event.closes_local)
    if closes is not None and closes > when.starts:
        raise Invalid(rules.LATE_CLOSE, next_steps=[details_step(event.id)])


async def new_places(change: Change, event: Event) -> NewSignUp:
    organiser_id = await organiser_of(change.session, event, change.moment.today)
    return following.new_signup(event, await committee_key(change, event.committee_id), organiser_id)


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
    await tell_watchers(change, event)


async def new_draft(change: Change, home: Home, here: int | None, **columns: Any) -> int:
    """An event that the actor begins; its number. It will be posted in its LC's channel, else ``here``. Raises
    NotFound: they haven't joined."""
    actor = change.actor
    if actor.person_id is None:
        raise NotFound(N_("Please join first."), next_steps=[JOIN])
    event = Event(
        organisation_id=actor.organisation.id,
        **home,
        state=rules.EVENTS.first.value,
        uid=secrets.token_hex(16),
        channel_id=next(iter(await channels_of(change.session, actor, home["lc_id"])), here),
        made_by_id=actor.person_id,
        made_at=change.now,
        changed_at=change.now,
        **{"time_zone": actor.organisation.time_zone, **columns},
    )
    change.session.add(event)
    await change.session.flush()
    put_in_charge(change, event, actor.person_id)
    following.note(change, event, "event.begin")
    return event.id


def put_in_charge(change: Change, event: Event, person_id: int) -> None:
    """The actor organises the event, from now on."""
    today, subject = change.moment.today, (KIND, event.id)
    change.session.add(new_charge(event, person_id, change.moment, person_id))
    granted = Entitlement(Right.ORGANISE, Scope(subject=subject), today)
    change.actor.entitlements = (*change.actor.entitlements, granted)


def grants_on(event_id: int) -> Any:
    mine = (Grant.subject_kind == KIND, Grant.subject_id == event_id)
    return update(Grant).where(*mine).execution_options(synchronize_session=False)


async def keep_in_charge(change: Change, event: Event) -> None:
    """Its organisers are in charge until some time after its end."""
    assert event.ends_at is not None
    last = rules.in_charge_until(event.ends_at, event.time_zone)
    await change.session.execute(grants_on(event.id).values(ends_on=last))
