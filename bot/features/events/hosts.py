"""Who hosts an event besides the place whose it is: other LCs, which are asked, and others outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.deliveries.models import Urgency
from bot.deliveries.rules import earliest
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Service
from bot.features.events import following
from bot.features.events.changing import hold, locked
from bot.features.events.hosting import HOSTS, names_of
from bot.features.events.mirroring import mirror_soon
from bot.features.events.models import KIND, Event, EventHost, EventState
from bot.features.events.queries import LIST, EventCard, card_of, card_to_organise
from bot.features.events.steps import hosts_step, show_step
from bot.features.homes.facts import Query
from bot.features.institutions.models import Institution
from bot.features.local_committees.models import LocalCommittee
from bot.features.local_committees.queries import UNKNOWN_LC, with_lc
from bot.features.members.reaching import told_at
from bot.features.organisations.naming import one_name
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, NOW, lcs_where
from bot.features.people.changes import Change, change_by
from bot.features.people.rules import Right
from bot.features.signups.opening import change_signup, signup_of
from bot.i18n import N_
from bot.kit.messages import MessageKind

#: An LC is asked whether it hosts an event, too.
ASKED = MessageKind("events:host", N_("Question to an LC whether it co-hosts an event"), is_budgeted=True)
#: Characters of a name, and how many host one event besides its own place.
NAME, MOST = 100, 8
NO_HOST = N_("That is no longer so. Please look at the page again.")
OWN = N_("This event is that LC's already.")
TWICE = N_("They were asked already. Please wait for their answer.")
THERE = N_("They are in the list already.")
FULL = N_("Up to {n} others can host an event. Please remove somebody first.")
NO_NAME = N_("Please enter who hosts it with you.")
OVER = N_("This event is over or was cancelled. Nothing was changed.")
ITS_OFFICERS = N_("Only officers of that LC can answer for it.")


@dataclass(frozen=True, slots=True)
class Host:
    """``lc_id``: None for others than LCs. ``accepted_at``, ``declined_at``: both None while an LC hasn't answered."""

    host_id: int
    lc_id: int | None
    name_ja: str
    name_en: str
    accepted_at: datetime | None
    declined_at: datetime | None


@dataclass(frozen=True, slots=True)
class Question:
    """What an LC is asked."""

    host_id: int
    event: EventCard


