"""Signing up for an event: who may, and what else they have at that time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, exists, select
from sqlalchemy.orm import aliased

from bot.db import Id, Reader, fetch
from bot.errors import Conflict, NotAllowed, NotFound
from bot.features import Service
from bot.features.events import rules
from bot.features.events.answers import Paper, given_by, keep
from bot.features.events.hosting import hosted_in
from bot.features.events.models import KIND, Audience, Event, EventName, EventQuestion, EventState
from bot.features.events.naming import agree
from bot.features.events.queries import GONE, LIST, local
from bot.features.events.question_rows import questions_of
from bot.features.events.question_rules import Given
from bot.features.events.steps import show_step
from bot.features.members.models import Profile
from bot.features.members.values import JOIN
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, names_in, values_of
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
    """What comes before somebody's place. ``has_joined``: the organisation, which comes before all else. ``clashes``:
    what else they have at that time. ``choices``: in which ways one takes part, if there are several. ``paper``: the
    event's own questions; None if it has none."""

    has_joined: bool = True
    clashes: Sequence[Clash] = ()
    choices: Sequence[ChoiceLine] = ()
    paper: Paper | None = None
    #: Its posts name those who agree to it.
    shows_names: bool = False

    @property
    def asks_first(self) -> bool:
        """Do they have to answer something before they take a place?"""
        return self.paper is not None and bool(self.paper.missing)


class JoiningService(Service):
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
            event = await _require(change.session, change.actor, event_id, change.now)
            if not event.has_joined:
                raise NotFound(N_("Please join first."), next_steps=[JOIN])
            assert event.signup_id is not None, "a posted event has one"
            placed = await sign_up(change, event.signup_id, choice_id)
            if event.has_questions or given:
                await keep(change, event_id, given or {})
            if is_named or event.shows_names or event.was_named:
                await agree(change, event_id, yes=is_named)
            return placed

    async def way(self, actor: Actor, event_id: int) -> Way:
        """What the actor has a place in, or is offered one, while this event takes place; and what it asks. One
        statement, and one for each of what there is. Raises as ``join`` does: nobody fills in a form in vain, and a
        refusal waits for nobody who writes."""
        now = self.clock.now()
        async with self.database.reading() as connection:
            this = await _require(connection, actor, event_id, now)
            if not this.has_joined:
                return Way(has_joined=False)
            if this.is_in:
                raise Conflict(ALREADY, next_steps=[show_step(event_id)])
            clashes = await _clashes(connection, actor, event_id, now) if this.clashes else []
            choices = await choices_of(connection, this.signup_id) if this.choices else []
            if not this.has_questions:
                return Way(clashes=clashes, choices=choices, shows_names=this.shows_names)
            questions = await questions_of(connection, event_id)
            given = await given_by(connection, event_id, actor.person_id)
        paper = Paper(event_id, this.title_ja, this.title_en, questions, given)
        return Way(clashes=clashes, choices=choices, paper=paper, shows_names=this.shows_names)


_EVENT = bindparam("event", type_=Id)
_OTHER, _ITS_SIGNUP = aliased(Event), aliased(SignUp)
#: What the asker has a place in while an event takes place.
_CLASHING = (
    select(_OTHER.id, _OTHER.title_ja, _OTHER.title_en, _OTHER.starts_local, _OTHER.starts_at)
    .select_from(PartyMember)
    .join(Party, Party.id == PartyMember.party_id)
    .join(_ITS_SIGNUP, _ITS_SIGNUP.id == PartyMember.signup_id)
    .join(_OTHER, (_ITS_SIGNUP.owner_kind == KIND) & (_OTHER.id == _ITS_SIGNUP.owner_id))
    .where(
        _OTHER.organisation_id == Event.organisation_id,
        _OTHER.id != Event.id,
        _OTHER.state == EventState.POSTED.value,
        _OTHER.starts_at < Event.ends_at,
        _OTHER.ends_at > Event.starts_at,
        PartyMember.person_id == ASKER.person_id,
        PartyMember.is_live,
        Party.state.in_([one.value for one in TAKEN]),
    )
)
_CLASHES = _CLASHING.join(Event, Event.id == _EVENT).order_by(_OTHER.starts_at, _OTHER.id)
_THIS = (
    select(
        Event.state,
        Event.title_ja,
        Event.title_en,
        Event.ends_at,
        Event.audience,
        Event.time_zone,
        Event.choices,
        Event.shows_names,
        SignUp.opens_at,
        SignUp.id.label("signup_id"),
        exists().where(EventQuestion.event_id == Event.id).label("has_questions"),
        hosted_in(ASKER.lc_ids).label("is_own"),
        exists().where(Profile.person_id == ASKER.person_id).label("has_joined"),
        exists().where(EventName.event_id == Event.id, EventName.person_id == ASKER.person_id).label("was_named"),
        exists()
        .where(PartyMember.signup_id == SignUp.id, PartyMember.person_id == ASKER.person_id, PartyMember.is_live)
        .label("is_in"),
        _CLASHING.correlate(Event).exists().label("clashes"),
    )
    .outerjoin(SignUp, (SignUp.owner_kind == KIND) & (SignUp.owner_id == Event.id))
    .where(Event.id == _EVENT, Event.organisation_id == ASKER.organisation_id)
)
_OF_THIS, _OF_CLASHES = names_in(_THIS), names_in(_CLASHES)


async def _clashes(reader: Reader, actor: Actor, event_id: int, now: datetime) -> list[Clash]:
    parameters = values_of(_OF_CLASHES, actor, now)
    return [
        Clash(row.id, row.title_ja, row.title_en, local(row.starts_local) or row.starts_at)
        for row in await fetch(reader, _CLASHES, {**parameters, "event": event_id})
    ]


async def _require(reader: Reader, actor: Actor, event_id: int, now: datetime) -> Row[Any]:
    """The event, with what it is to the actor. One statement. Raises NotFound; Conflict; NotAllowed: it isn't for them
    to sign up."""
    rows = await fetch(reader, _THIS, {**values_of(_OF_THIS, actor, now), "event": event_id})
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
