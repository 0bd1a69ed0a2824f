"""What has to be asked about the columns of a file, and its rows once everything is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.errors import Invalid
from bot.features.sheets import columns
from bot.features.sheets.kinds import SheetKind
from bot.features.sheets.layout import Table
from bot.features.sheets.marks import is_ditto, is_nothing, unquoted
from bot.features.sheets.values import ColumnCard, DoubledField, Entry, Finding, UnknownColumn
from bot.i18n import N_

Matched = Sequence[str | None]

OVERFLOW = N_("This row has more cells than headings. If a cell contains a comma, put quotation marks around the cell.")
AS_ABOVE = N_("“{value}” could mean more than one thing here. Please write it out in full.")
NOTHING = N_("This row is empty, so it's skipped.")


def check_needed(kind: SheetKind[object, object], matched: Matched) -> None:
    """Raises Invalid if a field that is needed has no column, and no column is left that could be asked about."""
    if None in matched:
        return
    fields = columns.fields(kind.key)
    for group in kind.needs:
        if not set(group) & set(matched):
            raise Invalid(
                N_("A required column is missing ({names}). Please check the headings, or start from the template."),
                names=(
                    "・".join(fields[key].name_ja for key in group),
                    " / ".join(fields[key].name_en for key in group),
                ),
            )


def question(
    upload_id: int, kind: str, filename: str, matched: Matched, table: Table
) -> UnknownColumn | DoubledField | None:
    """The next one; None if the rows can be read."""
    fields = columns.fields(kind)
    field = columns.doubled(matched)
    if field is not None:
        cards = [_card(table, index) for index, known in enumerate(matched) if known == field]
        return DoubledField(upload_id, filename, fields[field], cards)
    if None not in matched:
        return None
    free = [one for key, one in fields.items() if key not in matched]
    unknown = [index for index, known in enumerate(matched) if known is None]
    return UnknownColumn(upload_id, filename, _card(table, unknown[0]), free, len(unknown))


def headings(matched: Matched, table: Table) -> dict[str, str]:
    """What the file itself calls the fields."""
    return {field: heading for field, heading in zip(matched, table.headings, strict=True) if field}


def entries(
    kind: SheetKind[object, object], matched: Matched, table: Table, answers: Mapping[str, str]
) -> tuple[list[Entry], list[Finding]]:
    """The rows, and what there is to say about those that aren't any or can't be read.

    A mark for nothing is an empty cell, unless it is one of the words of its field. "As above" is what the row right
    above has; where that isn't certain, or each row has something of its own, the row is bad. An apostrophe before such
    a mark says that the mark itself is meant.
    """
    used = [(index, field) for index, field in enumerate(matched) if field]
    width = len(table.headings)
    found: list[Entry] = []
    findings = [Finding(passed.number, None, passed.why, {"text": passed.text}, bad=False) for passed in table.passed]
    above: Mapping[str, str] = {}
    last = 0
    for row in table.rows:
        values = {field: _meant(kind.key, field, row.cells[index]) for index, field in used}
        troubles = []
        if any(cell.strip() for cell in row.cells[width:]):
            troubles.append(Finding(row.number, None, OVERFLOW, {}, bad=True))
        for field, value in values.items():
            if (literal := unquoted(value)) is not None:
                values[field] = literal
                continue
            if not is_ditto(value):
                continue
            known = above.get(field, "") if row.number == last + 1 and field not in kind.own else ""
            if not known:
                params = {"value": value.strip()[:20]}
                troubles.append(Finding(row.number, field, AS_ABOVE, params, bad=True))
            values[field] = known
        above, last = values, row.number
        if troubles:
            findings += troubles
        elif not any(values.values()):
            findings.append(Finding(row.number, None, NOTHING, {}, bad=False))
        else:
            found.append(Entry(row.number, values, answers.get(str(row.number))))
    return found, findings


def _meant(kind: str, field: str, cell: str) -> str:
    return "" if is_nothing(cell) and columns.value_of(kind, field, cell) is None else cell


def _card(table: Table, index: int) -> ColumnCard:
    filled = (row.cells[index].strip() for row in table.rows)
    samples = list(dict.fromkeys(filter(None, filled)))[:3]
    letter = chr(ord("A") + index) if index < 26 else chr(ord("A") + index // 26 - 1) + chr(ord("A") + index % 26)
    return ColumnCard(index, letter, table.headings[index], samples)
