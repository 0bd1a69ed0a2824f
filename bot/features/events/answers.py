"""What people answer to an event's own questions: themselves until it begins, and their organisers read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from bot.db import Reader, fetch
from bot.errors import Conflict, NotFound
from bot.features import Service
from bot.features.events import question_rules, rules
from bot.features.events.models import KIND, Event, EventAnswer, EventQuestion, EventState
from bot.features.events.queries import GONE, LIST, EventCard, card_to_organise
from bot.features.events.question_rows import QuestionLine, line_of, questions_of
from bot.features.events.question_rules import Given
from bot.features.events.questions import BEGUN
from bot.features.events.steps import show_step
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.features.people.models import Person
from bot.features.signups.models import PartyMember, SignUp
from bot.features.signups.queries import people_of
from bot.features.signups.values import Participant
from bot.i18n import N_

NOT_IN = N_("These questions are for those who come. Please sign up first.")
NONE = N_("The organisers don't ask anything any more.")


@dataclass(frozen=True, slots=True)
class Paper:
    """The questions of an event with what one person has answered. ``given`` has an empty answer where they left it
    open, and none where they weren't asked. ``is_open``: they can still change it."""

    event_id: int
    title_ja: str
    title_en: str
    questions: Sequence[QuestionLine]
    given: Mapping[int, Sequence[str]]
    is_open: bool = True

    @property
    def missing(self) -> Sequence[Any]:
        """Those without which nobody takes a place."""
        return question_rules.missing(self.questions, self.given)

    @property
    def open_questions(self) -> Sequence[QuestionLine]:
        """Those that they haven't been asked."""
        return [one for one in self.questions if one.id not in self.given]


@dataclass(frozen=True, slots=True)
class Replies:
    """All answers of those who are signed up. ``counts``: of each question, how often each option was chosen, and under
    "" how many wrote something. ``people``: for the organisers alone; None for the officers of its place."""

    event: EventCard
    questions: Sequence[QuestionLine]
    counts: Mapping[int, Mapping[str, int]]
    people: Sequence[tuple[Participant, Given]] | None = field(default=None)


class AnswerService(Service):
    async def paper(self, actor: Actor, event_id: int) -> Paper:
        """What the actor has answered.

        Raises:
            NotFound: there is no such event, or it asks nothing.
            Conflict: they aren't signed up.
        """
        async with self.database.reading() as connection:
            row = await _require_signed_up(connection, actor, event_id)
            questions = await questions_of(connection, event_id)
            given = await given_by(connection, event_id, actor.person_id)
        if not questions:
            raise NotFound(NONE, next_steps=[show_step(event_id)])
        is_open = not _has_begun(row, self.clock.now())
        return Paper(event_id, row.title_ja, row.title_en, questions, given, is_open)

    async def to_answer(self, actor: Actor, event_id: int) -> Paper:
        """The same, before a form opens. Raises as ``paper`` and ``answer`` do."""
        paper = await self.paper(actor, event_id)
        if not paper.is_open:
            raise Conflict(BEGUN, next_steps=[show_step(event_id)])
        return paper

    async def answer(self, actor: Actor, event_id: int, given: Given) -> None:
        """Answer, or answer in another way. An empty answer leaves a question open.

        Raises:
            NotFound: there is no such event.
            Conflict: they aren't signed up, or it has begun.
            QuestionsChanged: the organisers ask something else by now.
            Invalid: an answer can't be used.
        """
        async with change_by(self, actor) as change:
            await answer_own(change, event_id, given)

    async def replies(self, actor: Actor, event_id: int) -> Replies:
        """What people have answered. Names are for its organisers. Raises NotFound; NotAllowed."""
        async with self.database.reading() as connection:
            card = await card_to_organise(connection, actor, event_id, self.clock.now())
            questions = await questions_of(connection, event_id)
            signed_up = await people_of(connection, card.signup_id) if card.signup_id is not None else []
            query = (
                select(EventAnswer.person_id, EventAnswer.question_id, EventAnswer.given)
                .join(EventQuestion, EventQuestion.id == EventAnswer.question_id)
                .where(EventQuestion.event_id == event_id)
            )
            by_person: dict[int | None, dict[int, list[str]]] = defaultdict(dict)
            for row in await fetch(connection, query):
                by_person[row.person_id][row.question_id] = row.given
        people = [(one, by_person.get(one.person_id, {})) for one in signed_up]
        counts = {one.id: _counted(one, [given.get(one.id, ()) for _, given in people]) for one in questions}
        return Replies(card, questions, counts, people if card.is_organiser else None)


