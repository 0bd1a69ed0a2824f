"""Answers that were pasted from a chat."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.events.reading import Answer, NameAnswer, names_in

YES, NO, MAYBE = Answer.YES, Answer.NO, Answer.MAYBE


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("佐藤 参加 / 田中 不参加 / 鈴木△", [("佐藤", YES), ("田中", NO), ("鈴木", MAYBE)]),
        (
            "佐藤花子 参加します！\n田中 太郎　欠席\n鈴木さん：未定",
            [("佐藤花子", YES), ("田中 太郎", NO), ("鈴木", MAYBE)],
        ),
        ("佐藤 参加できません", [("佐藤", NO)]),
        ("山田 行けたら行く", [("山田", MAYBE)]),
        ("○佐藤\n×田中\n木村✖️", [("佐藤", YES), ("田中", NO), ("木村", NO)]),
        ("1. 佐藤 ○\n② 田中 たぶん\n19:02 鈴木 参加です", [("佐藤", YES), ("田中", MAYBE), ("鈴木", YES)]),
        ("参加：佐藤、田中\n不参加：鈴木", [("佐藤", YES), ("田中", YES), ("鈴木", NO)]),
        ("Ken Sato - yes\nAnna: not going\nMax maybe", [("Ken Sato", YES), ("Anna", NO), ("Max", MAYBE)]),
        ("ﾀﾅｶ　ＯＫ", [("ﾀﾅｶ", YES)]),
        ("もも 参加", [("もも", YES)]),
        ("---\n\n・佐藤 参加\n", [("佐藤", YES)]),
        ("", []),
    ],
)
def test_names_and_answers(text: str, answers: list[tuple[str, Answer]]) -> None:
    read = names_in(text)
    assert read.answers == tuple(NameAnswer(*one) for one in answers)
    assert read.unclear == ()


@pytest.mark.parametrize(
    "entry",
    [
        "鈴木", "参加", "佐藤 遅れて参加", "佐藤 参加 田中 不参加", "佐藤参加", "佐藤 参加かも", "佐藤 3名参加",
        "@everyone 参加", "In Ho",
        "佐藤 ○ ×", "参加：", "参加：佐藤 参加",
    ],
)  # fmt: skip
def test_what_has_to_be_asked(entry: str) -> None:
    read = names_in(f"山田 参加\n{entry}")
    assert read.answers == (NameAnswer("山田", YES),)
    assert read.unclear == (entry,)


def test_one_name_twice_may_be_two_people() -> None:
    read = names_in("佐藤 参加\n田中 参加\n佐藤 不参加")
    assert read.answers == (NameAnswer("田中", YES),)
    assert read.unclear == ("佐藤 参加", "佐藤 不参加")


@given(
    st.lists(
        st.sampled_from(["佐藤", "田中", "参加", "不参加", "△", "○", "：", "、", " ", "\n", "/"]) | st.text(max_size=4)
    )
)
def test_no_entry_is_lost(pieces: list[str]) -> None:
    text = "".join(pieces)
    read = names_in(text)
    shown = "".join((*(one.name for one in read.answers), *read.unclear))
    for name in ("佐藤", "田中"):
        assert shown.count(name) == text.count(name)
