"""What an event asks those who come: its organisers write it, before the event is posted or after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch
from bot.errors import Conflict, NotFound
from bot.features import Service
from bot.features.events import following, forgetting, question_rules, rules
from bot.features.events.changing import locked
from bot.features.events.models import Event, EventAnswer, EventQuestion, EventState
from bot.features.events.queries import LIST, EventCard, card_to_organise
from bot.features.events.question_rows import (
    QuestionLine,
    columns_of,
    draft_of,
    new_question,
    questions_of,
)
from bot.features.events.question_rules import QuestionDraft
from bot.features.events.steps import questions_step, show_step
from bot.features.people.actors import Actor
from bot.features.people.changes import Change, change_by
from bot.i18n import N_
from bot.kit.edits import merged

NO_QUESTION = N_("That question was removed. The page of questions has what is asked now.")
BEGUN = N_("The event has begun, so nobody can answer any more.")
PROMISED = N_(
    "People have answered, and were told that it is deleted after the event. Please ask a new question instead."
)


@dataclass(frozen=True, slots=True)
class QuestionsPage:
    """For its organisers. ``answers``: how many people have answered each question, by its number. ``read_at``: when
    that was so."""

    event: EventCard
    questions: Sequence[QuestionLine]
    answers: Mapping[int, int]
    read_at: datetime


class QuestionService(Service):
    async def questions(self, actor: Actor, event_id: int) -> QuestionsPage:
        """In their order. Raises NotFound; NotAllowed."""
        given = (
            select(EventAnswer.question_id, EventAnswer.given)
            .join(EventQuestion, EventQuestion.id == EventAnswer.question_id)
            .where(EventQuestion.event_id == event_id)
        )
        now = self.clock.now()
        async with self.database.reading() as connection:
            card = await card_to_organise(connection, actor, event_id, now)
            found = await questions_of(connection, event_id)
            answers = Counter(row.question_id for row in await fetch(connection, given) if row.given)
        return QuestionsPage(card, found, answers, now)

    async def question(self, actor: Actor, question_id: int) -> tuple[QuestionsPage, QuestionLine]:
        """One of them, with the others. Raises NotFound; NotAllowed."""
        async with self.database.reading() as connection:
            event_id = await connection.scalar(select(EventQuestion.event_id).where(EventQuestion.id == question_id))
        page = await self.questions(actor, event_id or 0)
        line = next((one for one in page.questions if one.id == question_id), None)
        if line is None:
            raise NotFound(NO_QUESTION, next_steps=[questions_step(page.event.event_id)])
        return page, line

    async def to_add(self, actor: Actor, event_id: int) -> None:
        """Before a form opens. Raises NotFound; NotAllowed; Conflict as ``add`` does."""
        page = await self.questions(actor, event_id)
        _require_coming(event_id, page.event.state, page.event.starts_at, page.read_at)
        _require_room(event_id, len(page.questions))

    async def to_edit(self, actor: Actor, question_id: int) -> tuple[QuestionsPage, QuestionLine]:
        """Before a form opens. Raises NotFound; NotAllowed; Conflict: the event was cancelled or has begun."""
        page, line = await self.question(actor, question_id)
        _require_coming(page.event.event_id, page.event.state, page.event.starts_at, page.read_at)
        return page, line

    async def add(self, actor: Actor, event_id: int, draft: QuestionDraft) -> int:
        """One more, at the end; its number.

        Raises:
            NotFound; NotAllowed; Invalid.
            Conflict: there are as many as a form holds, or the event was cancelled or has begun.
        """
        draft = question_rules.cleaned(draft)
        async with change_by(self, actor) as change:
            event = await locked(change, event_id)
            _require_coming(event.id, event.state, event.starts_at, change.now)
            positions = list(
                await change.session.scalars(select(EventQuestion.position).where(EventQuestion.event_id == event_id))
            )
            _require_room(event_id, len(positions))
            question = new_question(event_id, max(positions, default=0) + 1, draft)
            change.session.add(question)
            await change.session.flush()
            await _plan_forgetting(change, question)
            following.note(change, event, "event.questions", ["question"])
            return question.id

    async def edit(
        self, actor: Actor, question_id: int, draft: QuestionDraft, seen: QuestionDraft | None = None
    ) -> int:
        """Ask it in another way. Answers that don't answer it any more are deleted, and their people are asked again;
        returns how many these were. ``seen``: what the form showed (``kit.edits``).

        Raises:
            NotFound; NotAllowed; Invalid.
            Conflict: the event was cancelled or has begun; or people have answered what was to be deleted, and it would
                be kept.
            Overtaken: somebody else has changed the same part.
        """
        async with change_by(self, actor) as change:
            event, question = await _locked(change, question_id)
            _require_coming(event.id, event.state, event.starts_at, change.now)
            now = draft_of(question)
            new = question_rules.cleaned(merged(draft, seen, now), now)
            answers = await _answers(change.session, question_id)
            if question.is_sensitive and not new.is_sensitive and answers:
                raise Conflict(PROMISED, next_steps=[questions_step(event.id)])
            changed = question.take(columns_of(new))
            if not changed:
                return 0
            goes = [one.id for one in answers if one.given and not question_rules.still_fits(question, one.given)]
            gone = delete(EventAnswer).where(EventAnswer.id.in_(goes))
            await change.session.execute(gone.execution_options(synchronize_session=False))
            await _plan_forgetting(change, question)
            following.note(change, event, "event.questions", changed)
            return len(goes)

    async def move_up(self, actor: Actor, question_id: int) -> None:
        """Ask it before the one that stands before it. Raises NotFound; NotAllowed."""
        async with change_by(self, actor) as change:
            event, question = await _locked(change, question_id)
            query = (
                select(EventQuestion)
                .where(EventQuestion.event_id == event.id, EventQuestion.position < question.position)
                .order_by(EventQuestion.position.desc())
                .limit(1)
            )
            before = await change.session.scalar(query.with_for_update())
            if before is not None:
                before.position, question.position = question.position, before.position
                following.note(change, event, "event.questions", ["position"])

    async def remove(self, actor: Actor, question_id: int) -> None:
        """Ask it no more. Its answers go with it. Raises NotFound; NotAllowed."""
        async with change_by(self, actor) as change:
            event, question = await _locked(change, question_id)
            await change.session.delete(question)
            following.note(change, event, "event.questions", ["question"])


async def _plan_forgetting(change: Change, question: EventQuestion) -> None:
    if question.is_sensitive:
        await forgetting.plan_next(change.session, change.moment)


async def _answers(session: AsyncSession, question_id: int) -> Sequence[Any]:
    return await fetch(session, select(EventAnswer.id, EventAnswer.given).where(EventAnswer.question_id == question_id))


async def _locked(change: Change, question_id: int) -> tuple[Event, EventQuestion]:
    """The event before its question. Raises NotFound; NotAllowed."""
    event_id = await change.session.scalar(select(EventQuestion.event_id).where(EventQuestion.id == question_id))
    if event_id is None:
        raise NotFound(NO_QUESTION, next_steps=[LIST])
    event = await locked(change, event_id)
    query = select(EventQuestion).where(EventQuestion.id == question_id, EventQuestion.event_id == event_id)
    question = await change.session.scalar(query.with_for_update())
    if question is None:
        raise NotFound(NO_QUESTION, next_steps=[questions_step(event_id)])
    return event, question


def _require_room(event_id: int, count: int) -> None:
    """Raises Conflict."""
    if count >= question_rules.MOST:
        raise Conflict(question_rules.ENOUGH, n=question_rules.MOST, next_steps=[questions_step(event_id)])


def _require_coming(event_id: int, state: str, starts_at: datetime | None, now: datetime) -> None:
    """Raises Conflict: nobody can answer any more."""
    if state == EventState.CANCELLED:
        raise Conflict(rules.CANCEL.refusal, next_steps=[show_step(event_id)])
    if state == EventState.POSTED and starts_at is not None and starts_at <= now:
        raise Conflict(BEGUN, next_steps=[show_step(event_id)])
