"""Cells, files, headings and words: what is decided without a database."""

from __future__ import annotations

import contextlib
import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import Invalid
from bot.features.local_committees.models import ClubType, LcState
from bot.features.schools.models import SchoolKind
from bot.features.sheets import cells, columns, reading
from bot.features.sheets.marks import is_ditto, quoted, unquoted
from bot.i18n import words_for
from bot.ui.local_committees import STATE_WORDS
from cogs.local_committees.render import CLUB_WORDS, KIND_WORDS

KIND = "local_committees"
#: Whatever a database may hold: quotes, line breaks, signs of formulas, tabs, full width, emoji.
NASTY = st.text(
    st.one_of(
        st.sampled_from("'\"=+-@\t\r\n,;、＝＋－＠ 　東ｱ🩺"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    max_size=12,
)


@given(NASTY)
def test_a_defused_cell_is_never_a_formula_and_comes_back_as_it_was(cell: str) -> None:
    defused = cells.defuse(cell)
    assert not defused or defused[0] not in "=+-@\t\r\n＝＋－＠"
    assert cells.plain(defused) == cell


@pytest.mark.parametrize("cell", ["=1+1", "+81", "-", "@x", "\tx", "\r", "'=1", "''@x", "＝SUM(A1)", "'"])
def test_what_looks_defused_already_survives(cell: str) -> None:
    assert cells.plain(cells.defuse(cell)) == cell


MARKS = st.builds(
    str.__add__,
    st.text("'\t ", max_size=4),
    st.sampled_from(["同上", "〃", '"', "''", "``", "（同じ）", "ditto", "", "x"]),
)


@given(MARKS | NASTY)
@example("'" * 40_000)
def test_a_mark_that_is_meant_itself_is_quoted_and_comes_back(cell: str) -> None:
    out = quoted(cell)
    assert not is_ditto(out)
    assert cells.plain(cells.defuse(out)) == out
    assert unquoted(out) == (cell if out != cell else None)
    assert out != cell or not is_ditto(cell)


@given(st.lists(st.lists(NASTY, min_size=3, max_size=3), min_size=1, max_size=5))
@example([["", "", "KINDOFCLUB"], ["", "", "0"]])
def test_what_is_written_is_read_back(rows: list[list[str]]) -> None:
    headings = ["コード", "大学名", "英語名"]  # with unknown ones, a row that names a field would be the headings
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    content = cells.to_csv([headings, *rows])
    assert content.startswith(b"\xef\xbb\xbf")
    if not filled:
        with pytest.raises(Invalid):
            reading.read(content, KIND)
        return
    assert [list(row.cells) for row in reading.rows(content)] == [headings, *rows]
    with contextlib.suppress(Invalid):  # all may look like notes
        table = reading.read(content, KIND)
        passed = [one.number for one in table.passed]
        expected = [(n, *row) for n, row in enumerate(rows, 2) if row in filled and n not in passed]
        assert [(row.number, *row.cells) for row in table.rows] == expected


@given(st.lists(st.text(st.sampled_from("東a、,; x"), min_size=1, max_size=6).map(str.strip).filter(bool), unique=True))
def test_names_in_one_cell_are_told_apart_again(names: list[str]) -> None:
    assert cells.split_names(cells.join_names(names)) == names


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_files_as_spreadsheets_save_them(encoding: str, end: str, mark: str) -> None:
    text = end.join(
        [mark.join(("大学名", "代表者名")), mark.join(("東京大学", "髙橋 ①")), "", mark.join(("京都大学", ""))]
    )
    table = reading.read(text.encode(encoding), KIND)
    assert table.headings == ("大学名", "代表者名")
    assert [(row.number, *row.cells) for row in table.rows] == [(2, "東京大学", "髙橋 ①"), (4, "京都大学", "")]


def test_a_row_is_counted_as_a_spreadsheet_does() -> None:
    table = reading.read('大学名\r\n"東京\n大学"\r\n京都大学\r\n'.encode(), KIND)
    assert [row.number for row in table.rows] == [2, 3]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("大学名,代表者名\n東京大学,山田".encode("euc_jp"), "neither UTF-8"),
        ("大学名,代表者名\n東京大学,山田".encode("iso2022_jp"), "neither UTF-8"),
        (bytes(range(256)) * 3, "neither UTF-8"),
        (b"PK\x03\x04rest", "Excel workbook can't be read"),
        (b"\xd0\xcf\x11\xe0rest", "This Excel workbook has the old format"),
        (b"", "empty"),
        (b"\r\n,,\r\n", "empty"),
        ("大学名,代表\n".encode(), "no rows"),
        (b'a,b\n"c,d\n', "quotation mark"),
        (b"a,b\n" + b"1,2\n" * 5001, "5001|rows"),
        (b"x," * 61 + b"\n1\n", "columns"),
        (b"x" * (reading.MAX_BYTES + 1), "too large"),
    ],
)
def test_what_cant_be_read_is_said(content: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        reading.read(content, KIND)


def test_headings_as_people_have_them() -> None:
    headings = [
        "大学名",
        "学校名",
        "正式名称",
        "略称",
        "英語名",
        "都道府県",
        "地方",
        "代表者名",
        "代表",
        "状態",
        "団体種別",
        "任期開始",
    ]
    fields = [columns.match(KIND, [heading], [False])[0] for heading in headings]
    assert fields == [
        "name_ja", "name_ja", "name_ja", "aliases", "name_en", "prefecture", "region", "representative",
        "representative", "state", "club_type", "starts",
    ]  # fmt: skip
    assert columns.match(KIND, ["　大学名 ", "ﾀﾞｲｶﾞｸ", "団体名(英語)", "ＳＣＨＯＯＬ", "", ""], [False] * 5 + [True]) == [
        "name_ja", None, "own_name_en", "name_ja", None, "",
    ]  # fmt: skip


def test_no_heading_and_no_word_means_two_things() -> None:
    """The files can be edited by anybody: a name that stands twice would silently win or lose."""
    from bot import data
    from bot.features.schools.names import fold

    for file, keys in (("sheet_columns", ("sheet",)), ("sheet_words", ("sheet", "field"))):
        seen: dict[tuple[str, ...], str] = {}
        for row in data.rows(file):
            meaning = row.get("value") or row["field"]
            for name in filter(None, (row["name_ja"], row["name_en"], *row["other_names"].split("|"))):
                assert seen.setdefault((*(row[key] for key in keys), fold(name)), meaning) == meaning, name


def test_the_words_of_a_sheet_are_those_of_the_bot() -> None:
    japanese = words_for("ja")
    for field, kept, shown in (
        ("state", LcState, STATE_WORDS),
        ("club_type", ClubType, CLUB_WORDS),
        ("school_kind", SchoolKind, KIND_WORDS),
    ):
        words = columns.words(KIND, field)
        assert set(words) == {one.value for one in kept} - {SchoolKind.OTHER.value}
        for value, word in words.items():
            message = shown[kept(value)]  # type: ignore[index]
            assert (word.name_ja, word.name_en) == (japanese(message), message)
            assert columns.value_of(KIND, field, word.name_ja) == columns.value_of(KIND, field, word.name_en) == value


def test_the_example_in_the_documentation_is_cp932() -> None:
    from pathlib import Path

    content = (Path(__file__).parents[2] / "docs/examples/lc-sheet-cp932.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        content.decode()
    rows = list(csv.reader(io.StringIO(content.decode("cp932"))))
    assert None not in columns.match(KIND, rows[0], [False] * len(rows[0]))