class HostService(Service):
    async def hosts(self, actor: Actor, event_id: int) -> tuple[EventCard, Sequence[Host]]:
        """For its organisers: all, also those who haven't answered. Raises NotFound; NotAllowed."""
        async with self.database.reading() as connection:
            card = await card_to_organise(connection, actor, event_id, self.clock.now())
            rows = await fetch(connection, HOSTS.where(EventHost.event_id == event_id).order_by(EventHost.id))
        return card, [_host(row) for row in rows]

    async def asked(self, actor: Actor, host_id: int) -> tuple[EventCard, Host]:
        """For officers of the LC that is asked, or hosts it. Raises NotFound: nobody asks it (any more); NotAllowed."""
        async with self.database.reading() as connection:
            rows = await fetch(connection, HOSTS.where(EventHost.id == host_id))
            if not rows or rows[0].lc_id is None:
                raise NotFound(NO_HOST, next_steps=[LIST])
            _require_its_officer(actor, rows[0].lc_id)
            card = await card_of(connection, rows[0].event_id, actor.organisation.id, self.clock.now())
        return card, _host(rows[0])

    async def still_asked(self, host_id: int, turn: int) -> Question | None:
        """What the message to an LC says when it goes out; None once somebody has answered, or the event is off."""
        query = select(EventHost.event_id, Event.organisation_id).join(Event, Event.id == EventHost.event_id)
        is_open = (EventHost.accepted_at.is_(None), EventHost.declined_at.is_(None), EventHost.turn == turn)
        now = self.clock.now()
        async with self.database.reading() as connection:
            for row in await fetch(connection, query.where(EventHost.id == host_id, *is_open)):
                card = await card_of(connection, row.event_id, row.organisation_id, now)
                if card.state is EventState.POSTED and card.ends_at is not None and card.ends_at > now:
                    return Question(host_id, card)
        return None

    async def ask(self, actor: Actor, event_id: int, lc_id: int) -> None:
        """Ask another LC to host an event, too; of a draft, once it is posted. Until its officers say yes, it doesn't.

        Raises:
            NotFound: there is no such event or LC; NotAllowed.
            Invalid: it is the event's own.
            Conflict: it was asked already, there are as many as there can be, or the event is over.
        """
        async with change_by(self, actor) as change:
            event = await _open(change, event_id)
            here = (LocalCommittee.id == lc_id, LocalCommittee.organisation_id == event.organisation_id)
            if await change.session.scalar(select(LocalCommittee.id).where(*here)) is None:
                raise NotFound(UNKNOWN_LC)
            if lc_id == event.lc_id:
                raise Invalid(OWN, next_steps=[hosts_step(event_id)])
            this = (EventHost.event_id == event_id, EventHost.lc_id == lc_id)
            host = await change.session.scalar(select(EventHost).where(*this))
            if host is None:
                await _require_room(change, event_id)
                host = EventHost(event_id=event_id, lc_id=lc_id, name="", turn=0)
                change.session.add(host)
            elif host.declined_at is None:
                raise Conflict(TWICE if host.accepted_at is None else THERE, next_steps=[hosts_step(event_id)])
            host.declined_at, host.asked_at, host.asked_by_id = None, change.now, actor.person_id
            if event.state == EventState.DRAFT:
                event.version += 1
            else:
                await _say(change, event, host)
            following.note(change, event, "event.host")

    async def add(self, actor: Actor, event_id: int, name: str) -> None:
        """A student group outside, or an institution; one of the directory by its name.

        Raises:
            NotFound; NotAllowed; Invalid: the name can't be used.
            Conflict: it is there already, there are as many as there can be, or the event is over.
        """
        cleaned = one_name(name, NAME)
        if not cleaned:
            raise Invalid(NO_NAME)
        async with change_by(self, actor) as change:
            event = await _open(change, event_id)
            known = select(Institution.id).where(
                Institution.organisation_id == event.organisation_id,
                Institution.retired_at.is_(None),
                (Institution.name_ja == cleaned) | (Institution.name_en == cleaned),
            )
            institution_id = await change.session.scalar(known.order_by(Institution.id).limit(1))
            same = EventHost.name == cleaned
            if institution_id is not None:
                same |= EventHost.institution_id == institution_id
            if (
                await change.session.scalar(select(EventHost.id).where(EventHost.event_id == event_id, same))
                is not None
            ):
                raise Conflict(THERE, next_steps=[hosts_step(event_id)])
            await _require_room(change, event_id)
            change.session.add(
                EventHost(
                    event_id=event_id,
                    institution_id=institution_id,
                    name="" if institution_id is not None else cleaned,
                    turn=0,
                    asked_at=change.now,
                    accepted_at=change.now,
                    asked_by_id=actor.person_id,
                )
            )
            await _follow(change, event)

    async def remove(self, actor: Actor, event_id: int, host_id: int) -> None:
        """They don't host it any more, or aren't asked any more. Raises NotFound; NotAllowed."""
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            host = await _locked_host(change, host_id)
            if host.event_id != event_id:
                raise NotFound(NO_HOST, next_steps=[hosts_step(event_id)])
            await change.session.delete(host)
            await _follow(change, event)

    async def answer(self, actor: Actor, host_id: int, *, accepts: bool) -> None:
        """An officer of an LC says whether it hosts the event; no, too, after it did.

        Raises:
            NotFound: nobody asks it (any more).
            NotAllowed: the actor is no officer who organises for that LC.
            Conflict: the event is over or cancelled.
        """
        async with change_by(self, actor) as change:
            event_id = await change.session.scalar(select(EventHost.event_id).where(EventHost.id == host_id))
            if event_id is None:
                raise NotFound(NO_HOST, next_steps=[LIST])
            event = await hold(change, event_id)
            host = await _locked_host(change, host_id)
            if host.lc_id is None or event.state == EventState.DRAFT:
                raise NotFound(NO_HOST, next_steps=[LIST])
            _require_its_officer(actor, host.lc_id)
            _require_open(event, change)
            host.accepted_at = (host.accepted_at or change.now) if accepts else None
            host.declined_at = None if accepts else (host.declined_at or change.now)
            change.note("event.cohost", "local_committee", host.lc_id)
            await _follow(change, event)


def _host(row: Any) -> Host:
    return Host(row.id, row.lc_id, *names_of(row), row.accepted_at, row.declined_at)


def _require_its_officer(actor: Actor, lc_id: int) -> None:
    """Nobody above an LC answers for it. Raises NotAllowed."""
    if lc_id not in actor.officer_of or not actor.may(Right.ORGANISE, lc_id):
        raise NotAllowed(ITS_OFFICERS, next_steps=[LIST])


