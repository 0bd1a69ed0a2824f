"""What an event can ask, and what answers it: pure decisions."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.errors import Conflict, Invalid
from bot.features.events.models import AnswerKind
from bot.features.organisations.naming import both_names, one_name
from bot.i18n import N_
from bot.typed import INKLESS, one_line

#: A form of Discord holds so many questions, and a menu so many options.
MOST, MOST_OPTIONS = 5, 25
#: Characters of a question, an option, a short answer and a long one.
TEXT, OPTION, SHORT, LONG = 100, 100, 100, 1000
#: The answers to a question with yes or no.
YES, NO = "yes", "no"
#: As many days after the event, what is sensitive is deleted.
KEPT_DAYS = 7

ENOUGH = N_("An event asks up to {n} questions. Please remove one first.")
CHANGED = N_(
    "The organisers have changed the questions since you opened the form. Please look at them and send it again."
)
NO_OPTIONS = N_("Please enter 2 to {n} answers to choose from, one per line.")
TOO_LONG = N_("That answer is too long. The limit is {n} characters. Please shorten it.")
MISSING = N_("Please answer this, too: {question}")

#: In a question, these suggest that its answers are about health, food, belief or an emergency.
_SENSITIVE = (
    "食事", "食べ", "食物", "アレルギ", "ベジタリアン", "ヴィーガン", "ビーガン", "ハラル", "ハラール", "健康", "体調",
    "持病", "既往", "服薬", "薬", "障害", "障がい", "配慮", "妊娠", "宗教", "信仰", "緊急連絡", "緊急時", "保険証",
    "allerg", "diet", "food", "meal", "vegan", "vegetarian", "halal", "health", "medical", "medication", "illness",
    "disab", "pregnan", "religio", "emergency", "insurance",
)  # fmt: skip
#: These words hold one of them and are about something else.
_HARMLESS = ("薬学", "薬理", "薬局", "薬剤師", "medical school", "medical student", "medical university")

#: The answer to each question, by its number; () where it was left open.
Given = Mapping[int, Sequence[str]]


class QuestionsChanged(Conflict):
    """What was answered isn't what is asked."""


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """A question as somebody writes it. ``options``: those to choose from, for the kinds that have some."""

    text_ja: str = ""
    text_en: str = ""
    kind: AnswerKind = AnswerKind.SHORT
    options: Sequence[str] = ()
    is_required: bool = False
    is_sensitive: bool = False


class Asked(Protocol):
    """A question: a row, a line of a page, or a draft that was cleaned."""

    @property
    def id(self) -> int: ...
    @property
    def text_ja(self) -> str: ...
    @property
    def text_en(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def options(self) -> Sequence[str]: ...
    @property
    def is_required(self) -> bool: ...


def sounds_sensitive(*texts: str) -> bool:
    """Does a question ask about health, food, belief or an emergency, by its words?"""
    said = unicodedata.normalize("NFKC", "\n".join(texts)).casefold()
    for one in _HARMLESS:
        said = said.replace(one, "")
    return any(one in said for one in _SENSITIVE)


def cleaned(draft: QuestionDraft, before: QuestionDraft | None = None) -> QuestionDraft:
    """As it is kept. Where its words begin to sound sensitive, it becomes so; ``before``: as it was kept until now.

    Raises Invalid: the question is empty or too long, or there is nothing to choose from.
    """
    if not (draft.text_ja.strip() or draft.text_en.strip()):
        raise Invalid(N_("Please enter the question."))
    ja, en = both_names(draft.text_ja, draft.text_en, TEXT)
    options: tuple[str, ...] = ()
    if draft.kind in (AnswerKind.CHOICE, AnswerKind.SEVERAL):
        options = tuple(dict.fromkeys(filter(None, (one_name(one, OPTION) for one in draft.options))))
        if not 2 <= len(options) <= MOST_OPTIONS:
            raise Invalid(NO_OPTIONS, n=MOST_OPTIONS)
    sounded = before is not None and sounds_sensitive(before.text_ja, before.text_en)
    is_sensitive = draft.is_sensitive or (sounds_sensitive(ja, en) and not sounded)
    return QuestionDraft(ja, en, draft.kind, options, draft.is_required, is_sensitive)


def checked(question: Asked, given: Sequence[str]) -> list[str]:
    """An answer as it is kept; [] where it was left open.

    Raises:
        Invalid: it is too long.
        QuestionsChanged: it isn't one of the options (any more).
    """
    kind = AnswerKind(question.kind)
    if kind in (AnswerKind.SHORT, AnswerKind.LONG):
        text = "\n".join(given)
        text = one_line(text) if kind is AnswerKind.SHORT else _written(text)
        longest = SHORT if kind is AnswerKind.SHORT else LONG
        if len(text) > longest:
            raise Invalid(TOO_LONG, n=longest)
        return [text] if text else []
    chosen = list(dict.fromkeys(given))
    if not set(chosen) <= set(possible(question)) or (kind is not AnswerKind.SEVERAL and len(chosen) > 1):
        raise QuestionsChanged(CHANGED)
    return [one for one in possible(question) if one in chosen]


def _written(text: str) -> str:
    """Of several lines; nothing where no letter of it can be seen."""
    return text.strip() if INKLESS.sub("", text).strip() else ""


def possible(question: Asked) -> Sequence[str]:
    """What can be chosen; nothing where one writes."""
    return (YES, NO) if question.kind == AnswerKind.YES_NO else question.options


def still_fits(question: Asked, given: Sequence[str]) -> bool:
    """Does an answer that was given before answer the question as it is now?"""
    try:
        return checked(question, given) == list(given)
    except (Invalid, Conflict):
        return False


def taken_over(questions: Collection[Asked], given: Given, before: Given) -> dict[int, list[str]]:
    """What is to be kept of what somebody sent. ``before``: what they had answered.

    Raises:
        QuestionsChanged: they answered something that isn't asked any more, or an answer that has to be there isn't.
        Invalid: an answer can't be used.
    """
    known = {one.id: one for one in questions}
    if any(values and number not in known for number, values in given.items()):
        raise QuestionsChanged(CHANGED)
    kept = {number: checked(known[number], values) for number, values in given.items() if number in known}
    for one in missing(questions, {**before, **kept}):
        raise QuestionsChanged(MISSING, question=(one.text_ja, one.text_en))
    return kept


def missing(questions: Iterable[Asked], given: Given) -> list[Asked]:
    """Those that have to be answered and aren't."""
    return [one for one in questions if one.is_required and not given.get(one.id)]
