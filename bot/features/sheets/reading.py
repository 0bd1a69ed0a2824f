"""From the bytes of a file to its rows: encoding, delimiter, quotation marks. Pure, and fit for a thread."""

from __future__ import annotations

import codecs
import csv
import io
import re

from bot.errors import Invalid
from bot.features.sheets import workbooks
from bot.features.sheets.cells import plain
from bot.features.sheets.layout import Passed, Row, Table, how_well, lay_out
from bot.i18n import N_

MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 5_000
MAX_COLUMNS = 60

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: How ISO-2022-JP, which has ASCII letters only, turns to kanji.
_ISO_2022_JP = b"\x1b$"
#: A workbook of Excel is a zip file; one of old Excel, or with a password, isn't.
_ZIP, _OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
#: What no database can hold: NUL, and half a character.
_UNKEPT = re.compile(r"[\x00\ud800-\udfff]")
#: Old programs end a text with Ctrl-Z, and some fill up the last block with NUL.
_END = re.compile(r"(?:(?<=[\r\n])\x1a[\s\x00\x1a]*|[\x00\x1a]+)\Z")
_HALF_WIDTH_KANA = re.compile(r"[\uff61-\uff9f]")
_QUOTED = re.compile(r'"[^"]*"')
_LINE_END = re.compile(r"\r\n|\r|\n")
_LINES_TRIED = 50
OTHER_SHEET = N_("The sheet “{text}” in this workbook is skipped.")


def read(content: bytes, kind: str) -> Table:
    """The table in a file of a kind of sheet; cells that were defused for a spreadsheet are as they were before.

    Raises:
        Invalid: too large, no text in UTF-8, UTF-16 or cp932, broken quotation marks, no rows or too many of them.
    """
    check_size(len(content))
    filled, others = _in_book(content, kind) if content.startswith(_ZIP) else (rows(content), [])
    filled = [row for row in filled if any(cell.strip() for cell in row.cells)]
    if not filled:
        raise Invalid(N_("This file is empty. Please choose the file with your table in it."))
    table = lay_out(kind, filled, others)
    # Of a workbook, no more rows are read than these: behind them there may be others.
    is_cut = content.startswith(_ZIP) and len(filled) > workbooks.MAX_FILLED
    if len(table.rows) > MAX_ROWS or is_cut:
        raise Invalid(
            N_("This file has {n} rows, but you can import up to {max} at once. Please split it into several files."),
            n=len(filled) if is_cut else len(table.rows),
            max=MAX_ROWS,
        )
    if len(table.headings) > MAX_COLUMNS:
        raise Invalid(
            N_("This file has {n} columns, but only {max} are allowed. Please remove the ones you don't need."),
            n=len(table.headings),
            max=MAX_COLUMNS,
        )
    return table


def _in_book(content: bytes, kind: str) -> tuple[list[Row], list[Passed]]:
    """The rows of the sheet that fits, and the sheets that don't."""
    found = workbooks.sheets(content)
    scores = [how_well(kind, rows) for _, rows in found]
    if not found:
        return [], []
    best = max(scores)
    if scores.count(best) > 1:
        names = [name for (name, _), score in zip(found, scores, strict=True) if score == best]
        raise Invalid(
            N_(
                "It isn't clear which sheet of this workbook you mean: {names}. Please hide or delete the "
                "others and choose the file again."
            ),
            names=("、".join(names)[:300], ", ".join(names)[:300]),
        )
    chosen = scores.index(best)
    others = [Passed(0, OTHER_SHEET, name) for at, (name, _) in enumerate(found) if at != chosen]
    return [Row(row.number, tuple(map(_plain_kept, row.cells))) for row in found[chosen][1]], others


def rows(content: bytes) -> list[Row]:
    """All rows of a file, blank ones too. Raises as ``read``."""
    text = decode(content)
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except csv.Error:
        raise Invalid(
            N_(
                "A quotation mark in this file isn't closed, so its cells can't be told apart. Please save "
                "it as CSV again from Excel or Google Sheets."
            )
        ) from None
    return [Row(number, tuple(map(plain, cells))) for number, cells in enumerate(records, 1)]


def check_size(size: int) -> None:
    """Raises Invalid for a file that is too large; known before it is downloaded."""
    if size > MAX_BYTES:
        raise Invalid(
            N_(
                "This file is too large ({size} kB). The limit is {max} kB. Please remove columns you don't "
                "need, or split the file."
            ),
            size=-(-size // 1024),
            max=MAX_BYTES // 1024,
        )


def decode(content: bytes) -> str:
    """Text in UTF-8 (with or without its mark), UTF-16 (Excel's "Unicode text"), or cp932 (its "CSV" in Japan).

    Raises:
        Invalid: it is none of them.
    """
    if content.startswith(_OLD_WORKBOOK):
        raise Invalid(
            N_(
                "This Excel workbook has the old format (.xls) or a password. Please save it as .xlsx "
                "without a password and choose that file."
            )
        )
    if content.startswith(_UTF_16):
        return _kept(content.decode("utf-16", "surrogatepass" if len(content) % 2 == 0 else "ignore"))
    if (text := _unmarked_utf_16(content)) is not None:
        return _kept(text)
    if _ISO_2022_JP not in content:
        try:
            return _kept(content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            pass
        try:
            # Programs that write each half of an emoji by itself; cp932 would take the halves for kanji.
            text = content.decode("utf-8-sig", "surrogatepass")
            return _kept(text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore"))
        except UnicodeDecodeError:
            pass
        try:
            text = _kept(content.decode("cp932"))
        except UnicodeDecodeError:
            text = "\0"
        if not _CONTROL.search(text) and not _is_euc(content, text):
            return text
    raise Invalid(
        N_(
            "The text in this file can't be read because it's neither UTF-8 nor Shift_JIS. In Excel, "
            "save it as “CSV UTF-8 (comma delimited)”. In Google Sheets, choose File → Download → "
            "Comma-separated values (.csv)."
        )
    )


def _plain_kept(cell: str) -> str:
    return plain(_UNKEPT.sub("", cell))


def _kept(text: str) -> str:
    """The text without its end mark and without what no database can hold."""
    return _UNKEPT.sub("", _END.sub("", text))


def _unmarked_utf_16(content: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of its commas and line ends is NUL."""
    for encoding in ("utf-16-le", "utf-16-be"):
        marks = [mark.encode(encoding) for mark in (",", "\t", ";", "\n")]
        units = {content[at : at + 2] for at in range(0, len(content) - len(content) % 2, 2)}
        if len(content) % 2 == 0 and sum(mark in units for mark in marks) >= 2:
            text = content.decode(encoding, "surrogatepass")
            if not _CONTROL.search(_kept(text)):
                return text
    return None


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
    """The delimiter in most of the first lines, outside quotation marks. Titles above a table have none, and cells may
    have others."""
    lines = _LINE_END.split(_QUOTED.sub("", text[:100_000]))[:_LINES_TRIED]
    counts = {mark: sum(mark in line for line in lines) for mark in ("\t", ",", ";")}
    best = max(counts, key=lambda mark: counts[mark])  # the first of equals
    return best if counts[best] else ","
