"""Signing up for an event: who may, and what else they have at that time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, exists, select

from bot.db import Reader, fetch
from bot.errors import Conflict, NotAllowed, NotFound
from bot.features import Service
from bot.features.events import rules
from bot.features.events.answers import Paper, given_by, keep
from bot.features.events.hosting import hosted_in
from bot.features.events.models import Audience, Event, EventQuestion, EventState
from bot.features.events.naming import agree
from bot.features.events.queries import GONE, KIND, LIST, local
from bot.features.events.question_rows import questions_of
from bot.features.events.question_rules import Given
from bot.features.events.steps import show_step
from bot.features.members.models import Profile
from bot.features.members.values import JOIN
from bot.features.people.actors import Actor
from bot.features.people.changes import change_by
from bot.features.signups.desk import ALREADY, FOR_LC, require_begun, sign_up
from bot.features.signups.models import Party, PartyMember, SignUp
from bot.features.signups.queries import choices_of
from bot.features.signups.rules import TAKEN
from bot.features.signups.values import ChoiceLine, Placed
from bot.i18n import N_

OVER = N_("This event is over. Coming events are in the list.")


@dataclass(frozen=True, slots=True)
class Clash:
    """Something else that somebody has a place in at the same time."""

    event_id: int
    title_ja: str
    title_en: str
    starts: datetime


@dataclass(frozen=True, slots=True)
class Way:
    """What comes before somebody's place. ``clashes``: what else they have at that time. ``choices``: in which ways one
    takes part, if there are several. ``paper``: the event's own questions; None if it has none."""

    clashes: Sequence[Clash]
    choices: Sequence[ChoiceLine]
    paper: Paper | None
    #: Its posts name those who agree to it.
    shows_names: bool = False

    @property
    def asks_first(self) -> bool:
        """Do they have to answer something before they take a place?"""
        return self.paper is not None and bool(self.paper.missing)


class JoiningService(Service):
    async def may_join(self, actor: Actor, event_id: int) -> None:
        """Before somebody is asked for their name. Raises as ``join`` does."""
        async with self.database.reading() as connection:
            await _require(connection, actor, event_id, self.clock.now())

    async def join(
        self,
        actor: Actor,
        event_id: int,
        given: Given | None = None,
        choice_id: int | None = None,
        *,
        is_named: bool = False,
    ) -> Placed:
        """Take a place, or the next one in the line, and keep what they answer to the event's own questions.
        ``choice_id``: in which way they take part, where there are several. ``is_named``: they agree that its posts
        name them.

        Raises:
            NotFound: there is no such event, or the actor hasn't joined yet.
            NotAllowed: it is for the members of another LC.
            Conflict: it is over or cancelled, sign-up is closed, or they signed up already.
            QuestionsChanged: an answer is missing without which nobody takes a place, or the organisers ask something
                else by now. Nothing is kept then.
            Invalid: an answer can't be used, or it isn't one of the ways to take part.
        """
        async with change_by(self, actor) as change:
            # It isn't locked: the sign-up is, and goes with it when it is cancelled.
            event = await _require(change.session, actor, event_id, change.now)
            known = select(Profile.id).where(Profile.person_id == (actor.person_id or 0))
            if await change.session.scalar(known) is None:
                raise NotFound(N_("Please join first."), next_steps=[JOIN])
            assert event.signup_id is not None, "a posted event has one"
            placed = await sign_up(change, event.signup_id, choice_id)
            if event.has_questions or given:
                await keep(change, event_id, given or {})
            await agree(change, event_id, yes=is_named)
            return placed

    async def way(self, actor: Actor, event_id: int) -> Way:
        """What the actor has a place in, or is offered one, while this event takes place; and what it asks. Where it
        asks something, it raises as ``join`` does, so that nobody fills in a form in vain."""
        async with self.database.reading() as connection:
            columns = (Event.starts_at, Event.ends_at, Event.title_ja, Event.title_en, Event.choices, Event.shows_names)
            here = (Event.id == event_id, Event.organisation_id == actor.organisation.id)
            rows = await fetch(connection, select(*columns, _HAS_QUESTIONS).where(*here))
            if not rows or rows[0].starts_at is None:
                return Way([], [], None)
            (this,) = rows
            clashes = await _clashes(connection, actor, event_id, this)
            if not (this.has_questions or this.choices or this.shows_names):
                return Way(clashes, [], None)
            await _require(connection, actor, event_id, self.clock.now())
            if await connection.scalar(_is_in(actor, event_id)):
                raise Conflict(ALREADY, next_steps=[show_step(event_id)])
            signup_id = await connection.scalar(_signup_of(event_id))
            choices = await choices_of(connection, signup_id or 0) if this.choices else []
            if not this.has_questions:
                return Way(clashes, choices, None, this.shows_names)
            questions = await questions_of(connection, event_id)
            given = await given_by(connection, event_id, actor.person_id)
        paper = Paper(event_id, this.title_ja, this.title_en, questions, given)
        return Way(clashes, choices, paper, this.shows_names)


