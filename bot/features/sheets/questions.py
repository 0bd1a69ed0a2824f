"""What has to be asked about the columns of a file, and its rows once everything is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.errors import Invalid
from bot.features.sheets import columns
from bot.features.sheets.kinds import SheetKind
from bot.features.sheets.reading import Table
from bot.features.sheets.records import ColumnCard, DoubledField, Entry, UnknownColumn
from bot.i18n import N_

Matched = Sequence[str | None]


def check_needed(kind: SheetKind[object, object], matched: Matched) -> None:
    """Raises Invalid if a field that is needed has no column, and no column is left that could be asked about."""
    if None in matched:
        return
    fields = columns.fields(kind.key)
    for group in kind.needs:
        if not set(group) & set(matched):
            raise Invalid(
                N_(
                    "No column holds what is needed: {names}. Please check the headings in the first row, or start "
                    "from the template."
                ),
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


def entries(matched: Matched, table: Table, answers: Mapping[str, str]) -> list[Entry]:
    used = [(index, field) for index, field in enumerate(matched) if field]
    width = len(table.headings)
    return [
        Entry(
            row.number,
            {field: row.cells[index] for index, field in used},
            overflow=any(cell.strip() for cell in row.cells[width:]),
            answer=answers.get(str(row.number)),
        )
        for row in table.rows
    ]


def _card(table: Table, index: int) -> ColumnCard:
    filled = (row.cells[index].strip() for row in table.rows)
    samples = list(dict.fromkeys(filter(None, filled)))[:3]
    letter = chr(ord("A") + index) if index < 26 else chr(ord("A") + index // 26 - 1) + chr(ord("A") + index % 26)
    return ColumnCard(index, letter, table.headings[index], samples)
