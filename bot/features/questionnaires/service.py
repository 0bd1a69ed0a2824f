from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Reader, fetch, insert_if_absent
from bot.deliveries.schedule import local_time
from bot.errors import Conflict, NextStep, NotAllowed, NotFound
from bot.features import Service
from bot.features.local_committees.acting import heard_by, locked, note
from bot.features.local_committees.models import LocalCommittee, Via
from bot.features.people.actors import Actor
from bot.features.people.models import Person
from bot.features.people.noting import record_by
from bot.features.people.rules import Right
from bot.features.questionnaires.boards import GONE, sheet_of
from bot.features.questionnaires.drawing_up import questions_of
from bot.features.questionnaires.models import AnswerSheet, AskedParty, Questionnaire
from bot.features.questionnaires.records import Paper, Party, QuestionCard, Refused, Sheet
from bot.features.questionnaires.rules import read_value
from bot.features.schools.models import School
from bot.i18n import N_


def answer_step(questionnaire_id: int) -> NextStep:
    """The way to the form, for whoever answers for an LC or for themselves."""
    return NextStep(N_("Answer"), f"questionnaires:answer:{questionnaire_id}")


def board_step(questionnaire_id: int) -> NextStep:
    """The way to all answers, for national officers."""
    return NextStep(N_("Answers"), f"questionnaires:board:{questionnaire_id}:0")


class QuestionnaireService(Service):
    async def paper(self, actor: Actor, questionnaire_id: int, party: Party) -> Paper:
        """The questions, with what the LC or person answered so far.

        Raises:
            NotAllowed: the actor is neither this person, nor an officer of this LC, nor a national officer in office
                (who sees LCs' answers so).
            NotFound: there are no such questions (any more), or this party isn't among those asked.
        """
        paper, _ = await self._paper(actor, questionnaire_id, party)
        return paper

    async def to_fill_in(self, actor: Actor, questionnaire_id: int, party: Party, *, heard: bool) -> Paper:
        """The same, for whoever is about to answer. ``heard``: a national officer enters what an LC told them.

        Raises:
            NotAllowed, NotFound: as ``paper``.
            Conflict: ``answer`` would refuse whatever is typed.
        """
        paper, row = await self._paper(actor, questionnaire_id, party)
        _require_open(row, actor, heard, self.clock.now())
        return paper

    async def _paper(self, actor: Actor, questionnaire_id: int, party: Party) -> tuple[Paper, Row[Any]]:
        _require(actor, party)
        async with self.database.reading() as connection:
            row, questions = await _asked(connection, actor, questionnaire_id, party)
            sheets = await fetch(connection, _sheets(questionnaire_id).where(_is(AnswerSheet, party)))
        paper = Paper(
            questionnaire_id,
            row.title,
            party,
            row.name_ja or row.display_name,
            row.name_en or row.display_name,
            row.deadline_at,
            questions,
            _sheet(sheets[0]) if sheets else None,
        )
        return paper, row

    async def answer(
        self,
        actor: Actor,
        questionnaire_id: int,
        party: Party,
        typed: Mapping[int, str],
        via: Via | None = None,
    ) -> list[Refused]:
        """Set the answer of an LC or a person; what can't be used is given back and leaves that question as it was.

        ``typed``: question id → as it was typed or chosen; an empty text takes the answer to that question away.

        Raises:
            NotAllowed: the actor is neither this person, nor an officer of this LC, nor (for an LC) a national officer
                in office.
            Invalid: a national officer from outside doesn't say how they heard it.
            NotFound: there are no such questions (any more), or this party isn't among those asked.
            Conflict: the deadline is over (for whoever is asked), or no more answers are taken.
        """
        _require(actor, party)
        if party.lc_id is not None:
            via = heard_by(actor, Right.ANSWER_FOR_LC, party.lc_id, via)
        now = self.clock.now()
        async with self.database.writing() as session:
            row, questions = await _asked(session, actor, questionnaire_id, party)
            _require_open(row, actor, via is not None, now)
            await _lock(session, actor, party)  # of two answers at once, the second sees the first
            this = (AnswerSheet.questionnaire_id == questionnaire_id, _is(AnswerSheet, party))
            before = await session.scalar(select(AnswerSheet.given).where(*this))
            values: dict[str, Any] = dict(before or {})
            refused = _take_over(questions, typed, values)
            changes: dict[str, Any] = {
                "given": values,
                "is_complete": all(str(one.question_id) in values for one in questions if one.is_required),
                "answered_at": now,
                "by_discord_id": actor.caller.discord_user_id,
                "via": via.value if via else None,
            }
            key = {"questionnaire_id": questionnaire_id, "lc_id": party.lc_id, "person_id": party.person_id}
            if await insert_if_absent(session, AnswerSheet, **key, **changes) is None:
                await session.execute(update(AnswerSheet).where(*this).values(**changes))
            if party.lc_id is not None:
                note(session, actor, now, party.lc_id, "lc.question", ("answer",), via)
            else:
                record_by(
                    session, actor, at=now, action="question.answer", subject_kind="person",
                    subject_id=party.person_id or 0, fields=("answer",),
                )  # fmt: skip
        return refused

    async def asked_of(self, actor: Actor, questionnaire_id: int) -> list[Party]:
        """The asked parties for which the actor may answer: the own LCs and themselves, and none of somebody else's."""
        own: Any = AskedParty.lc_id.in_(actor.officer_of or [0])
        if actor.person_id is not None:
            own |= AskedParty.person_id == actor.person_id
        query = (
            select(AskedParty.lc_id, AskedParty.person_id)
            .where(AskedParty.questionnaire_id == questionnaire_id, own)
            .order_by(AskedParty.id)
        )
        async with self.database.reading() as connection:
            return [Party(row.lc_id, row.person_id) for row in await fetch(connection, query)]