def _counted(question: QuestionLine, given: Sequence[Sequence[str]]) -> dict[str, int]:
    options = question_rules.possible(question)
    if not options:
        return {"": sum(1 for one in given if one)}
    return {option: sum(1 for one in given if option in one) for option in options}


async def given_by(reader: Reader, event_id: int, person_id: int | None) -> dict[int, Sequence[str]]:
    query = (
        select(EventAnswer.question_id, EventAnswer.given)
        .join(EventQuestion, EventQuestion.id == EventAnswer.question_id)
        .where(EventQuestion.event_id == event_id, EventAnswer.person_id == (person_id or 0))
    )
    return {row.question_id: row.given for row in await fetch(reader, query)}


async def answer_own(change: Change, event_id: int, given: Given) -> None:
    """See ``AnswerService.answer``."""
    actor = change.actor
    # Before what names them: a deletion begins with the person.
    me = select(Person.id).where(Person.id == (actor.person_id or 0))
    await change.session.execute(me.with_for_update(read=True, key_share=True))
    # Of two answers at once the later one sees the first, and edits it.
    await change.session.execute(_own_place(actor, event_id).with_for_update(of=PartyMember))
    if _has_begun(await _require_signed_up(change.session, actor, event_id), change.now):
        raise Conflict(BEGUN, next_steps=[show_step(event_id)])
    await keep(change, event_id, given)


async def keep(change: Change, event_id: int, given: Given) -> None:
    """Keep what the actor answers, in the caller's transaction. Their record has to be locked.

    Raises QuestionsChanged; Invalid.
    """
    person_id = change.actor.person_id
    assert person_id is not None
    # While they answer, nobody takes a question away.
    query = select(EventQuestion).where(EventQuestion.event_id == event_id).order_by(EventQuestion.id)
    rows = await change.session.scalars(query.with_for_update(read=True, key_share=True))
    questions = [line_of(row) for row in rows]
    before = {
        row.question_id: row
        for row in await change.session.scalars(
            select(EventAnswer).where(
                EventAnswer.person_id == person_id, EventAnswer.question_id.in_([one.id for one in questions])
            )
        )
    }
    kept = question_rules.taken_over(questions, given, {number: row.given for number, row in before.items()})
    for number, values in kept.items():
        row = before.get(number)
        if row is None:
            row = EventAnswer(question_id=number, person_id=person_id)
            change.session.add(row)
        row.given, row.answered_at = values, change.now
    await change.session.flush()


def _own_place(actor: Actor, event_id: int) -> Select[int]:
    return (
        select(PartyMember.id)
        .join(SignUp, SignUp.id == PartyMember.signup_id)
        .where(SignUp.owner_kind == KIND, SignUp.owner_id == event_id)
        .where(PartyMember.person_id == (actor.person_id or 0), PartyMember.is_live)
    )


async def _require_signed_up(reader: Reader, actor: Actor, event_id: int) -> Any:
    """Raises NotFound; Conflict."""
    mine = _own_place(actor, event_id).exists()
    here = (Event.id == event_id, Event.organisation_id == actor.organisation.id)
    query = select(Event.title_ja, Event.title_en, Event.state, Event.starts_at, mine.label("is_in"))
    rows = await fetch(reader, query.where(*here))
    if not rows or rows[0].state == EventState.DRAFT:
        raise NotFound(GONE, next_steps=[LIST])
    if rows[0].state == EventState.CANCELLED:
        raise Conflict(rules.CANCEL.refusal, next_steps=[show_step(event_id)])
    if not rows[0].is_in:
        raise Conflict(NOT_IN, next_steps=[show_step(event_id)])
    return rows[0]


def _has_begun(row: Any, now: datetime) -> bool:
    return row.starts_at is not None and bool(row.starts_at <= now)
