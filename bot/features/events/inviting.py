"""Inviting people to an event, and what they answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Reader, fetch
from bot.deliveries.models import RecipientKind
from bot.deliveries.outbox import enqueue
from bot.deliveries.values import Recipient
from bot.errors import Conflict, Invalid, NotAllowed, NotFound
from bot.features import Service
from bot.features.events import following, rules
from bot.features.events.changing import locked
from bot.features.events.invitations import (
    INVITED,
    UNANSWERED,
    closes_at,
    plan_look,
    reminded_at,
    unreminded,
)
from bot.features.events.invited import ANSWER, IS_OPEN, Answer
from bot.features.events.models import KIND, Audience, Event, EventInvitation, EventState
from bot.features.events.queries import EventCard, card_of
from bot.features.events.steps import show_step
from bot.features.members.finding import NOBODY, visible
from bot.features.members.models import Profile
from bot.features.members.reaching import hears_of_events
from bot.features.organisations.each import moment_of
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Person, Term
from bot.features.people.rules import Right
from bot.features.signups.models import SignUp
from bot.i18n import N_
from bot.kit.messages import MessageKind
from bot.kit.moments import Moment
from bot.paging import Part, fetch_part

#: People on a page of the list.
PER_PAGE = 15
NOT_ORGANISER = N_("Only its organisers can invite people.")
NO_LC = N_("This event belongs to no LC. Please choose people by name.")
CLOSED = N_("Sign-up is over, so nobody can be invited any more.")
NOT_OF_LC = N_("This event is for members of its LC. One of the people you chose isn't a member.")
NOT_INVITED = N_("You aren't invited to this event. If you'd like to come, you may still be able to sign up.")
COMES = N_("You've signed up for this event. If you can't come, please cancel your sign-up.")


@dataclass(frozen=True, slots=True)
class InvitedPerson:
    """Somebody who was invited."""

    name: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Invitations:
    """Who was invited to an event. ``counts``: people by what they answered. ``people``: for its organisers by name;
    None for officers of its place."""

    event: EventCard
    counts: Mapping[Answer, int]
    people: Part[InvitedPerson] | None


class InvitationService(Service):
    async def invitations(self, actor: Actor, event_id: int, page: int = 0) -> Invitations:
        """Raises NotFound; NotAllowed."""
        async with self.database.reading() as connection:
            card = await card_of(connection, event_id, actor.organisation.id, self.clock.now(), actor)
            _require_organiser(actor, card)
            this = EventInvitation.event_id == event_id
            answers = select(ANSWER.label("answer")).select_from(EventInvitation).where(this).subquery()
            counted = select(answers.c.answer, func.count().label("n")).group_by(answers.c.answer)
            counts = {Answer(row.answer): row.n for row in await fetch(connection, counted)}
            people = None
            if card.is_organiser:
                names = select(Person.display_name, ANSWER.label("answer")).select_from(EventInvitation)
                names = names.join(Person, Person.id == EventInvitation.person_id).where(this)
                found = await fetch_part(connection, names.order_by(EventInvitation.id), page, PER_PAGE)
                people = found.each(lambda row: InvitedPerson(row.display_name, Answer(row.answer)))
        return Invitations(card, counts, people)

    async def may_invite(self, actor: Actor, event_id: int) -> None:
        """Before somebody looks for people. Raises as ``invite_lc``, apart from Invalid."""
        now = self.clock.now()
        async with self.database.reading() as connection:
            card = await card_of(connection, event_id, actor.organisation.id, now, actor)
            until = await connection.scalar(_UNTIL.where(SignUp.owner_id == event_id))
        _require_organiser(actor, card)
        rules.CANCEL.require(card.state)
        if until is None or until <= now:
            raise Conflict(CLOSED, next_steps=[show_step(event_id)])

    async def invite_lc(self, actor: Actor, event_id: int) -> int:
        """All members of its LC who use Discord; how many weren't invited before.

        Raises:
            NotFound; NotAllowed.
            Invalid: it belongs to no LC.
            Conflict: it isn't posted, was cancelled, or nobody can sign up any more.
        """
        async with change_by(self, actor) as change:
            event = await _to_invite(change, event_id)
            if event.lc_id is None:
                raise Invalid(NO_LC, next_steps=[show_step(event_id)])
            members = select(Person.id).where(
                Person.discord_user_id.is_not(None),
                Person.id != (actor.person_id or 0),
                _is_member(Person.id, event.lc_id, change.moment),
            )
            return await _invite(change, event, list(await change.session.scalars(members.order_by(Person.id))))

    async def invite(self, actor: Actor, event_id: int, people: Collection[int]) -> int:
        """People whom the actor may find; how many of them weren't invited before. Raises as ``invite_lc``; NotFound:
        the actor may not find one of them; Invalid: the event isn't for one of them."""
        async with change_by(self, actor) as change:
            event = await _to_invite(change, event_id)
            asked = sorted(set(people))
            found = select(Profile.person_id).where(
                Profile.organisation_id == event.organisation_id, Profile.person_id.in_(asked), visible(actor)
            )
            if len(list(await change.session.scalars(found))) != len(asked):
                raise NotFound(NOBODY, next_steps=[show_step(event_id)])
            if event.audience == Audience.LC and event.lc_id is not None:
                members = select(Person.id).where(
                    Person.id.in_(asked), _is_member(Person.id, event.lc_id, change.moment)
                )
                if len(list(await change.session.scalars(members))) != len(asked):
                    raise Invalid(NOT_OF_LC, next_steps=[show_step(event_id)])
            return await _invite(change, event, asked)

    async def decline(self, actor: Actor, event_id: int) -> None:
        """Say that one can't come this time. Twice is once; signing up later is still possible.

        Raises:
            NotFound: the actor wasn't invited.
            Conflict: they have signed up, or the event was cancelled or is over.
        """
        async with change_by(self, actor) as change:
            here = select(Event.id).where(Event.id == event_id, Event.organisation_id == change.moment.organisation_id)
            mine = (EventInvitation.event_id.in_(here), EventInvitation.person_id == (actor.person_id or 0))
            row = await change.session.scalar(select(EventInvitation).where(*mine).with_for_update())
            if row is None:
                raise NotFound(NOT_INVITED, next_steps=[show_step(event_id)])
            times = select(Event.state, Event.starts_at, ANSWER.label("answer")).select_from(EventInvitation)
            (event,) = await fetch(change.session, times.join(Event).where(EventInvitation.id == row.id))
            if event.state != EventState.POSTED or event.starts_at <= change.now:
                raise Conflict(rules.CANCEL.refusal, next_steps=[show_step(event_id)])
            if event.answer in (Answer.COMES, Answer.WAITS):
                raise Conflict(COMES, next_steps=[show_step(event_id)])
            row.answered_at = row.answered_at or change.now

    async def look(self, event_id: int) -> None:
        """The job: remind those whose time has come and who haven't answered, and plan the next time. Done late, it is
        by day, too; done twice, it is said once."""
        async with self.database.writing() as session:
            event = await session.scalar(select(Event).where(Event.id == event_id).with_for_update())
            moment = await moment_of(session, event.organisation_id, self.clock.now()) if event else None
            if event is None or moment is None or event.state != EventState.POSTED:
                return
            closes = closes_at(event)
            due = [
                one
                for one in await unreminded(session, event_id)
                if (at := reminded_at(one.asked_at, closes, moment.now, moment.time_zone)) and at <= moment.now
            ]
            these = update(EventInvitation).where(EventInvitation.id.in_([one.id for one in due]))
            await session.execute(these.values(reminded_at=moment.now).execution_options(synchronize_session=False))
            left = int((closes - moment.now).total_seconds())
            people = [one.person_id for one in due]
            await _send(session, moment, event, UNANSWERED, people, tolerance=left)
            await plan_look(session, event, moment)

    async def asked(self, organisation_id: int, event_id: int, discord_user_id: int) -> EventCard | None:
        """The event of an invitation or of its reminder, when that goes out; None if there is nothing to answer any
        more, or they don't want messages of events."""
        now = self.clock.now()
        open_ones = (
            select(EventInvitation.id)
            .join(Person, Person.id == EventInvitation.person_id)
            .join(Profile, Profile.person_id == Person.id)
            .where(
                EventInvitation.event_id == event_id,
                Person.discord_user_id == discord_user_id,
                Person.organisation_id == organisation_id,
                hears_of_events(),
                IS_OPEN,
            )
        )
        async with self.database.reading() as connection:
            if not await fetch(connection, open_ones):
                return None
            card = await card_of(connection, event_id, organisation_id, now)
            until = await connection.scalar(_UNTIL.where(SignUp.owner_id == event_id))
        return card if card.state is EventState.POSTED and until is not None and until > now else None


