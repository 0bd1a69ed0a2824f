"""Questions of events as rows, as lines of a page, and as what a series has of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bot.db import Reader, fetch
from bot.features.events.models import AnswerKind, EventQuestion
from bot.features.events.question_rules import QuestionDraft


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question of an event, with what ``question_rules`` asks of one."""

    id: int
    text_ja: str
    text_en: str
    kind: AnswerKind
    options: Sequence[str]
    is_required: bool
    is_sensitive: bool


async def questions_of(reader: Reader, event_id: int) -> list[QuestionLine]:
    """In their order."""
    query = select(*EventQuestion.__table__.c).where(EventQuestion.event_id == event_id)
    rows = await fetch(reader, query.order_by(EventQuestion.position, EventQuestion.id))
    return [line_of(row) for row in rows]


def line_of(row: Any) -> QuestionLine:
    """``row``: with the columns of a question."""
    kind = AnswerKind(row.kind)
    return QuestionLine(row.id, row.text_ja, row.text_en, kind, tuple(row.options), row.is_required, row.is_sensitive)


def draft_of(question: Any) -> QuestionDraft:
    """``question``: a row or a line."""
    return QuestionDraft(
        question.text_ja,
        question.text_en,
        AnswerKind(question.kind),
        tuple(question.options),
        question.is_required,
        question.is_sensitive,
    )


def new_question(event_id: int, position: int, draft: QuestionDraft) -> EventQuestion:
    return EventQuestion(event_id=event_id, position=position, **columns_of(draft))


def columns_of(draft: QuestionDraft) -> dict[str, Any]:
    return {
        "text_ja": draft.text_ja,
        "text_en": draft.text_en,
        "kind": draft.kind.value,
        "options": list(draft.options),
        "is_required": draft.is_required,
        "is_sensitive": draft.is_sensitive,
    }


def as_data(lines: Iterable[QuestionLine]) -> list[dict[str, Any]]:
    """As a series keeps them for its next occurrences."""
    return [columns_of(draft_of(one)) for one in lines]


def from_data(event_id: int, data: Iterable[Mapping[str, Any]]) -> list[EventQuestion]:
    return [EventQuestion(event_id=event_id, position=at, **one) for at, one in enumerate(data, 1)]
