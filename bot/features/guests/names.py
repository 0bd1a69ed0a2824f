"""Lists of names that organisers bring in: pasted from LINE, or from a sheet. Decisions without the database."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import Invalid
from bot.features.events.reading.names import Answer, answer_of, names_in
from bot.features.members.rules import clean_name
from bot.features.organisations.naming import one_name
from bot.features.schools.names import fold
from bot.features.sheets import columns, reading
from bot.i18n import N_

#: Names of a list, and characters of a text.
MOST, LONGEST = 100, 4000
#: Of a sheet, in ``bot/data/sheet_columns.csv``.
KIND = "names"
_CODE = re.compile(r"^[eEｅＥ]([0-9０-９]{1,18})(?:[\s:：、,]+|$)")
NOTHING = N_("No names were found. Please write one per line with the answer, such as “Sato yes”.")
TOO_MANY = N_("{n} names can be entered at once. Please enter the others afterwards.")


@dataclass(frozen=True, slots=True)
class Named:
    """A name with its answer, and where they belong if it was said."""

    name: str
    answer: Answer
    school: str = ""


@dataclass(frozen=True, slots=True)
class NameRows:
    """``unclear``: as they were written; nobody is entered by them."""

    rows: Sequence[Named]
    unclear: Sequence[str]


def pasted(text: str) -> NameRows:
    """The names in a text, with or without the code of the event before each. Raises Invalid: there are none, or too
    many."""
    found = names_in("\n".join(_CODE.sub("", line.strip()) for line in text.splitlines()))
    return _checked([Named(one.name, one.answer) for one in found.answers], found.unclear)


def in_sheet(content: bytes) -> NameRows:
    """The names in a CSV or Excel file. Without a column of answers, everybody in it comes. Raises Invalid."""
    table = reading.read(content, KIND)
    blank = [not any(row.cells[index].strip() for row in table.rows) for index in range(len(table.headings))]
    matched = columns.match(KIND, table.headings, blank)
    if "name" not in matched or columns.doubled(matched) is not None:
        raise Invalid(N_("The file needs one column with the heading “Name”. It may have “School” and “Answer”."))
    at = {field: index for index, field in enumerate(matched) if field}
    rows, unclear = list[Named](), list[str]()
    for row in table.rows:
        name, school = row.cells[at["name"]].strip(), row.cells[at["school"]].strip() if "school" in at else ""
        answer = answer_of(row.cells[at["answer"]]) if "answer" in at else Answer.YES
        if answer is None or not name:
            unclear.append(" ".join(filter(None, (cell.strip() for cell in row.cells)))[:100])
        else:
            rows.append(Named(name, answer, school[:100]))
    return _checked(rows, unclear)


def code_in(text: str) -> int | None:
    """The number of the event in a code such as ``E12``, wherever it begins a line."""
    match = _CODE.match(unicodedata.normalize("NFKC", text).strip())
    return int(match.group(1)) if match else None


def _checked(rows: Sequence[Named], unclear: Sequence[str]) -> NameRows:
    """Names that stand there twice may be two people, or one who changed their mind."""
    times = Counter(fold(one.name) for one in rows)
    kept, odd = list[Named](), [*unclear, *(one.name for one in rows if times[fold(one.name)] > 1)]
    for one in rows:
        if times[fold(one.name)] > 1:
            continue
        try:
            kept.append(Named(clean_name(one.name), one.answer, one_name(one.school, 100)))
        except Invalid:
            odd.append(one.name[:100])
    if not kept and not odd:
        raise Invalid(NOTHING)
    if len(kept) + len(odd) > MOST:
        raise Invalid(TOO_MANY, n=MOST)
    return NameRows(kept, odd)
