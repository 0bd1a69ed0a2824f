"""Which column of a file holds what: headings and words as people write them, from ``bot/data``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot import data
from bot.features.schools.names import fold

#: In place of a field: the column is left out.
LEFT_OUT = ""


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a row can tell. Its names are the headings of the template."""

    key: str
    name_ja: str
    name_en: str

    def heading(self, language: str) -> str:
        return self.name_ja if language == "ja" else self.name_en


@cache
def fields(kind: str) -> Mapping[str, Field]:
    """The fields of a kind of sheet by their keys, in the order of the template."""
    rows = [row for row in data.rows("sheet_columns") if row["sheet"] == kind and row["field"]]
    return {row["field"]: Field(row["field"], row["name_ja"], row["name_en"]) for row in rows}


@cache
def headings(kind: str) -> Mapping[str, str]:
    """Field by folded heading; ``LEFT_OUT`` for columns that many sheets have and no kind needs, such as a running
    number."""
    return {
        fold(name): row["field"]
        for row in data.rows("sheet_columns")
        if row["sheet"] == kind
        for name in (row["name_ja"], row["name_en"], *row["other_names"].split("|"))
        if name
    }


def match(kind: str, titles: Sequence[str], is_blank: Sequence[bool]) -> list[str | None]:
    """For each column its field, None where it isn't known. A column without a heading or a cell is left out."""
    known = headings(kind)
    return [
        known.get(fold(title), LEFT_OUT if blank and not title else None)
        for title, blank in zip(titles, is_blank, strict=True)
    ]


def doubled(columns: Iterable[str | None]) -> str | None:
    """The first field that more than one column holds."""
    return next((field for field, n in Counter(filter(None, columns)).items() if n > 1), None)


@dataclass(frozen=True, slots=True)
class Word:
    """A value of a field that has a fixed set of them."""

    value: str
    name_ja: str
    name_en: str


@cache
def words(kind: str, field: str) -> Mapping[str, Word]:
    """The values of a field by value, in their order."""
    rows = [row for row in data.rows("sheet_words") if (row["sheet"], row["field"]) == (kind, field)]
    return {row["value"]: Word(row["value"], row["name_ja"], row["name_en"]) for row in rows}


@cache
def _spellings(kind: str, field: str) -> Mapping[str, str]:
    return {
        fold(name): row["value"]
        for row in data.rows("sheet_words")
        if (row["sheet"], row["field"]) == (kind, field)
        for name in (row["name_ja"], row["name_en"], *row["other_names"].split("|"))
        if name
    }


def value_of(kind: str, field: str, cell: str) -> str | None:
    """The value that a cell means; None if it is none of them."""
    return _spellings(kind, field).get(fold(cell))


def choices(kind: str, field: str) -> tuple[str, str]:
    """All values of a field for reading, in Japanese and English."""
    found = words(kind, field).values()
    return "、".join(word.name_ja for word in found), ", ".join(word.name_en for word in found)
