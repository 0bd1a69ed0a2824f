"""Excel workbooks: read as they are, and never a way to fill the memory."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from bot.errors import Invalid
from bot.features import Services
from bot.features.sheets import reading, workbooks
from bot.features.sheets.service import SheetService
from bot.features.sheets.values import Preview
from tests.support.people import OFFICER, actor, found_organisation

PEOPLE = "people"
HEAD = ("氏名", "大学", "同意")


def workbook(**sheets: Sequence[Sequence[Any]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The workbook with one of its parts exchanged, or one more."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            if one != name:
                new.writestr(one, old.read(one))
        new.writestr(name, part)
    return out.getvalue()


def sheet_xml(rows: str, dimension: str = "A1:C2") -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<?xml version="1.0"?><worksheet xmlns="{space}"><dimension ref="{dimension}"/>'
        f"<sheetData>{rows}</sheetData></worksheet>"
    ).encode()


def text_row(number: int, *cells: str) -> str:
    inner = "".join(f'<c r="{"ABC"[at]}{number}" t="str"><v>{cell}</v></c>' for at, cell in enumerate(cells))
    return f'<row r="{number}">{inner}</row>'


def test_cells_are_read_as_what_they_are() -> None:
    rows = [
        ("2026年度 名簿",),
        (),
        ("氏名", "学年", "同意", "出典", "ふりがな"),
        ("佐藤 愛", 2, date(2026, 4, 1), "総会,\n名簿", "_x0041_"),
        ("田中 健", 3.0, datetime(2026, 4, 1, 12, 34, 56), "'=1+1", None),  # noqa: DTZ001  Excel has no zones
        ("山田 花", "#N/A", True, 0.1 + 0.2, None),
    ]
    table = reading.read(workbook(名簿=rows), PEOPLE)
    assert table.headings == ("氏名", "学年", "同意", "出典", "ふりがな")
    assert [(row.number, *row.cells) for row in table.rows] == [
        (4, "佐藤 愛", "2", "2026-04-01", "総会,\n名簿", "A"),
        (5, "田中 健", "3", "2026-04-01 12:34:56", "=1+1", ""),
        (6, "山田 花", "#N/A", "TRUE", "0.3", ""),
    ]
    assert [passed.number for passed in table.passed] == [1]


def test_readings_that_excel_keeps_beside_kanji_are_no_part_of_a_name() -> None:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strings = (
        f'<sst xmlns="{space}"><si><t>佐藤 愛</t><rPh sb="0" eb="2"><t>サトウ</t></rPh><phoneticPr fontId="1"/></si>'
        "<si><r><t>東京</t></r><r><t>大学</t></r><rPh sb='0' eb='2'><t>トウキョウ</t></rPh></si></sst>"
    )
    cells = '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c></row>'
    content = with_part(workbook(a=[HEAD]), "xl/worksheets/sheet1.xml", sheet_xml(text_row(1, *HEAD) + cells))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        types = file.read("[Content_Types].xml").decode()
    types = types.replace("</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>')
    content = with_part(content, "[Content_Types].xml", types.encode())
    table = reading.read(with_part(content, "xl/sharedStrings.xml", strings.encode()), PEOPLE)
    assert table.rows[0].cells == ("佐藤 愛", "東京大学", "")


def test_the_sheet_that_fits_is_taken_and_the_others_are_named() -> None:
    people = [HEAD, ("佐藤 愛", "東京大学", "はい")]
    table = reading.read(workbook(表紙=[("会員名簿",)], 名簿=people, 会計=[("日付", "金額"), (1, 2)]), PEOPLE)
    assert [row.cells[0] for row in table.rows] == ["佐藤 愛"]
    assert [(one.number, one.text) for one in table.passed] == [(0, "表紙"), (0, "会計")]


def test_two_sheets_that_fit_are_asked_about() -> None:
    rows = [HEAD, ("佐藤 愛", "東京大学", "はい")]
    content = workbook(年度2025=rows, 年度2026=rows, メモ=[("x",)])
    with pytest.raises(Invalid, match="which sheet of this workbook") as caught:
        reading.read(content, PEOPLE)
    assert caught.value.params["names"] == ("年度2025、年度2026", "年度2025, 年度2026")


def test_a_hidden_sheet_is_no_choice() -> None:
    book = Workbook()
    for name, state in (("2025", "hidden"), ("2026", "visible")):
        sheet = book.create_sheet(name)
        sheet.append(list(HEAD))
        sheet.append([f"佐藤 {name}", "東京大学", "はい"])
        sheet.sheet_state = state
    file = io.BytesIO()
    book.save(file)
    assert reading.read(file.getvalue(), PEOPLE).rows[0].cells[0] == "佐藤 2026"


def test_what_a_file_says_of_its_size_is_not_believed() -> None:
    filled = text_row(1, *HEAD) + text_row(2, "佐藤 愛", "東京大学", "はい")
    small = with_part(workbook(a=[HEAD]), "xl/worksheets/sheet1.xml", sheet_xml(filled, "A1"))
    assert reading.read(small, PEOPLE).rows[0].cells == ("佐藤 愛", "東京大学", "はい")
    large = with_part(workbook(a=[HEAD]), "xl/worksheets/sheet1.xml", sheet_xml(filled, "A1:XFD1048576"))
    assert len(reading.read(large, PEOPLE).rows) == 1


def test_a_cell_in_the_last_corner_takes_no_memory() -> None:
    """Some readers reserve a place for each cell between, and the whole process ends."""
    corner = '<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>'
    filled = text_row(1, *HEAD) + text_row(2, "佐藤 愛", "東京大学", "はい")
    content = with_part(workbook(a=[HEAD]), "xl/worksheets/sheet1.xml", sheet_xml(filled + corner))
    last = reading.read(content, PEOPLE).rows[-1]
    assert (last.number, len(last.cells), last.cells[-1]) == (1_048_576, 16_384, "x")
    beyond = '<row r="99999999999"><c r="A99999999999" t="str"><v>x</v></c></row>'
    content = with_part(content, "xl/worksheets/sheet1.xml", sheet_xml(filled + beyond))
    assert len(reading.read(content, PEOPLE).rows) == 1


def test_frames_to_the_last_column_of_every_row_are_too_much() -> None:
    rows = "".join(f'<row r="{n}"><c r="XFD{n}"/></row>' for n in range(1, 2000))
    with pytest.raises(Invalid, match="too large once unpacked"):
        reading.read(with_part(workbook(a=[HEAD]), "xl/worksheets/sheet1.xml", sheet_xml(rows)), PEOPLE)


def test_one_row_of_millions_of_cells_is_not_built() -> None:
    row = '<row r="1">' + "<c/>" * 1_000_000 + "</row>"
    with pytest.raises(Invalid, match="too large once unpacked"):
        reading.read(with_part(workbook(a=[HEAD]), "xl/worksheets/sheet1.xml", sheet_xml(row)), PEOPLE)


def test_millions_of_words_kept_beside_the_cells_are_not_read() -> None:
    strings = b"<sst>" + b"<si/>" * 1_000_000 + b"</sst>"
    with pytest.raises(Invalid, match="too large once unpacked"):
        reading.read(with_part(workbook(a=[HEAD]), "xl/sharedStrings.xml", strings), PEOPLE)


def test_a_row_of_every_column_is_a_row() -> None:
    cells = "".join(f'<c r="{get_column_letter(n)}2" s="0"/>' for n in range(1, 16_385))
    xml = sheet_xml(text_row(1, *HEAD) + f'<row r="2">{cells}</row>' + text_row(3, "佐藤 愛", "東京大学", "はい"))
    assert len(reading.read(with_part(workbook(a=[HEAD]), "xl/worksheets/sheet1.xml", xml), PEOPLE).rows) == 1


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml"])
def test_a_bomb_is_not_unpacked(part: str) -> None:
    content = with_part(workbook(a=[HEAD]), part, b" " * (workbooks.MAX_UNPACKED + 1))
    assert len(content) < reading.MAX_BYTES
    with pytest.raises(Invalid, match="too large once unpacked"):
        reading.read(content, PEOPLE)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("inside", [b"", b"<", b"<a/>", b'<!DOCTYPE a [<!ENTITY b "cc">]><a>&b;&d;</a>'])
def test_a_broken_workbook_is_said(part: str, inside: bytes) -> None:
    with pytest.raises(Invalid):
        reading.read(with_part(workbook(a=[HEAD, ("佐藤 愛", "", "はい")]), part, inside), PEOPLE)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 5000), st.binary(min_size=1, max_size=4))
def test_no_workbook_with_wrong_bytes_does_harm(at: int, wrong: bytes) -> None:
    content = bytearray(workbook(a=[HEAD, ("佐藤 愛", "東京大学", "はい")]))
    place = 4 + at % (len(content) - 8)
    content[place : place + len(wrong)] = wrong
    with contextlib.suppress(Invalid):
        reading.read(bytes(content), PEOPLE)


def test_too_many_rows_are_said() -> None:
    rows = "".join(text_row(n, "佐藤 愛", "東京大学", "はい") for n in range(2, reading.MAX_ROWS + 3))
    xml = sheet_xml(text_row(1, *HEAD) + rows)
    with pytest.raises(Invalid, match="rows"):
        reading.read(with_part(workbook(a=[HEAD]), "xl/worksheets/sheet1.xml", xml), PEOPLE)


@pytest.mark.parametrize("rows", [(1, 3, 2), (1, 2, 2)])
def test_rows_out_of_order_are_not_left_out_in_silence(rows: tuple[int, ...]) -> None:
    inside = "".join(text_row(number, *HEAD) if number == 1 else text_row(number, "例山", "", "") for number in rows)
    content = with_part(workbook(名簿=[HEAD]), "xl/worksheets/sheet1.xml", sheet_xml(inside))
    with pytest.raises(Invalid, match="can't be read"):
        workbooks.sheets(content)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.integers(1, 60))
def test_the_order_of_rows_is_told_however_the_file_is_cut(numbers: list[int], size: int) -> None:
    text = "".join(f'<row spans="1:3" r="{number}"><c r="A{number}"/></row>' for number in numbers).encode()
    order = workbooks._Order()
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    assert all(order.goes_on(piece) for piece in pieces) is all(a < b for a, b in pairwise(numbers))


def test_rows_behind_thousands_that_are_passed_over_are_not_lost_in_silence() -> None:
    people = [text_row(n, "佐藤 愛", "東京大学", "はい") for n in range(2, 4_002)]
    totals = [text_row(n, "合計", "", "") for n in range(4_002, 6_102)]
    last = [text_row(n, "鈴木 花", "東京大学", "はい") for n in range(6_102, 6_200)]
    xml = sheet_xml("".join([text_row(1, *HEAD), *people, *totals, *last]))
    with pytest.raises(Invalid, match="rows"):
        reading.read(with_part(workbook(a=[HEAD]), "xl/worksheets/sheet1.xml", xml), PEOPLE)


async def test_a_workbook_is_brought_in(services: Services) -> None:
    await found_organisation(services)
    officer = await actor(services, OFFICER)
    content = workbook(名簿=[HEAD, ("佐藤 愛", "東京大学", date(2026, 4, 1)), ("合計", 1, None)], メモ=[("x",)])
    sheets = services[SheetService]
    looked = await sheets.begin(officer, PEOPLE, "meibo.xlsx", content)
    assert isinstance(looked, Preview)
    assert [(one.number, one.bad) for one in looked.plan.findings] == [(0, False), (3, False)]
    done = await sheets.carry_out(officer, looked.upload_id)
    assert [one.name for one in done.handouts] == ["佐藤 愛"]
