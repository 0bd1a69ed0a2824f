"""Names from LINE and from sheets, as they are read."""

from __future__ import annotations

import pytest

from bot.errors import Invalid
from bot.features.events.reading.names import Answer
from bot.features.guests.names import MOST, Named, code_in, in_sheet, pasted

YES, NO = Answer.YES, Answer.NO


def test_a_text_with_and_without_the_code_of_the_event() -> None:
    found = pasted("E12 佐藤 参加\nｅ１２　鈴木 不参加\n田中 ○\nE12：高橋 参加します\n何か")
    assert list(found.rows) == [Named("佐藤", YES), Named("鈴木", NO), Named("田中", YES), Named("高橋", YES)]
    assert list(found.unclear) == ["何か"]


def test_the_same_name_twice_is_asked_about_however_it_is_written() -> None:
    found = pasted("佐藤 花子 参加\n佐藤花子 不参加\n田中 参加")
    assert list(found.rows) == [Named("田中", YES)]
    assert list(found.unclear) == ["佐藤 花子", "佐藤花子"]


def test_nothing_and_too_much_are_refused() -> None:
    for text in ("", "\n\n", "　"):
        with pytest.raises(Invalid):
            pasted(text)
    many = "\n".join(f"学生{number + 1} 参加" for number in range(MOST + 1))
    with pytest.raises(Invalid):
        pasted(many)
    assert len(pasted(many.partition("\n")[2]).rows) == MOST


def test_a_sheet_in_each_encoding() -> None:
    rows = (
        "参加者名簿,,",
        "番号,氏名,大学名,出欠",
        "1,佐藤 花子,札幌医科大学,参加",
        "2,鈴木 一,,欠席",
        "3,田中,,たぶん",
    )
    text = "\n".join((*rows, "4,高橋,北大,"))
    for encoding in ("utf-8-sig", "cp932", "utf-16"):
        found = in_sheet(text.encode(encoding))
        assert list(found.rows) == [
            Named("佐藤 花子", YES, "札幌医科大学"), Named("鈴木 一", NO), Named("田中", Answer.MAYBE),
        ]  # fmt: skip
        assert [one for one in found.unclear if "高橋" in one], "no answer where others have one"


def test_in_a_sheet_without_answers_everybody_comes() -> None:
    found = in_sheet("名前\n佐藤 花子\n鈴木 一\n佐藤花子\n@everyone\n".encode())
    assert list(found.rows) == [Named("鈴木 一", YES)]
    assert list(found.unclear) == ["佐藤 花子", "佐藤花子", "@everyone"]


def test_a_sheet_without_names_says_what_it_needs() -> None:
    for text in ("学年,大学名\n3,北大\n", "名前,氏名\n佐藤,佐藤\n"):
        with pytest.raises(Invalid):
            in_sheet(text.encode())


def test_a_code_is_read_as_people_write_it() -> None:
    for text, code in (("E12", 12), ("e12", 12), (" Ｅ１２ 佐藤 参加", 12), ("12", None), ("E", None), ("E12x", None)):
        assert code_in(text) == code, text