async def _open(change: Change, event_id: int) -> Event:
    """For its organisers. Raises NotFound; NotAllowed; Conflict."""
    event = await locked(change, event_id)
    if event.state != EventState.DRAFT:
        _require_open(event, change)
    return event


def _require_open(event: Event, change: Change) -> None:
    is_over = event.ends_at is None or event.ends_at <= change.now
    if event.state != EventState.POSTED or is_over:
        raise Conflict(OVER, next_steps=[show_step(event.id)])


async def _require_room(change: Change, event_id: int) -> None:
    there = (await change.session.scalars(select(EventHost.id).where(EventHost.event_id == event_id))).all()
    if len(there) >= MOST:
        raise Conflict(FULL, n=MOST, next_steps=[hosts_step(event_id)])


async def _locked_host(change: Change, host_id: int) -> EventHost:
    """Its event is locked. Raises NotFound."""
    query = select(EventHost).where(EventHost.id == host_id).execution_options(populate_existing=True)
    host = await change.session.scalar(query)
    if host is None:
        raise NotFound(NO_HOST, next_steps=[LIST])
    return host


async def _follow(change: Change, event: Event) -> None:
    """What shows the event shows its hosts, and members of the LCs may sign up as its own do."""
    await change.session.flush()
    event.version, event.changed_at = event.version + 1, change.now
    if event.state == EventState.DRAFT:
        following.note(change, event, "event.host")
        return
    event.sequence += 1
    signup = await signup_of(change, KIND, event.id)
    if signup is not None:
        await change_signup(change, signup, also_lc_ids=await hosting_lcs(change.session, event.id))
    await mirror_soon(change.session, change.moment)
    following.note(change, event, "event.host")


async def hosting_lcs(session: AsyncSession, event_id: int) -> list[int]:
    """The LCs that have said yes."""
    query = select(EventHost.lc_id).where(
        EventHost.event_id == event_id, EventHost.lc_id.is_not(None), EventHost.accepted_at.is_not(None)
    )
    return [one for one in (await session.scalars(query.order_by(EventHost.id))).all() if one is not None]


async def ask_those_named(change: Change, event: Event) -> None:
    """An event is posted: the LCs that its draft names are asked. One may have become its own LC since."""
    named = select(EventHost).where(EventHost.event_id == event.id, EventHost.lc_id.is_not(None)).order_by(EventHost.id)
    for host in (await change.session.scalars(named)).all():
        if host.lc_id == event.lc_id:
            await change.session.delete(host)
        else:
            host.asked_at = change.now
            await _say(change, event, host)


async def _say(change: Change, event: Event, host: EventHost) -> None:
    assert host.lc_id is not None
    host.turn += 1
    await change.session.flush()
    told = await told_at(change.session, event.organisation_id, [host.lc_id], change.moment.today)
    # It doesn't wait for a digest that would come too late.
    digest = earliest(change.now, change.moment.time_zone, Urgency.DIGEST)
    may_wait = event.starts_at is None or digest < event.starts_at
    await change.send(
        *(
            ASKED.to(
                one,
                change.moment,
                f"{host.id}:{one.ref}",
                {"host": host.id, "turn": host.turn},
                generation=host.turn,
                about=f"event:{event.id}:host",
                is_budgeted=may_wait,
            )
            for one in told[host.lc_id]
        )
    )


_WAITING = (
    with_lc(
        select(EventHost.id, Event.title_ja.label("ja"), Event.title_en.label("en")).join(
            Event, Event.id == EventHost.event_id
        ),
        EventHost.lc_id,
    )
    .where(
        Event.organisation_id == ASKER.organisation_id,
        Event.state == EventState.POSTED.value,
        Event.ends_at > NOW,
        EventHost.accepted_at.is_(None),
        EventHost.declined_at.is_(None),
        EventHost.lc_id.in_(lcs_where(Right.ORGANISE)),
        EventHost.lc_id.in_(ASKER.officer_of),
    )
    .order_by(Event.starts_at, EventHost.id)
)


def hosts_asked(actor: Actor) -> Query | None:
    """For home: questions to LCs of the actor whether they host an event (``id``, ``ja``, ``en``; ``lc_ja``, ``lc_en``:
    the LC that is asked)."""
    return _WAITING if actor.officer_of else None
