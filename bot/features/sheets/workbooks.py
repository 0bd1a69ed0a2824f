"""The rows of an Excel workbook. Its sender may have built it to fill the memory: everything is counted while it is
unpacked, and rows are read one by one (docs/decisions/0007)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from bot.errors import Invalid
from bot.features.sheets.breathing import breathe
from bot.features.sheets.layout import Row
from bot.i18n import N_

#: All parts of the file together, and those that are read as a whole.
MAX_UNPACKED, MAX_WHOLE = 32 * 1024 * 1024, 4 * 1024 * 1024
MAX_PARTS, MAX_SHEETS = 2_000, 30
#: Empty cells between filled ones count too: a frame around nothing may reach to the last column.
MAX_CELLS = 5_000_000
MAX_FILLED = 6_000
#: Bytes of one row, which the library builds as a whole, and texts that are kept beside the cells.
MAX_ROW, MAX_TEXTS = 2 * 1024 * 1024, 500_000
_LAST_ROW = 1_048_576
_ROW_END = b"</row>"
_CHUNK = 256 * 1024
_BY_ROWS = re.compile(r"xl/(?:worksheets/|sharedStrings)")
_ROW_TAG = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_ROW_NUMBER = re.compile(rb"\sr=[\"'](\d+)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

TOO_LARGE = N_(
    "This Excel workbook is too large once unpacked. Please copy the rows you need into a new "
    "workbook and choose that one."
)
UNREADABLE = N_(
    "This Excel workbook can't be read. Please save it again as .xlsx or “CSV UTF-8 (comma "
    "delimited)” and choose that file."
)


def sheets(content: bytes) -> list[tuple[str, list[Row]]]:
    """Name and filled rows of each visible sheet that has any.

    Raises:
        Invalid: it can't be read, or is too large when unpacked.
    """
    from openpyxl import load_workbook

    try:
        _check(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        found = []
        left = MAX_CELLS
        for sheet in book.worksheets[:MAX_SHEETS]:
            if sheet.sheet_state != "visible":
                continue
            sheet.reset_dimensions()  # what the file says of its size may be untrue
            rows, left = _filled(sheet.iter_rows(values_only=True, max_row=_LAST_ROW), left)
            if rows:
                found.append((str(sheet.title), rows))
    except Invalid:
        raise
    except Exception as error:  # a broken file breaks the library in many ways
        raise Invalid(UNREADABLE) from error
    return found


def _check(content: bytes) -> None:
    """The file may be wrong about the sizes of its parts: they are counted."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        parts = file.infolist()
        left, whole = MAX_UNPACKED, MAX_WHOLE
        if len(parts) > MAX_PARTS:
            raise Invalid(TOO_LARGE)
        for part in parts:
            is_whole = part.filename.endswith((".xml", ".rels")) and not _BY_ROWS.match(part.filename)
            is_sheet = part.filename.startswith("xl/worksheets/")
            row, texts, before = MAX_ROW, MAX_TEXTS, b""
            order = _Order() if is_sheet else None
            with file.open(part) as stream:
                while chunk := stream.read(_CHUNK):
                    left -= len(chunk)
                    whole -= len(chunk) * is_whole
                    texts -= chunk.count(b"<si")
                    joined = before + chunk  # the end of a row may lie across two pieces
                    ended = joined.rfind(_ROW_END)
                    row = row - len(chunk) if ended < 0 else MAX_ROW - (len(joined) - ended)
                    before = chunk[-len(_ROW_END) :]
                    if min(left, whole, texts, row if is_sheet else 0) < 0:
                        raise Invalid(TOO_LARGE)
                    if order is not None and not order.goes_on(chunk):
                        raise Invalid(UNREADABLE)


class _Order:
    """Do the numbers of the rows rise? The library leaves a row out, without a word, whose number doesn't."""

    def __init__(self) -> None:
        self._last, self._rest = 0, b""

    def goes_on(self, chunk: bytes) -> bool:
        joined = self._rest + chunk
        for tag in _ROW_TAG.findall(joined):
            number = _ROW_NUMBER.search(tag)
            at = int(number[1][:9]) if number else self._last + 1
            if at <= self._last:
                return False
            self._last = at
        open_at = joined.rfind(b"<")  # a tag may lie across two pieces
        self._rest = joined[open_at:] if open_at > joined.rfind(b">") else b""
        return len(self._rest) <= MAX_ROW


def _filled(rows: Iterator[Sequence[Any]], left: int) -> tuple[list[Row], int]:
    """The rows that have something in them, and how many cells may still be read."""
    found: list[Row] = []
    for number, values in enumerate(rows, 1):
        breathe(number if values else 1)
        left -= len(values) + 1
        if left < 0:
            raise Invalid(TOO_LARGE)
        cells = [_text(value) for value in values]
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            found.append(Row(number, tuple(cells)))
        if len(found) > MAX_FILLED:
            break  # more than can be imported in any case; the reader of this sheet says so
    return found, left


def _text(value: Any) -> str:
    """A cell as it would stand in a CSV file."""
    match value:
        case None:
            text = ""
        case bool():
            text = str(value).upper()
        case float():
            text = f"{value:.15g}"
        case datetime() if value.time() == time():
            text = f"{value:%Y-%m-%d}"
        case datetime():
            text = f"{value:%Y-%m-%d %H:%M:%S}"
        case date() | time():
            text = value.isoformat()
        case _:
            text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), str(value))
    return text
