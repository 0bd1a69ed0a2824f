"""Cells of a CSV file: made harmless on the way out."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

#: With one of these at its beginning, a spreadsheet may take a cell for a formula; some take full-width ones too.
_DANGEROUS = "=+\\-@\t\r\n＝＋－＠"
_WOULD_ACT = re.compile(f"'*[{_DANGEROUS}]")


def defuse(cell: str) -> str:
    """The cell with an apostrophe before it if a spreadsheet could run it."""
    return f"'{cell}" if _WOULD_ACT.match(cell) else cell


def to_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows as a file that Excel opens rightly: UTF-8 with its mark, CRLF, every cell defused."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([defuse(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")
