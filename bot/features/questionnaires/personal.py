from __future__ import annotations

from sqlalchemy import ColumnElement, select

from bot.features.questionnaires.models import AnswerSheet, Questionnaire
from bot.i18n import N_
from bot.personal import PersonalPart, Subject, blanking


def _entered_by(subject: Subject) -> ColumnElement[bool]:
    here = select(Questionnaire.id).where(Questionnaire.organisation_id == subject.organisation_id)
    return AnswerSheet.questionnaire_id.in_(here) & (AnswerSheet.by_discord_id == subject.discord_user_id)


PARTS = (
    PersonalPart(
        key="answer_sheets",
        title=N_("Answers that you gave for an LC"),
        covers=("answer_sheets.by_discord_id",),
        export=lambda subject: select(AnswerSheet.lc_id, AnswerSheet.given, AnswerSheet.answered_at).where(
            _entered_by(subject)
        ),
        # The answer is the LC's and stays.
        forget=blanking(AnswerSheet, _entered_by, {"by_discord_id": 0}),
    ),
)
