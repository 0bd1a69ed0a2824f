from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, select

from bot.features.questionnaires.models import AnswerSheet, AskedParty, Questionnaire
from bot.i18n import N_
from bot.personal import PersonalPart, Subject, blanking, deleting


def _entered_by(subject: Subject) -> ColumnElement[bool]:
    here = select(Questionnaire.id).where(Questionnaire.organisation_id == subject.organisation_id)
    return AnswerSheet.questionnaire_id.in_(here) & (AnswerSheet.by_discord_id == subject.discord_user_id)


def _about(column: Any, subject: Subject) -> ColumnElement[bool]:
    # An answer that hangs on no person is an LC's, also where the subject is no person.
    return and_(column.is_not(None), column == subject.person_id)


PARTS = (
    PersonalPart(
        key="own_answers",
        title=N_("Answers that you gave for yourself"),
        covers=("answer_sheets.person_id",),
        export=lambda subject: (
            select(Questionnaire.title, AnswerSheet.given, AnswerSheet.answered_at)
            .join(Questionnaire, Questionnaire.id == AnswerSheet.questionnaire_id)
            .where(_about(AnswerSheet.person_id, subject))
        ),
        forget=deleting(AnswerSheet, lambda subject: _about(AnswerSheet.person_id, subject)),
    ),
    PersonalPart(
        key="questions_asked",
        title=N_("Questions that you were asked"),
        covers=("asked_parties.person_id",),
        export=lambda subject: (
            select(Questionnaire.title, Questionnaire.opened_at, Questionnaire.deadline_at)
            .join(AskedParty, AskedParty.questionnaire_id == Questionnaire.id)
            .where(_about(AskedParty.person_id, subject))
        ),
        forget=deleting(AskedParty, lambda subject: _about(AskedParty.person_id, subject)),
    ),
    PersonalPart(
        key="answer_sheets",
        title=N_("Answers that you gave for an LC"),
        covers=("answer_sheets.by_discord_id",),
        export=lambda subject: select(AnswerSheet.lc_id, AnswerSheet.given, AnswerSheet.answered_at).where(
            _entered_by(subject), AnswerSheet.lc_id.is_not(None)
        ),
        # The answer is the LC's and stays.
        forget=blanking(AnswerSheet, _entered_by, {"by_discord_id": 0}),
    ),
)
