from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Unpack

from sqlalchemy import select

from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Service
from bot.features.events import following, rules, series, weeks
from bot.features.events.changing import (
    Settable,
    call_off,
    checked_to_post,
    grants_on,
    keep_in_charge,
    leave_lc,
    locked,
    new_draft,
    new_places,
    put_in_charge,
    set_parts,
    take_limit,
)
from bot.features.events.charge import dates_ahead, hold_series
from bot.features.events.homes import (
    Home,
    channels_of,
    committee_key,
    homes_of,
    key_of_home,
    require_making,
    usual_home,
)
from bot.features.events.hosting import asked_of
from bot.features.events.hosts import ask_those_named
from bot.features.events.lists import EventLine, Which, coming
from bot.features.events.mirroring import mirror_soon
from bot.features.events.models import Audience, Event, EventState
from bot.features.events.picturing import drop
from bot.features.events.queries import PER_PAGE, EventCard, card_of, card_to_organise, card_to_see, organises
from bot.features.events.reading import Audience as Meant
from bot.features.events.reading import EventText, Question, read_event
from bot.features.events.repeats import as_text
from bot.features.events.rules import When
from bot.features.events.steps import draft_step, organise_step, show_step, step_to
from bot.features.events.watchers import tell_watchers
from bot.features.members.values import JOIN
from bot.features.organisations.naming import one_name
from bot.features.people.actors import Actor
from bot.features.people.changes import change_by
from bot.features.signups.opening import open_signup
from bot.i18n import N_
from bot.paging import Part, fetch_part

NOT_THERE = N_("You can't write in that channel. Please choose another one, or post it in the list alone.")


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
    #: Names of the LCs that are asked to host it, too, once it is posted.
    asks: Sequence[tuple[str, str]] = ()


class EventService(Service):
    async def event(self, actor: Actor, event_id: int) -> EventCard:
        """Raises NotFound: there is none, or it is for another LC. Raises Conflict: it is a draft."""
        async with self.database.reading() as connection:
            return await card_to_see(connection, actor, event_id, self.clock.now())

    async def to_organise(self, actor: Actor, event_id: int) -> EventCard:
        """For its organisers and the officers of its place. Raises NotFound; NotAllowed."""
        async with self.database.reading() as connection:
            return await card_to_organise(connection, actor, event_id, self.clock.now())

    async def to_edit(self, actor: Actor, event_id: int) -> EventCard:
        """For a form, before it opens. Raises NotFound; NotAllowed; Conflict: it was cancelled."""
        card = await self.to_organise(actor, event_id)
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
            asks = await asked_of(connection, event_id)
        unclear = read_event(card.pasted, now, card.time_zone).unclear if card.pasted else ()
        return Draft(card, unclear, channels, homes, asks)

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
            home = await usual_home(change.session, actor)
            columns = read_columns(read_event(text, change.now, zone), home["lc_id"], zone)
            return await new_draft(change, home, here, pasted=text.strip(), **columns)

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
                rules.check_version(event.version, version, step_to(event))
            else:
                await take_limit(change, event)
                values = rules.own_parts(values, seen, event)
            event.is_changed |= await set_parts(change, event, values)

    async def give_to(self, actor: Actor, event_id: int, version: int, home: Home) -> None:
        """Make a draft an event of an LC, a committee, or the organisation. Raises as ``edit``; NotFound: there is no
        such LC or committee; NotAllowed: the actor makes none there."""
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            rules.check_version(event.version, version, step_to(event))
            require_making(actor, home["lc_id"], await key_of_home(change, home))
            rules.POST.require(event.state)
            if home["lc_id"] is None:
                leave_lc(event)
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
            rules.check_version(event.version, version, step_to(event))
            require_making(actor, event.lc_id, await committee_key(change, event.committee_id))
            rules.POST.put(event)
            when = checked_to_post(event, change.now)
            event.version, event.posted_at, event.changed_at = event.version + 1, change.now, change.now
            event.pasted, event.told = "", rules.told(event)
            await open_signup(change, await new_places(change, event))
            await keep_in_charge(change, event)
            if event.channel_id is not None:
                if event.channel_id not in (here, *await channels_of(change.session, actor, event.lc_id)):
                    raise NotAllowed(NOT_THERE, next_steps=[draft_step(event_id)])
                await following.show_in(change, event, event.channel_id)
            await following.plan_reminder(change.session, event, when, change.moment)
            await series.begin(change, event, when)
            await ask_those_named(change, event)
            await mirror_soon(change.session, change.moment)
            await weeks.plan_next(change.session, change.moment)
            following.note(change, event, rules.POST.action)
            await tell_watchers(change, event)

    async def show_again(self, actor: Actor, event_id: int, channel_id: int, here: int | None = None) -> None:
        """One more post, such as where somebody deleted it. An older one in the same channel leads to it from then on.
        ``here``: a channel in which Discord lets the actor write.

        Raises:
            NotFound; NotAllowed, also where they can't write in the channel.
            Conflict: it isn't open.
        """
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            rules.CANCEL.require(event.state)
            if channel_id not in (here, *await channels_of(change.session, actor, event.lc_id)):
                raise NotAllowed(NOT_THERE, next_steps=[organise_step(event_id)])
            await following.show_in(change, event, channel_id)
            await take_limit(change, event)  # its older posts are shown anew
            following.note(change, event, "event.show")

    async def take_charge(self, actor: Actor, event_id: int) -> None:
        """An officer of its place becomes one of its organisers, who see who comes, and of the later ones of its series
        that are there; the history says so. Twice is once. Raises NotFound; NotAllowed."""
        async with change_by(self, actor) as change:
            await hold_series(change, event_id)
            event = await locked(change, event_id)
            if actor.person_id is None or organises(actor, event_id):
                return
            for one in [event, *await dates_ahead(change, event)]:
                if not organises(actor, one.id):
                    put_in_charge(change, one, actor.person_id)
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
            picture = event.picture_id
            await change.session.delete(event)
            await change.session.flush()
            await drop(change.session, [picture] if picture is not None else [])
            await change.session.execute(grants_on(event.id).values(ends_on=actor.today))
            following.note(change, event, "event.discard")


def read_columns(found: EventText, lc_id: int | None, time_zone: str) -> dict[str, Any]:
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
