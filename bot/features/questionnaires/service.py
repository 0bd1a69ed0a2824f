from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, and_, select, update

from bot.db import Reader, fetch, insert_if_absent
from bot.errors import Conflict, NextStep, NotFound
from bot.features import Service
from bot.features.local_committees.acting import heard_by, locked, note
from bot.features.local_committees.models import LocalCommittee, Via
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.features.people.rules import Right
from bot.features.questionnaires.drawing_up import questions_of
from bot.features.questionnaires.models import AnswerSheet, AskedLc, Questionnaire
from bot.features.questionnaires.records import AskedRow, Board, Paper, QuestionCard, Refused, Sheet
from bot.features.questionnaires.rules import read_value
from bot.features.schools.models import School
from bot.i18n import N_

GONE = N_("These questions don't exist any more.")


def answer_step(questionnaire_id: int) -> NextStep:
    """The way to the form, for whoever answers for an LC."""
    return NextStep(N_("Answer"), f"questionnaires:answer:{questionnaire_id}")


def board_step(questionnaire_id: int) -> NextStep:
    """The way to all answers, for national officers."""
    return NextStep(N_("Answers"), f"questionnaires:board:{questionnaire_id}:0")


class QuestionnaireService(Service):
    async def paper(self, actor: Actor, questionnaire_id: int, lc_id: int) -> Paper:
        """The questions, with what the LC answered so far.

        Raises:
            NotAllowed: the actor is neither an officer of that LC nor a national officer in office.
            NotFound: there are no such questions (any more), or the LC isn't among those asked.
        """
        actor.require(Right.ANSWER_FOR_LC, lc_id)
        async with self.database.reading() as connection:
            row, questions = await _asked(connection, actor, questionnaire_id, lc_id)
            sheets = await fetch(connection, _sheets(questionnaire_id).where(AnswerSheet.lc_id == lc_id))
        return Paper(
            questionnaire_id,
            row.title,
            lc_id,
            row.name_ja,
            row.name_en,
            row.deadline_at,
            questions,
            _sheet(sheets[0]) if sheets else None,
        )

    async def answer(
        self,
        actor: Actor,
        questionnaire_id: int,
        lc_id: int,
        typed: Mapping[int, str],
        via: Via | None = None,
    ) -> list[Refused]:
        """Set an LC's answer; what can't be used is given back and leaves that question as it was.

        ``typed``: question id → as it was typed or chosen; an empty text takes the answer to that question away.

        Raises:
            NotAllowed: the actor is neither an officer of that LC nor a national officer in office.
            Invalid: a national officer from outside doesn't say how they heard it.
            NotFound: there are no such questions (any more), or the LC isn't among those asked.
            Conflict: the deadline is over (for the LC itself), or no more answers are taken.
        """
        via = heard_by(actor, Right.ANSWER_FOR_LC, lc_id, via)
        now = self.clock.now()
        async with self.database.writing() as session:
            row, questions = await _asked(session, actor, questionnaire_id, lc_id)
            if row.closed_at is not None:
                raise Conflict(N_("No more answers are taken here. Nothing was changed."))
            # What a national officer hears late is still worth knowing.
            if via is None and row.deadline_at is not None and now > row.deadline_at:
                raise Conflict(
                    N_("The deadline is over, so the answer stays as it is. Please tell a national officer directly.")
                )
            await locked(session, actor, lc_id)  # of two of its officers at once, the second sees the first
            before = await session.scalar(_this(questionnaire_id, lc_id))
            values: dict[str, Any] = dict(before or {})
            refused = _take_over(questions, typed, values)
            changes: dict[str, Any] = {
                "given": values,
                "is_complete": all(str(one.question_id) in values for one in questions if one.is_required),
                "answered_at": now,
                "by_discord_id": actor.caller.discord_user_id,
                "via": via.value if via else None,
            }
            key = {"questionnaire_id": questionnaire_id, "lc_id": lc_id}
            if await insert_if_absent(session, AnswerSheet, **key, **changes) is None:
                await session.execute(
                    update(AnswerSheet)
                    .where(AnswerSheet.questionnaire_id == questionnaire_id, AnswerSheet.lc_id == lc_id)
                    .values(**changes)
                )
            note(session, actor, now, lc_id, "lc.question", ("answer",), via)
        return refused

    async def board(self, actor: Actor, questionnaire_id: int) -> Board:
        """All answers, in the directory's order. An LC that hasn't answered is there, without an answer.

        Raises:
            NotAllowed: the actor is no national officer in office.
            NotFound: there are no such questions (any more).
        """
        actor.require(Right.READ_ANSWERS)
        query = (
            select(
                AskedLc.lc_id,
                School.name_ja,
                School.name_en,
                AnswerSheet.given,
                AnswerSheet.is_complete,
                AnswerSheet.answered_at,
                AnswerSheet.via,
                Person.display_name,
            )
            .select_from(AskedLc)
            .join(LocalCommittee, LocalCommittee.id == AskedLc.lc_id)
            .join(School, School.id == LocalCommittee.school_id)
            .outerjoin(
                AnswerSheet,
                and_(AnswerSheet.lc_id == AskedLc.lc_id, AnswerSheet.questionnaire_id == questionnaire_id),
            )
            .outerjoin(
                Person,
                and_(
                    Person.organisation_id == actor.organisation.id,
                    Person.discord_user_id == AnswerSheet.by_discord_id,
                ),
            )
            .where(AskedLc.questionnaire_id == questionnaire_id)
            .order_by(LocalCommittee.position, LocalCommittee.id)
        )
        async with self.database.reading() as connection:
            head = await _head(connection, actor, questionnaire_id)
            questions = await questions_of(connection, questionnaire_id)
            rows = await fetch(connection, query)
        return Board(
            questionnaire_id,
            head.title,
            head.deadline_at,
            questions,
            [
                AskedRow(row.lc_id, row.name_ja, row.name_en, _sheet(row) if row.answered_at is not None else None)
                for row in rows
            ],
        )

    async def asked_of(self, actor: Actor, questionnaire_id: int) -> list[int]:
        """The LCs that are asked and for which the actor may answer: the own ones, and none of somebody else's."""
        async with self.database.reading() as connection:
            query = select(AskedLc.lc_id).where(
                AskedLc.questionnaire_id == questionnaire_id, AskedLc.lc_id.in_(actor.officer_of or [0])
            )
            return [row.lc_id for row in await fetch(connection, query)]


