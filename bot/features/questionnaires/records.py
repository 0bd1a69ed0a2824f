"""What the service takes and gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.features.local_committees.models import Via
from bot.features.questionnaires.models import QuestionKind

#: A form of Discord's holds this many.
MAX_QUESTIONS = 5
#: A menu of Discord's holds this many options, each of at most so many characters.
MAX_OPTIONS, MAX_OPTION = 25, 100
MAX_QUESTION, MAX_ANSWER = 100, 500


@dataclass(frozen=True, slots=True)
class NewQuestion:
    kind: QuestionKind
    text_ja: str
    text_en: str
    options: Sequence[str]
    is_required: bool


@dataclass(frozen=True, slots=True)
class QuestionCard:
    question_id: int
    kind: QuestionKind
    text_ja: str
    text_en: str
    options: tuple[str, ...]
    is_required: bool


@dataclass(frozen=True, slots=True)
class Party:
    """Who is asked: an LC or a person, one of the two."""

    lc_id: int | None = None
    person_id: int | None = None

    def __post_init__(self) -> None:
        assert (self.lc_id is None) != (self.person_id is None), "either an LC or a person"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What an LC or a person answered: question id → value (an option, a number, a text)."""

    values: Mapping[int, str | int]
    is_complete: bool
    answered_at: datetime
    #: Who entered it: a name, None for somebody who isn't known any more.
    by: str | None
    via: Via | None


@dataclass(frozen=True, slots=True)
class Paper:
    """The questions with the answer of one LC or person."""

    questionnaire_id: int
    title: str
    party: Party
    name_ja: str
    name_en: str
    deadline_at: datetime | None
    questions: list[QuestionCard]
    sheet: Sheet | None


@dataclass(frozen=True, slots=True)
class AskedRow:
    """The names are empty for a person whose name the reader may not see."""

    party: Party
    name_ja: str
    name_en: str
    sheet: Sheet | None

    @property
    def has_answered(self) -> bool:
        return self.sheet is not None and self.sheet.is_complete


@dataclass(frozen=True, slots=True)
class Board:
    """All answers, for whoever asked. ``of_people``: persons were asked, not LCs."""

    questionnaire_id: int
    title: str
    of_people: bool
    deadline_at: datetime | None
    questions: list[QuestionCard]
    rows: list[AskedRow] = field(default_factory=list)

    @property
    def answered(self) -> int:
        return sum(row.has_answered for row in self.rows)

    def counts(self, question: QuestionCard) -> Counter[str | int]:
        """How often each value was given."""
        given = (row.sheet.values.get(question.question_id) for row in self.rows if row.sheet)
        return Counter(value for value in given if value is not None)


@dataclass(frozen=True, slots=True)
class Refused:
    """A value that can't be used: the question, and why as a message id."""

    question: QuestionCard
    message: str
