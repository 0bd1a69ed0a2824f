"""Cells of a CSV file: made harmless on the way out, read as people write them on the way in."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.deliveries.schedule import local_time

#: With one of these at its beginning, a spreadsheet may take a cell for a formula; some take full-width ones too.
_DANGEROUS = "=+\\-@\t\r\n＝＋－＠"
_WOULD_ACT = re.compile(f"'*[{_DANGEROUS}]")
_DEFUSED = re.compile(f"'+[{_DANGEROUS}]")


def defuse(cell: str) -> str:
    """The cell with an apostrophe before it if a spreadsheet could run it. One that looks defused already gets one
    more, so that ``plain`` gives back every cell as it was."""
    return f"'{cell}" if _WOULD_ACT.match(cell) else cell


def plain(cell: str) -> str:
    """What ``defuse`` was given."""
    return cell[1:] if _DEFUSED.match(cell) else cell


def to_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows as a file that Excel opens rightly: UTF-8 with its mark, CRLF, every cell defused."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([defuse(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def cell_time(at: datetime | None, time_zone: str) -> str:
    """An instant as the clocks of ``time_zone`` show it, in a form that every spreadsheet reads; empty without one."""
    return f"{local_time(at, time_zone):%Y-%m-%d %H:%M}" if at is not None else ""


def join_names(names: Sequence[str]) -> str:
    """Several names in one cell, one a line. The line break at the end tells a single name with a comma in it from
    several on one line."""
    text = "\n".join(names)
    return f"{text}\n" if len(names) == 1 and _SEPARATOR.search(text) else text


def split_names(cell: str) -> list[str]:
    """The names in a cell: one a line, or between commas where there is no line break."""
    parts = re.split(r"[\r\n]+", cell) if re.search(r"[\r\n]", cell) else _SEPARATOR.split(cell)
    return list(dict.fromkeys(filter(None, (part.strip() for part in parts))))


_SEPARATOR = re.compile(r"[、,，;；]")
