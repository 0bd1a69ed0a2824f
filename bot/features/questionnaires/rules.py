"""Reading what was typed as an answer: pure decisions."""

from __future__ import annotations

import re
import unicodedata

from bot.features.questionnaires.models import QuestionKind
from bot.features.questionnaires.records import MAX_ANSWER, QuestionCard
from bot.i18n import N_

#: Larger than any count of people or yen that is asked for here.
LARGEST = 10**9
_NUMBER = re.compile(r"(?:約|およそ|about\s)?\s*([+-]?\d[\d,]*)\s*(?:人|名|件|個|枚|部|回|校|円|people|persons)?")


def read_value(question: QuestionCard, typed: str) -> tuple[str | int | None, str | None]:
    """What an answer means, and why it can't be used where it can't. (None, None) is nothing typed."""
    text = typed.strip()
    if not text:
        return None, None
    match question.kind:
        case QuestionKind.CHOICE:
            return (text, None) if text in question.options else (None, N_("Please choose one of the options."))
        case QuestionKind.NUMBER:
            match = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text))
            if match is None:
                return None, N_("Please write a whole number, such as 12.")
            number = int(match[1].replace(",", ""))
            return (number, None) if abs(number) <= LARGEST else (None, N_("That number is too large."))
        case QuestionKind.TEXT:
            if len(text) > MAX_ANSWER:
                return None, N_("That is too long; 500 characters are possible.")
            return text, None