def _require(actor: Actor, party: Party) -> None:
    if party.lc_id is not None:
        actor.require(Right.ANSWER_FOR_LC, party.lc_id)
    elif party.person_id != actor.person_id:
        raise NotAllowed(N_("Each person answers for themselves."))


def _require_open(row: Row[Any], actor: Actor, heard: bool, now: datetime) -> None:
    if row.closed_at is not None:
        raise Conflict(N_("Answering has closed, because the announcement was taken back. Nothing was changed."))
    # An answer that a national officer hears late is still worth knowing.
    if not heard and row.deadline_at is not None and now > row.deadline_at:
        raise Conflict(
            N_(
                "Answering closed on {time}. Nothing was changed. If you still want to answer or change your answer, "
                "please contact whoever sent the announcement."
            ),
            time=local_time(row.deadline_at, actor.organisation.time_zone),
        )


async def _lock(session: AsyncSession, actor: Actor, party: Party) -> None:
    if party.lc_id is not None:
        await locked(session, actor, party.lc_id)
    else:
        await session.execute(select(Person.id).where(Person.id == party.person_id).with_for_update())


def _is(table: type[AskedParty | AnswerSheet], party: Party) -> ColumnElement[bool]:
    if party.lc_id is not None:
        return table.lc_id == party.lc_id
    return table.person_id == party.person_id


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


async def _asked(
    reader: Reader, actor: Actor, questionnaire_id: int, party: Party
) -> tuple[Row[Any], list[QuestionCard]]:
    query = (
        select(
            Questionnaire.title,
            Questionnaire.deadline_at,
            Questionnaire.closed_at,
            School.name_ja,
            School.name_en,
            Person.display_name,
        )
        .join(AskedParty, AskedParty.questionnaire_id == Questionnaire.id)
        .outerjoin(LocalCommittee, LocalCommittee.id == AskedParty.lc_id)
        .outerjoin(School, School.id == LocalCommittee.school_id)
        .outerjoin(Person, Person.id == AskedParty.person_id)
        .where(
            Questionnaire.id == questionnaire_id,
            Questionnaire.organisation_id == actor.organisation.id,
            Questionnaire.opened_at.is_not(None),
            _is(AskedParty, party),
        )
    )
    rows = await fetch(reader, query)
    if not rows:
        raise NotFound(GONE)
    return rows[0], await questions_of(reader, questionnaire_id)


def _sheets(questionnaire_id: int) -> Any:
    return (
        select(
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
    return sheet_of(row, row.display_name)