_HAS_QUESTIONS = exists().where(EventQuestion.event_id == Event.id).label("has_questions")


def _signup_of(event_id: int) -> Any:
    return select(SignUp.id).where(SignUp.owner_kind == KIND, SignUp.owner_id == event_id)


def _is_in(actor: Actor, event_id: int) -> Any:
    mine = select(PartyMember.id).join(SignUp, SignUp.id == PartyMember.signup_id)
    this = (SignUp.owner_kind == KIND, SignUp.owner_id == event_id)
    return mine.where(*this, PartyMember.person_id == (actor.person_id or 0), PartyMember.is_live).limit(1)


async def _clashes(reader: Reader, actor: Actor, event_id: int, this: Any) -> list[Clash]:
    """``this``: its start and end."""
    other = (
        select(Event.id, Event.title_ja, Event.title_en, Event.starts_local)
        .join(SignUp, (SignUp.owner_kind == KIND) & (SignUp.owner_id == Event.id))
        .join(PartyMember, PartyMember.signup_id == SignUp.id)
        .join(Party, Party.id == PartyMember.party_id)
        .where(
            Event.organisation_id == actor.organisation.id,
            Event.id != event_id,
            Event.state == EventState.POSTED,
            Event.starts_at < this.ends_at,
            Event.ends_at > this.starts_at,
            PartyMember.person_id == (actor.person_id or 0),
            PartyMember.is_live,
            Party.state.in_([one.value for one in TAKEN]),
        )
        .order_by(Event.starts_at, Event.id)
    )
    return [
        Clash(row.id, row.title_ja, row.title_en, local(row.starts_local) or row.starts_at)
        for row in await fetch(reader, other)
    ]


async def _require(reader: Reader, actor: Actor, event_id: int, now: datetime) -> Row[Any]:
    """The event, with ``signup_id`` and ``has_questions``. Raises NotFound; Conflict; NotAllowed: it isn't for them to
    sign up."""
    here = (Event.id == event_id, Event.organisation_id == actor.organisation.id)
    query = select(Event.state, Event.ends_at, Event.audience, Event.lc_id, Event.time_zone, SignUp.opens_at)
    query = query.add_columns(
        SignUp.id.label("signup_id"), _HAS_QUESTIONS, hosted_in(actor.lc_ids).label("is_own")
    ).outerjoin(SignUp, (SignUp.owner_kind == KIND) & (SignUp.owner_id == Event.id))
    rows = await fetch(reader, query.where(*here))
    if not rows or rows[0].state == EventState.DRAFT:
        raise NotFound(GONE, next_steps=[LIST])
    (event,) = rows
    if event.state == EventState.CANCELLED:
        raise Conflict(rules.CANCEL.refusal, next_steps=[LIST])
    if event.ends_at <= now:
        raise Conflict(OVER, next_steps=[LIST])
    if event.audience == Audience.LC and not event.is_own:
        raise NotAllowed(FOR_LC, next_steps=[LIST])
    require_begun(event.opens_at, now, event.time_zone, show_step(event_id))
    return event
