"""Reading what was typed as an answer: pure decisions."""

from __future__ import annotations

from bot.errors import Invalid
from bot.features.questionnaires.models import QuestionKind
from bot.features.questionnaires.records import MAX_ANSWER, QuestionCard
from bot.i18n import N_
from bot.numerals import read_whole


def read_value(question: QuestionCard, typed: str) -> tuple[str | int | None, str | None]:
    """What an answer means, and why it can't be used where it can't. (None, None) is nothing typed."""
    text = typed.strip()
    if not text:
        return None, None
    match question.kind:
        case QuestionKind.CHOICE:
            return (text, None) if text in question.options else (None, N_("Please choose one of the options."))
        case QuestionKind.NUMBER:
            try:
                return read_whole(text), None
            except Invalid as refused:
                return None, refused.message
        case QuestionKind.TEXT:
            if len(text) > MAX_ANSWER:
                return None, N_("That is too long; 500 characters are possible.")
            return text, None
