"""Files as people really have them: titles above the headings, totals below, marks for nothing, broken letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Invalid
from bot.features.sheets import columns, kinds, layout, questions, reading
from bot.features.sheets.layout import Table
from bot.features.sheets.marks import is_ditto, is_nothing
from bot.features.sheets.values import Entry, Finding

PEOPLE = "people"


def table(*lines: str, kind: str = PEOPLE, encoding: str = "utf-8") -> Table:
    return reading.read("\r\n".join(lines).encode(encoding), kind)


def entries(found: Table, kind: str = PEOPLE) -> tuple[list[Entry], list[Finding]]:
    matched = columns.match(kind, found.headings, [False] * len(found.headings))
    return questions.entries(kinds.find(kind), matched, found, {})


NOTHING = (
    "-|ー|—|－|―|--|ーー|〜|/|×|…|・|?|？|0|０|なし|（なし）|無し|無|該当なし|特になし|未定|未定（調整中）|空席|欠員|不明|"
    "N/A|n/a|Ｎ／Ａ|#N/A|#REF!|#VALUE!|#DIV/0!|#NAME?|####|none|None|NULL|nan|tbd|TBA|T.B.D.|unknown|to be decided"
)
RESEMBLING = "無藤 愛|一ノ瀬 葵|未来 空|Na Li|10|1|東大|なし山 梨花|O|早稲田（なし）|#1 LC"


@pytest.mark.parametrize("cell", [*NOTHING.split("|"), "", " ", "　", "\u3164", "\u200b"])
def test_marks_for_nothing(cell: str) -> None:
    assert is_nothing(cell)
    assert not is_ditto(cell)


@pytest.mark.parametrize("cell", ["同上", "〃", "　〃　", "（同上）", "々", '"', "″", "ditto", "Same as above", "仝"])
def test_marks_for_as_above(cell: str) -> None:
    assert is_ditto(cell)
    assert not is_nothing(cell)


@pytest.mark.parametrize("cell", RESEMBLING.split("|"))
def test_what_only_resembles_a_mark(cell: str) -> None:
    assert not is_nothing(cell)
    assert not is_ditto(cell)


def test_a_table_between_titles_headings_totals_and_notes() -> None:
    found = table(
        "2026年度 会員名簿,,,",
        "作成：事務局,,2026/04/01,",
        "",
        "No.,氏名,大学,同意",
        "1,佐藤 愛,東京大学,はい",
        "No.,氏名,大学,同意",
        "2,※田中 健,京都大学,はい",
        "【関東】,,,",
        "小計,2名,,",
        "3,計 太郎,京都大学,はい",
        "※ 敬称略, 順不同,,",
        ",合計：3名,,",
        "以上,,,",
        "総計（3名）,,,",
    )
    assert found.headings == ("No.", "氏名", "大学", "同意")
    assert [(row.number, row.cells[1]) for row in found.rows] == [(5, "佐藤 愛"), (7, "※田中 健"), (10, "計 太郎")]
    assert [(one.number, one.why) for one in found.passed] == [
        (1, layout.TITLE),
        (2, layout.TITLE),
        (6, layout.HEADINGS),
        (8, layout.NOTE),
        (9, layout.TOTAL),
        (11, layout.NOTE),
        (12, layout.TOTAL),
        (13, layout.NOTE),
        (14, layout.TOTAL),
    ]
    _, findings = entries(found)
    assert [finding.number for finding in findings] == [1, 2, 6, 8, 9, 11, 12, 13, 14], "what was passed over is shown"
    assert not any(finding.bad for finding in findings)


def test_a_second_table_with_other_headings_is_refused() -> None:
    with pytest.raises(Invalid, match="different headings") as caught:
        table("氏名,大学,同意", "佐藤 愛,東京大学,はい", "大学,氏名,学年,同意", "京都大学,田中 健,2,はい")
    assert caught.value.params == {"n": 3, "first": 1}


@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_a_title_doesnt_hide_what_divides_the_cells(mark: str) -> None:
    headings = mark.join(["氏名", '"出典,\n入手元"', "大学"])
    found = table("名簿 2026", headings, mark.join(["佐藤 愛", "総会", "東京大学"]))
    assert found.headings == ("氏名", "出典,\n入手元", "大学")
    assert found.rows[0].cells == ("佐藤 愛", "総会", "東京大学")


def test_seventy_empty_columns_are_no_columns() -> None:
    empty = "," * 70
    found = table(f"氏名,同意{empty}", f"佐藤 愛,はい{empty}", f"田中 健,はい{empty},")
    assert found.headings == ("氏名", "同意")
    assert len(entries(found)[0]) == 2, "nor are they more cells than headings"


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-16"])
@pytest.mark.parametrize("end", ["\x1a", "\r\n\x1a", "\r\n\x1a\r\n", "\r\n\x1a\0\0\0\0", "\0\0"])
def test_end_marks_of_old_programs(encoding: str, end: str) -> None:
    found = reading.read(("氏名,同意\r\n佐藤 愛,はい" + end).encode(encoding), PEOPLE)
    assert [row.cells for row in found.rows] == [("佐藤 愛", "はい")]


@pytest.mark.parametrize(
    "content",
    [
        "氏名,同意\n佐藤\0 愛,はい".encode(),
        "氏名,同意\n佐藤\ud83d 愛,はい".encode("utf-8", "surrogatepass"),
        "氏名,同意\n佐藤\ude00 愛,はい".encode("utf-16", "surrogatepass"),
        "氏名,同意\n佐藤\0 愛,はい".encode("utf-16-le"),
    ],
)
def test_what_no_database_can_hold_stays_outside(content: bytes) -> None:
    assert reading.read(content, PEOPLE).rows[0].cells == ("佐藤 愛", "はい")


def test_an_emoji_in_two_halves_is_put_together() -> None:
    content = "氏名,同意\n愛\ud83d\ude00,はい".encode("utf-8", "surrogatepass")
    assert reading.read(content, PEOPLE).rows[0].cells[0] == "愛😀"


@given(st.binary(max_size=200))
def test_no_bytes_do_harm(content: bytes) -> None:
    try:
        found = reading.read(content, PEOPLE)
    except Invalid:
        return
    for cell in (*found.headings, *(cell for row in found.rows for cell in row.cells)):
        cell.encode()
        assert "\0" not in cell


def test_as_above_is_the_row_right_above_or_bad() -> None:
    found = table(
        "氏名,大学,学年,同意",
        "佐藤 愛,東京大学,2年,はい",
        "田中 健,同上,〃,〃",
        "山田 花,〃,-,〃",
        "〃,東京大学,3年,はい",  # whose name?
        "",
        "見本 澪,同上,3年,はい",  # above is a blank row
        "例山 健,京都大学,同上,はい",
    )
    rows, findings = entries(found)
    assert [(row.number, *row.values.values()) for row in rows] == [
        (2, "佐藤 愛", "東京大学", "2年", "はい"),
        (3, "田中 健", "東京大学", "2年", "はい"),
        (4, "山田 花", "東京大学", "", "はい"),
        (8, "例山 健", "京都大学", "3年", "はい"),
    ]
    assert [(one.number, one.field, one.bad) for one in findings] == [(5, "name", True), (7, "school", True)]


def test_a_mark_that_is_a_word_of_its_field_keeps_its_meaning() -> None:
    found = table("氏名,大学,同意", "佐藤 愛,なし,なし", "-,-,-")
    rows, findings = entries(found)
    assert [dict(row.values) for row in rows] == [{"name": "佐藤 愛", "school": "", "consent": "なし"}]
    assert [(one.number, one.bad) for one in findings] == [(3, False)], "a row of nothing is left out and shown"


@pytest.mark.parametrize("heading", ["No.", "No", "番号", "会員番号", "ID", "Number", "#", "連番"])
@pytest.mark.parametrize("kind", ["people", "fees", "local_committees"])
def test_running_numbers_are_no_field(heading: str, kind: str) -> None:
    if kind == "people" or heading not in ("会員番号", "Number"):
        assert columns.match(kind, [heading], [False]) == [columns.LEFT_OUT]


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        ("年月日,お引出し,お預入れ,お取り扱い内容,残高", "date,withdrawal,amount,payer,balance"),
        (
            "取引日,入出金明細ＩＤ,受入金額（円）,払出金額（円）,詳細１,詳細２,現在（貸付）高",
            "date,,amount,withdrawal,,payer,balance",
        ),
        ("取引日,入出金(円),取引後残高(円),入出金内容", "date,amount,balance,payer"),
        (
            "日付,摘要内容,支払い金額,預かり金額,差引残高,メモ,入払区分",
            "date,payer,withdrawal,amount,balance,,direction",
        ),
    ],
)
def test_headings_of_banks(headings: str, fields: str) -> None:
    titles = headings.split(",")
    assert columns.match("fees", titles, [False] * len(titles)) == fields.split(",")
