"""Which rows of a file are rows of the table. The headings are found; other rows are skipped and shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.errors import Invalid
from bot.features.schools.names import fold
from bot.features.sheets import columns
from bot.features.sheets.breathing import breathe
from bot.i18n import N_

#: The headings stand among the first filled rows; banks write up to some twenty lines above them.
_LOOKED_AT = 40
_LONGEST_HEADING = 40
_SUM = (
    "(?:総?合計|合計(?:金額|件数|人数|額|数)|小計|総計|[月年日累]計|(?:前[月期年日])?繰越(?:残高|金)?|次[月期]繰越"
    "|grandtotal|subtotal)"
)
_COUNT = r"(?:\(?[\d,.]+(?:円|名|人|件|校|団体)?\)?)?"
_TOTAL = re.compile(rf"{_SUM}[:：]?{_COUNT}")
#: As a row's first cell only: elsewhere it may be a name.
_FIRST_TOTAL = re.compile(rf"[(\[【<]?(?:{_SUM}|計|total|totals|sum|総数|件数|人数)[)\]】>]?[:：]?{_COUNT}")
_NOTE = re.compile(r"(?:※|[*＊]|(?:\(?(?:注|注記|注意|備考|補足|note|nb)\d*\)?[:：.)])|注\)).*", re.IGNORECASE)
#: Alone in its row.
_LONE_NOTE = re.compile(r"(?:[【■◆●▼◇□★☆].{2,}|\(.{2,}\)|以上|以下余白|敬称略|end|eof)[。.]?", re.IGNORECASE)

TITLE = N_("Skipped because it's above the headings: “{text}”")
HEADINGS = N_("Skipped because it repeats the headings: “{text}”")
TOTAL = N_("Skipped because it looks like a total: “{text}”")
NOTE = N_("Skipped because it looks like a note: “{text}”")


@dataclass(frozen=True, slots=True)
class Row:
    """``number`` as a spreadsheet counts, headings and blank rows included."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passed:
    """A row that was passed over (``number`` 0: a whole sheet). ``why`` is a message with ``{text}``."""

    number: int
    why: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """``headings`` may be empty texts; every row has at least as many cells as there are headings."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    passed: tuple[Passed, ...] = ()


def lay_out(kind: str, filled: Sequence[Row], others: Sequence[Passed] = ()) -> Table:
    """The table in the rows of a file that have something in them. ``others``: what else was passed over.

    Raises:
        Invalid: there is nothing under the headings, or several tables with different headings.
    """
    known = columns.headings(kind)
    place = _heading_place(known, filled)
    heading = filled[place]
    own = _fields(known, heading)
    for row in filled[: max(0, place - 1)]:  # right above are titles over groups of columns
        if _is_heading(known, row):
            raise _other_headings(heading, row)
    passed = [*others, *(Passed(row.number, TITLE, _text(row)) for row in filled[:place])]
    width = _width(heading)
    rows: list[Row] = []
    for done, row in enumerate(filled[place + 1 :]):
        breathe(done)
        if _is_heading(known, row):
            if _fields(known, row) != own:
                raise _other_headings(row, heading)
            passed.append(Passed(row.number, HEADINGS, _text(row)))
        elif (why := _why_passed(row, width)) is not None:
            passed.append(Passed(row.number, why, _text(row)))
        else:
            rows.append(row)
    if not rows:
        raise Invalid(N_("This file has headings but no rows. Please choose a file with your data in it."))
    return _table(heading, rows, tuple(passed))


def _other_headings(row: Row, first: Row) -> Invalid:
    return Invalid(
        N_(
            "Row {n} has different headings from row {first}. Please put each table in its own file and "
            "choose the files one by one."
        ),
        n=row.number,
        first=first.number,
    )


def how_well(kind: str, filled: Sequence[Row]) -> int:
    """How many fields of a kind the headings of these rows name."""
    known = columns.headings(kind)
    return len(set(_fields(known, filled[_heading_place(known, filled)]).values()))


def _table(heading: Row, rows: Sequence[Row], passed: tuple[Passed, ...]) -> Table:
    titles = [cell.strip() for cell in heading.cells]
    # Sheets often go on to the right with nothing but frames and colours.
    while titles and not titles[-1] and not any(_has(row, len(titles) - 1) for row in rows):
        titles.pop()
    width = len(titles)
    return Table(
        tuple(titles),
        tuple(Row(row.number, row.cells + ("",) * (width - len(row.cells))) for row in rows),
        passed,
    )


def _has(row: Row, index: int) -> bool:
    return index < len(row.cells) and bool(row.cells[index].strip())


def _heading_place(known: Mapping[str, str], filled: Sequence[Row]) -> int:
    """Where the headings stand: the row that names most fields; if none names any, the first that isn't a title."""
    some = filled[:_LOOKED_AT]
    scores = [len(set(_fields(known, row).values())) for row in some]
    if max(scores):
        return scores.index(max(scores))
    most = max(_width(row) for row in some)
    return next((place for place, row in enumerate(some) if _width(row) > 1 or most == 1), 0)


def _is_heading(known: Mapping[str, str], row: Row) -> bool:
    """Headings again: most of its cells are known as such. Most rows are told by their first few cells."""
    filled = [cell for cell in row.cells if cell.strip()]
    if not any(_known(known, cell) for cell in filled[:3]):
        return False
    fields = set(_fields(known, row).values())
    return len(fields) >= 2 and len(fields) * 2 > len(filled)


def _fields(known: Mapping[str, str], row: Row) -> dict[int, str]:
    """Field by column, for those columns whose heading is known."""
    found = ((index, _known(known, cell)) for index, cell in enumerate(row.cells))
    return {index: field for index, field in found if field}


def _known(known: Mapping[str, str], cell: str) -> str | None:
    text = cell.strip()
    return known.get(fold(text)) if text and len(text) <= _LONGEST_HEADING else None


def _why_passed(row: Row, width: int) -> str | None:
    filled = [re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell[:200])).casefold() for cell in row.cells]
    filled = [cell for cell in filled if cell]
    first = filled[0] if filled else ""
    if _FIRST_TOTAL.fullmatch(first) or any(_TOTAL.fullmatch(cell) for cell in filled):
        return TOTAL
    # A line of notes may have a comma or two; a person with a mark before the name has most of a row.
    if _NOTE.fullmatch(first) and len(filled) <= max(1, width // 2):
        return NOTE
    if width > 1 and len(filled) == 1 and _LONE_NOTE.fullmatch(first):
        return NOTE
    return None


def _width(row: Row) -> int:
    return sum(bool(cell.strip()) for cell in row.cells)


def _text(row: Row) -> str:
    return " ".join(filter(None, (" ".join(cell.split()) for cell in row.cells)))[:60]