#: When one can't sign up for an event any more.
_UNTIL = select(func.coalesce(SignUp.closes_at, SignUp.begins_at)).where(SignUp.owner_kind == KIND)


def _require_organiser(actor: Actor, card: EventCard) -> None:
    """Raises NotAllowed, in the words in which a change says it."""
    if not card.may_edit:
        actor.require(Right.ORGANISE, card.lc_id)
        raise NotAllowed(NOT_ORGANISER, next_steps=[show_step(card.event_id)])


async def _to_invite(change: Change, event_id: int) -> Event:
    """The event, locked. Raises NotFound; NotAllowed; Conflict."""
    event = await locked(change, event_id)
    rules.CANCEL.require(event.state)
    if closes_at(event) <= change.now:
        raise Conflict(CLOSED, next_steps=[show_step(event_id)])
    return event


def _is_member(person: Any, lc_id: int, moment: Moment) -> ColumnElement[bool]:
    return exists().where(Term.person_id == person, Term.lc_id == lc_id, Term.held_on(moment.today))


async def _invite(change: Change, event: Event, people: Sequence[int]) -> int:
    session = change.session
    before = select(EventInvitation.person_id).where(EventInvitation.event_id == event.id)
    known = set(await session.scalars(before))
    new = [one for one in people if one not in known]
    session.add_all(EventInvitation(event_id=event.id, person_id=one, invited_at=change.now) for one in new)
    await session.flush()
    if not new:
        return 0
    left = int((closes_at(event) - change.now).total_seconds())
    await _send(session, change.moment, event, INVITED, new, tolerance=left)
    await plan_look(session, event, change.moment)
    following.note(change, event, "event.invite")
    return len(new)


