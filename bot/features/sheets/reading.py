"""From the bytes of a file to its rows: encoding, delimiter, quotation marks. Pure, and fit for a thread."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass

from bot.errors import Invalid
from bot.features.sheets.cells import plain
from bot.i18n import N_

MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 5_000
MAX_COLUMNS = 60

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: How ISO-2022-JP, which has ASCII letters only, turns to kanji.
_ISO_2022_JP = b"\x1b$"
#: A workbook of Excel (a zip file) and one of old Excel.
_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_HALF_WIDTH_KANA = re.compile(r"[\uff61-\uff9f]")


@dataclass(frozen=True, slots=True)
class Row:
    """``number`` as a spreadsheet counts, headings and blank rows included."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """``headings`` may be empty texts; every row has at least as many cells as there are headings."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def read(content: bytes) -> Table:
    """The table in a CSV file; cells that were defused for a spreadsheet are as they were before.

    Raises:
        Invalid: too large, no text in UTF-8 or cp932, broken quotation marks, no rows or too many of them.
    """
    check_size(len(content))
    text = decode(content)
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except csv.Error:
        raise Invalid(
            N_(
                "A quotation mark in this file has no other half, so its cells can't be told apart. "
                "Please save it as CSV from Excel or Google Sheets once more."
            )
        ) from None
    filled = [
        Row(number, tuple(map(plain, cells)))
        for number, cells in enumerate(records, 1)
        if any(cell.strip() for cell in cells)
    ]
    if not filled:
        raise Invalid(N_("This file is empty. Please choose the file with your table in it."))
    headings, rows = filled[0].cells, filled[1:]
    while headings and not headings[-1].strip() and all(len(row.cells) < len(headings) for row in rows):
        headings = headings[:-1]
    if not rows:
        raise Invalid(N_("There are headings in this file, but no rows under them."))
    if len(rows) > MAX_ROWS:
        raise Invalid(
            N_("This file has {n} rows; {max} can be imported at once. Please divide it into several files."),
            n=len(rows),
            max=MAX_ROWS,
        )
    if len(headings) > MAX_COLUMNS:
        raise Invalid(
            N_("This file has {n} columns; {max} are allowed. Please leave out those that aren't needed."),
            n=len(headings),
            max=MAX_COLUMNS,
        )
    return Table(
        tuple(heading.strip() for heading in headings),
        tuple(Row(row.number, row.cells + ("",) * (len(headings) - len(row.cells))) for row in rows),
    )


def check_size(size: int) -> None:
    """Raises Invalid for a file that is too large; known before it is downloaded."""
    if size > MAX_BYTES:
        raise Invalid(
            N_("This file is too large ({size} kB); {max} kB are allowed. Please leave out columns, or divide it."),
            size=-(-size // 1024),
            max=MAX_BYTES // 1024,
        )


def decode(content: bytes) -> str:
    """Text in UTF-8 (with or without its mark) or cp932, which Excel calls "CSV" in Japan.

    Raises:
        Invalid: it is neither.
    """
    if content.startswith(_WORKBOOK):
        raise Invalid(
            N_(
                "This is an Excel workbook. Please save it as “CSV UTF-8 (comma delimited)” in Excel, or download it "
                "as comma-separated values from Google Sheets, and choose that file."
            )
        )
    is_other = content.startswith(_UTF_16) or _ISO_2022_JP in content
    for encoding in () if is_other else ("utf-8-sig", "cp932"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text or (encoding == "cp932" and (_CONTROL.search(text) or _is_euc(content, text))):
            break
        return text
    raise Invalid(
        N_(
            "The letters of this file can't be read: it is neither UTF-8 nor Shift_JIS. In Excel, save it as “CSV "
            "UTF-8 (comma delimited)”; in Google Sheets, choose File, Download, Comma-separated values."
        )
    )


def _is_euc(content: bytes, as_cp932: str) -> bool:
    """EUC-JP passes for cp932 and then looks like a row of half-width kana."""
    kana, beyond = len(_HALF_WIDTH_KANA.findall(as_cp932)), sum(char > "\x7f" for char in as_cp932)
    if kana * 3 < beyond:
        return False
    try:
        content.decode("euc_jp")
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(text: str) -> str:
    """A comma, unless the first line has none but has tabs or semicolons."""
    first = text.lstrip("\r\n").splitlines()[:1]
    line = re.sub(r'"[^"]*"', "", first[0]) if first else ""
    return next((mark for mark in (",", "\t", ";") if mark in line), ",")
