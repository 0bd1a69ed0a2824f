"""What the service gives to its readers, and what a kind of sheet gives to the service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from bot.features.sheets.columns import Field


class Stage(StrEnum):
    READING = "reading"
    WRITING = "writing"


@dataclass(slots=True)
class Progress:
    """How far a long piece of work is. The worker writes here; the display looks at it when it likes."""

    stage: Stage = Stage.READING
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a file by the fields of its kind; what says that there is nothing is empty. ``answer``: what its owner
    said when the row wasn't clear by itself."""

    number: int
    values: Mapping[str, str]
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a row that its owner should know. ``bad``: nothing is imported before it is corrected; else it is
    only worth checking. ``message`` and ``params`` as in an error."""

    number: int
    field: str | None
    message: str
    params: Mapping[str, Any]
    bad: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A possible answer about a row: its name in Japanese and English, and something to tell it from others."""

    value: str
    name_ja: str
    name_en: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class RowQuestion:
    """A row that means one of several things: its owner says which. ``message`` and ``params`` as in an error.
    ``choices`` may be left empty in all but a plan's first question, the one that is shown."""

    number: int
    message: str
    params: Mapping[str, Any]
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do, decided without touching anything.

    ``changes`` are the kind's own; ``codes``: one-time codes that would be made; ``lines``: what changes, as (Japanese,
    English) names, for the reader to recognise.
    """

    changes: Sequence[Any]
    new: int
    changed: int
    unchanged: int
    codes: int
    findings: Sequence[Finding]
    new_names: Sequence[tuple[str, str]] = ()
    changed_names: Sequence[tuple[str, str]] = ()
    questions: Sequence[RowQuestion] = ()

    @property
    def bad(self) -> int:
        """How many rows have to be corrected."""
        return len({finding.number for finding in self.findings if finding.bad})


@dataclass(frozen=True, slots=True)
class Handout:
    """A one-time code for somebody who isn't known to the bot yet. It is given out once and kept nowhere."""

    place_ja: str
    place_en: str
    name: str
    code: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class ColumnCard:
    """A column as its owner knows it: ``letter`` as a spreadsheet shows it, and its first filled cells."""

    index: int
    letter: str
    heading: str
    samples: Sequence[str]


@dataclass(frozen=True, slots=True)
class UnknownColumn:
    """What does this column hold? One of ``fields``, or nothing that is needed. ``left``: how many such questions
    there are, this one included."""

    upload_id: int
    filename: str
    column: ColumnCard
    fields: Sequence[Field]
    left: int


@dataclass(frozen=True, slots=True)
class DoubledField:
    """Which of these columns holds the field?"""

    upload_id: int
    filename: str
    field: Field
    columns: Sequence[ColumnCard]


@dataclass(frozen=True, slots=True)
class UnclearRow:
    """What does this row mean? ``left``: how many such rows there are, this one included."""

    upload_id: int
    filename: str
    kind: str
    question: RowQuestion
    left: int


@dataclass(frozen=True, slots=True)
class Preview:
    """``headings``: what the file itself calls the fields."""

    upload_id: int
    filename: str
    kind: str
    plan: ImportPlan
    headings: Mapping[str, str]

    @property
    def can_be_imported(self) -> bool:
        return not self.plan.bad and bool(self.plan.changes)

    @property
    def waits(self) -> bool:
        """Is the file kept? One that is all in the directory already isn't."""
        return bool(self.plan.bad or self.plan.changes)


Standing = UnknownColumn | DoubledField | UnclearRow | Preview


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    filename: str
    kind: str
    new: int
    changed: int
    unchanged: int
    handouts: Sequence[Handout] = field(default=())
