from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.features.questionnaires.models import QuestionKind
from bot.features.questionnaires.service import QuestionCard, read_value
from bot.numerals import LARGEST

NUMBER = QuestionCard(1, QuestionKind.NUMBER, "何人", "", (), True)
CHOICE = QuestionCard(2, QuestionKind.CHOICE, "手段", "", ("電車", "バス"), True)
TEXT = QuestionCard(3, QuestionKind.TEXT, "ひとこと", "", (), False)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", 12),
        ("１２", 12),
        ("約３０名", 30),
        ("1,200円", 1200),
        (" 5 people ", 5),
        ("8名くらい", 8),
        ("十人", 10),
        ("0人", 0),
    ],
)
def test_numbers_as_people_write_them(typed: str, number: int) -> None:
    assert read_value(NUMBER, typed) == (number, None)


@pytest.mark.parametrize("typed", ["たくさん", "10〜20", "1.5", "人", "1000000001", "-3", "−3人", "▲3"])
def test_what_is_no_number_is_said(typed: str) -> None:
    value, why = read_value(NUMBER, typed)
    assert value is None
    assert why


@given(st.integers(0, LARGEST))
@settings(deadline=None)
def test_every_number_comes_back(number: int) -> None:
    assert read_value(NUMBER, f"{number:,}") == (number, None)


def test_options_and_texts() -> None:
    assert read_value(CHOICE, "バス") == ("バス", None)
    assert read_value(CHOICE, "船")[1]
    assert read_value(TEXT, "  ") == (None, None)
    assert read_value(TEXT, "あ" * 501)[1]
