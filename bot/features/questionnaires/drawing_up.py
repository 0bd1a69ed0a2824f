"""Drawing questions up, opening and closing them: helpers that join the transaction of whoever asks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Reader, fetch
from bot.errors import Conflict, Invalid
from bot.features.questionnaires.models import AskedParty, Question, QuestionKind, Questionnaire
from bot.features.questionnaires.records import (
    MAX_OPTION,
    MAX_OPTIONS,
    MAX_QUESTION,
    MAX_QUESTIONS,
    NewQuestion,
    Party,
    QuestionCard,
)
from bot.i18n import N_
from bot.typed import NO_INK, name_problem

#: Without the ORM, which takes its time over each of thousands of rows.
_ASKED: Any = AskedParty.__table__


async def begin(session: AsyncSession, organisation_id: int, title: str) -> int:
    """An empty questionnaire; its id."""
    row = Questionnaire(organisation_id=organisation_id, title=title[:200])
    session.add(row)
    await session.flush()
    return row.id


def require_room(count: int) -> None:
    """Raises Conflict: there are as many questions as one form has room for."""
    if count >= MAX_QUESTIONS:
        raise Conflict(N_("There are {n} questions already; more don't fit into one form."), n=MAX_QUESTIONS)


async def add_question(session: AsyncSession, questionnaire_id: int, new: NewQuestion) -> None:
    """Add a question to one that isn't open yet.

    Raises:
        Invalid: the text is empty or too long, or there are no options to choose from, or too many.
        Conflict: there are five already.
    """
    text_ja, text_en = new.text_ja.strip(), new.text_en.strip()
    options = list(dict.fromkeys(filter(None, (option.strip() for option in new.options))))
    if any(name_problem(one) for one in options):
        raise Invalid(N_("Please write options that can be read, without mentions."))
    if name_problem(text_ja) == NO_INK or (text_en and name_problem(text_en) == NO_INK):
        raise Invalid(N_("Please write the question."))
    if max(len(text_ja), len(text_en)) > MAX_QUESTION:
        raise Invalid(
            N_("A question has at most {n} characters; longer explanations go into the text."), n=MAX_QUESTION
        )
    if new.kind is QuestionKind.CHOICE and not 2 <= len(options) <= MAX_OPTIONS:
        raise Invalid(N_("To choose from, please write 2 to {n} options, one a line."), n=MAX_OPTIONS)
    if any(len(option) > MAX_OPTION for option in options):
        raise Invalid(N_("An option has at most {n} characters."), n=MAX_OPTION)
    count = await session.scalar(
        select(func.count()).select_from(Question).where(Question.questionnaire_id == questionnaire_id)
    )
    require_room(count or 0)
    session.add(
        Question(
            questionnaire_id=questionnaire_id,
            kind=new.kind.value,
            text_ja=text_ja,
            text_en=text_en,
            options=options if new.kind is QuestionKind.CHOICE else [],
            is_required=new.is_required,
        )
    )


async def remove_question(session: AsyncSession, questionnaire_id: int, question_id: int) -> None:
    await session.execute(
        delete(Question).where(Question.id == question_id, Question.questionnaire_id == questionnaire_id)
    )


async def copy(session: AsyncSession, questionnaire_id: int) -> int:
    """The same questions, not asked yet; the new one's id."""
    old = await session.get_one(Questionnaire, questionnaire_id)
    new_id = await begin(session, old.organisation_id, old.title)
    for card in await questions_of(session, questionnaire_id):
        session.add(
            Question(
                questionnaire_id=new_id,
                kind=card.kind.value,
                text_ja=card.text_ja,
                text_en=card.text_en,
                options=list(card.options),
                is_required=card.is_required,
            )
        )
    return new_id


async def open_to(
    session: AsyncSession,
    questionnaire_id: int,
    title: str,
    parties: Collection[Party],
    deadline_at: datetime | None,
    at: datetime,
) -> None:
    """Ask these LCs or persons. It is opened once."""
    await session.execute(
        update(Questionnaire)
        .where(Questionnaire.id == questionnaire_id)
        .values(title=title[:200], opened_at=at, deadline_at=deadline_at)
    )
    rows = [
        {"questionnaire_id": questionnaire_id, "lc_id": party.lc_id, "person_id": party.person_id} for party in parties
    ]
    if rows:
        await session.execute(insert(_ASKED), rows)


async def close(session: AsyncSession, questionnaire_id: int, at: datetime) -> None:
    """Take no more answers; those given stay."""
    await session.execute(update(Questionnaire).where(Questionnaire.id == questionnaire_id).values(closed_at=at))


async def questions_of(reader: Reader, questionnaire_id: int) -> list[QuestionCard]:
    query = (
        select(Question.id, Question.kind, Question.text_ja, Question.text_en, Question.options, Question.is_required)
        .where(Question.questionnaire_id == questionnaire_id)
        .order_by(Question.id)
    )
    return [
        QuestionCard(row.id, QuestionKind(row.kind), row.text_ja, row.text_en, tuple(row.options), row.is_required)
        for row in await fetch(reader, query)
    ]
