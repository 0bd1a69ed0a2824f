"""What can be asked and answered, for whatever is typed and chosen."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Conflict, Invalid
from bot.features.events import question_rules
from bot.features.events.models import AnswerKind
from bot.features.events.question_rows import QuestionLine
from bot.features.events.question_rules import QuestionDraft, QuestionsChanged

OPTIONS = ("肉", "魚", "野菜")
LINES = st.builds(
    QuestionLine,
    id=st.integers(1, 5),
    text_ja=st.just("食事は？"),
    text_en=st.just("Which meal?"),
    kind=st.sampled_from(AnswerKind),
    options=st.just(OPTIONS),
    is_required=st.booleans(),
    is_sensitive=st.booleans(),
)
SENT = st.lists(st.one_of(st.sampled_from([*OPTIONS, "yes", "no", ""]), st.text(max_size=1_200)), max_size=4)


@given(LINES, SENT)
def test_what_is_kept_answers_the_question(question: QuestionLine, sent: list[str]) -> None:
    try:
        kept = question_rules.checked(question, sent)
    except (Invalid, QuestionsChanged):
        return
    assert question_rules.checked(question, kept) == kept, "kept once more, it is the same"
    assert question_rules.still_fits(question, kept)
    match question.kind:
        case AnswerKind.SHORT | AnswerKind.LONG:
            assert len(kept) <= 1
            assert all(0 < len(one) <= question_rules.LONG for one in kept)
        case AnswerKind.SEVERAL:
            assert set(kept) <= set(OPTIONS)
        case AnswerKind.CHOICE:
            assert set(kept) <= set(OPTIONS)
            assert len(kept) <= 1
        case AnswerKind.YES_NO:
            assert kept in ([], ["yes"], ["no"])


@given(
    st.lists(LINES, max_size=5, unique_by=lambda one: one.id),
    st.dictionaries(st.integers(1, 6), SENT, max_size=6),
    st.dictionaries(st.integers(1, 5), st.just(["前"]), max_size=5),
)
def test_nobody_gets_past_a_question_that_has_to_be_answered(
    questions: list[QuestionLine], sent: dict[int, list[str]], before: dict[int, list[str]]
) -> None:
    known = {one.id for one in questions}
    try:
        kept = question_rules.taken_over(questions, sent, before)
    except (Invalid, QuestionsChanged):
        return
    assert kept.keys() == sent.keys() & known
    assert not [number for number, values in sent.items() if values and number not in known], "nothing is lost silently"
    for one in questions:
        assert not one.is_required or kept.get(one.id, before.get(one.id))


@pytest.mark.parametrize(
    "text",
    [
        "食物アレルギーはありますか", "食事の希望", "体調で気になること", "宗教上の配慮", "緊急連絡先", "ｱﾚﾙｷﾞｰ",
        "Any ALLERGIES?", "Diet", "Health conditions",
    ],
)  # fmt: skip
def test_words_about_health_and_food_are_sensitive(text: str) -> None:
    assert question_rules.cleaned(QuestionDraft(text)).is_sensitive


@pytest.mark.parametrize("text", ["薬学部ですか", "学年", "Which medical school?", "二次会に来ますか"])
def test_other_words_are_not(text: str) -> None:
    assert not question_rules.cleaned(QuestionDraft(text)).is_sensitive


def test_a_question_stays_as_its_organiser_set_it_until_its_words_change() -> None:
    plain = QuestionDraft("食事の希望", "", is_sensitive=False)
    assert not question_rules.cleaned(plain, plain).is_sensitive
    assert question_rules.cleaned(plain, QuestionDraft("学年")).is_sensitive


@pytest.mark.parametrize(
    "draft",
    [
        QuestionDraft(""),
        QuestionDraft("長" * 101),
        QuestionDraft("@everyone 来ますか"),
        QuestionDraft("\u3164"),
        QuestionDraft("どれ", kind=AnswerKind.CHOICE),
        QuestionDraft("どれ", kind=AnswerKind.CHOICE, options=("一つ", "一つ")),
        QuestionDraft("どれ", kind=AnswerKind.SEVERAL, options=tuple(map(str, range(26)))),
        QuestionDraft("どれ", kind=AnswerKind.CHOICE, options=("長" * 101, "短")),
    ],
)
def test_what_cannot_be_asked(draft: QuestionDraft) -> None:
    with pytest.raises(Invalid):
        question_rules.cleaned(draft)


def test_options_belong_to_the_kinds_that_have_some() -> None:
    draft = QuestionDraft("どれ", kind=AnswerKind.SHORT, options=("一", "二"))
    assert question_rules.cleaned(draft).options == ()
    lines: Any = QuestionDraft("どれ", kind=AnswerKind.CHOICE, options=(" 一 ", "", "二", "一"))
    assert question_rules.cleaned(lines).options == ("一", "二")


def test_a_long_answer_is_refused_and_not_cut() -> None:
    question = QuestionLine(1, "名", "", AnswerKind.SHORT, (), is_required=False, is_sensitive=False)
    with pytest.raises(Invalid):
        question_rules.checked(question, ["長" * 300])
    with pytest.raises(Conflict):
        question_rules.taken_over([question], {2: ["よそ"]}, {})
