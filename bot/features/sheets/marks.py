"""What people write into a cell that says nothing, or that says "as above": words from ``bot/data``, and signs."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from bot import data

#: What a spreadsheet shows where a formula failed or a column is too narrow.
_ERROR = re.compile(r"#(?:REF!?|N/A|VALUE!?|DIV/0!?|NAME\?|NULL!?|NUM!?|SPILL!?|CALC!?|ERROR!?|GETTING_DATA|#+)", re.I)
_BLANKS = re.compile(r"[\s\u00ad\u115f\u1160\u200b-\u200f\u2060\u2800\ufeff]+")
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|「[^「」]*」|<[^<>]*>")
_OUTER = "()[]【】「」『』<>〈〉《》。."
_BARS = frozenset("ー一―ｰㅡ")


def is_nothing(cell: str) -> bool:
    """Does the cell say that there is nothing, as ``-``, ``なし``, ``未定``, ``N/A`` or ``0`` do? An empty one does,
    and so does one without a letter or digit. One that means "as above" doesn't."""
    text = _folded(cell)
    if not text:
        return True
    if is_ditto(cell):
        return False
    if _ERROR.fullmatch(text) or _means("nothing", text):
        return True
    # 一 (one) is also how some write a bar, alone or several.
    letters = [char for char in text if unicodedata.category(char)[0] in "LN"]
    if all(char in _BARS for char in letters):
        return True
    head = _IN_BRACKETS.sub("", text)
    return head != text and bool(head) and is_nothing(head)


def is_ditto(cell: str) -> bool:
    """Does the cell say "as in the row above" (``同上``, ``〃``)?"""
    text = _folded(cell)
    return _means("above", text)


def quoted(cell: str) -> str:
    """A cell of our own export, fit to be read again: one that would say "as above" gets an apostrophe before it, as
    in spreadsheets. One that looks quoted already gets one more, so that ``unquoted`` gives back every cell."""
    return f"'{cell}" if _would_be_taken(cell) else cell


def unquoted(cell: str) -> str | None:
    """The text that ``quoted`` was given, if it wrote the apostrophe. None for every other cell."""
    return cell[1:] if cell.startswith("'") and _would_be_taken(cell[1:]) else None


def _would_be_taken(cell: str) -> bool:
    """With any number of apostrophes before it; two of them are a mark themselves."""
    bare = cell.lstrip("'")
    return any(is_ditto("'" * n + bare) for n in range(min(2, len(cell) - len(bare)) + 1))


def _means(what: str, text: str) -> bool:
    words = _words(what)
    return text in words or text.strip(_OUTER) in words


@cache
def _words(what: str) -> frozenset[str]:
    return frozenset(_folded(row["mark"]) for row in data.rows("cell_marks") if row["means"] == what)


def _folded(cell: str) -> str:
    return _BLANKS.sub("", unicodedata.normalize("NFKC", cell[:60])).casefold()