def _take_over(questions: list[QuestionCard], typed: Mapping[int, str], values: dict[str, Any]) -> list[Refused]:
    refused = []
    for question in questions:
        if question.question_id not in typed:
            continue
        value, why = read_value(question, typed[question.question_id])
        if why is not None:
            refused.append(Refused(question, why))
        elif value is None:
            values.pop(str(question.question_id), None)
        else:
            values[str(question.question_id)] = value
    return refused


async def _head(reader: Reader, actor: Actor, questionnaire_id: int) -> Row[Any]:
    query = select(Questionnaire.title, Questionnaire.deadline_at, Questionnaire.closed_at).where(
        Questionnaire.id == questionnaire_id,
        Questionnaire.organisation_id == actor.organisation.id,
        Questionnaire.opened_at.is_not(None),
    )
    rows = await fetch(reader, query)
    if not rows:
        raise NotFound(GONE)
    return rows[0]


async def _asked(
    reader: Reader, actor: Actor, questionnaire_id: int, lc_id: int
) -> tuple[Row[Any], list[QuestionCard]]:
    query = (
        select(
            Questionnaire.title,
            Questionnaire.deadline_at,
            Questionnaire.closed_at,
            School.name_ja,
            School.name_en,
        )
        .join(AskedLc, AskedLc.questionnaire_id == Questionnaire.id)
        .join(LocalCommittee, LocalCommittee.id == AskedLc.lc_id)
        .join(School, School.id == LocalCommittee.school_id)
        .where(
            Questionnaire.id == questionnaire_id,
            Questionnaire.organisation_id == actor.organisation.id,
            Questionnaire.opened_at.is_not(None),
            AskedLc.lc_id == lc_id,
        )
    )
    rows = await fetch(reader, query)
    if not rows:
        raise NotFound(GONE)
    return rows[0], await questions_of(reader, questionnaire_id)


def _this(questionnaire_id: int, lc_id: int) -> Any:
    return select(AnswerSheet.given).where(AnswerSheet.questionnaire_id == questionnaire_id, AnswerSheet.lc_id == lc_id)


def _sheets(questionnaire_id: int) -> Any:
    return (
        select(
            AnswerSheet.lc_id,
            AnswerSheet.given,
            AnswerSheet.is_complete,
            AnswerSheet.answered_at,
            AnswerSheet.via,
            Person.display_name,
        )
        .join(Questionnaire, Questionnaire.id == AnswerSheet.questionnaire_id)
        .outerjoin(
            Person,
            and_(
                Person.organisation_id == Questionnaire.organisation_id,
                Person.discord_user_id == AnswerSheet.by_discord_id,
            ),
        )
        .where(AnswerSheet.questionnaire_id == questionnaire_id)
    )


def _sheet(row: Any) -> Sheet:
    return Sheet(
        row.lc_id,
        {int(question_id): value for question_id, value in row.given.items()},
        row.is_complete,
        row.answered_at,
        row.display_name,
        Via(row.via) if row.via else None,
    )