async def _send(
    session: AsyncSession, moment: Moment, event: Event, kind: MessageKind, people: Sequence[int], tolerance: int
) -> None:
    """To those of them who haven't answered and chose direct messages."""
    about = f"event:{event.id}:invited"
    news = [
        kind.to(one, moment, f"{event.id}:{one.ref}", {"event": event.id}, about=about, tolerance=tolerance)
        for one in await _reached(session, event, people, moment)
    ]
    await enqueue(session, news, moment.now)


async def _reached(reader: Reader, event: Event, people: Sequence[int], moment: Moment) -> list[Recipient]:
    query = (
        select(Person.id, Person.discord_user_id)
        .join(Profile, Profile.person_id == Person.id)
        .join(EventInvitation, EventInvitation.person_id == Person.id)
        .where(
            EventInvitation.event_id == event.id,
            Person.id.in_(people),
            Person.discord_user_id.is_not(None),
            hears_of_events(),
            IS_OPEN,
        )
    )
    if event.audience == Audience.LC and event.lc_id is not None:  # some may have left it
        query = query.where(_is_member(Person.id, event.lc_id, moment))
    rows = await fetch(reader, query.order_by(Person.id))
    return [Recipient(RecipientKind.PERSON, row.discord_user_id, f"person:{row.id}") for row in rows]
