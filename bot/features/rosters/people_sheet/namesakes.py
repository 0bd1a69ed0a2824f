"""Is a row about somebody who stands on the list already, or about another person of that name? If unclear: ask."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from bot.features.schools.names import fold
from bot.features.sheets.records import Choice, Entry, RowQuestion
from bot.features.sheets.service import LEFT_OUT_ROW
from bot.i18n import N_

#: The answers about a row: it is somebody else, or the person of the earlier list, or of the row whose number follows.
ANOTHER, EARLIER, ROW = "another", "earlier", "row:"


class Known(NamedTuple):
    """A row of an earlier list: its year of study then, and the fiscal year in which the list came."""

    fingerprint: str
    year: int | None
    brought_in: int


class Print(NamedTuple):
    """What tells people apart, folded. ``where``: the school, "" if none is given."""

    name: str
    reading: str
    where: str
    year: int | None

    @property
    def fingerprint(self) -> str:
        return _digest(self.name, self.reading, self.where)

    @property
    def own_fingerprint(self) -> str:
        """Of somebody who is another person than the one with the same fingerprint."""
        return _digest(self.name, self.reading, self.where, str(self.year or ""))


def print_of(name: str, reading: str, where: str, year: int | None) -> Print:
    return Print(fold(name), fold(reading), where, year)


class Outcome(Enum):
    NEW = "new"
    #: Somebody else than those of that name, by what was answered.
    ANOTHER = "another"
    KNOWN = "known"
    #: Left out by what was answered.
    LEFT_OUT = "left out"
    ASKED = "asked"


class Namesakes:
    """Remembers the rows before. ``this_year``: the fiscal year."""

    def __init__(self, known: Iterable[Known], this_year: int) -> None:
        self._known = {one.fingerprint: one for one in known}
        self._this_year = this_year
        self._rows: dict[str, list[tuple[int, Print]]] = {}
        self.questions: list[RowQuestion] = []

    def twin(self, found: Print) -> int | None:
        """The number of a row before that says just the same."""
        return next((number for number, row in self._rows.get(found.name, ()) if row == found), None)

    def meet(self, entry: Entry, name: str, found: Print) -> Outcome:
        """Who is in the row, a row that has no twin? An answer that fits no longer is asked for again."""
        earlier = self._known.get(found.fingerprint)
        alike = [(number, row) for number, row in self._rows.get(found.name, ()) if _may_be(row, found)]
        if found.own_fingerprint in self._known or (earlier is not None and self._is_same(earlier, found)):
            outcome = Outcome.KNOWN
        elif earlier is None and not alike:
            outcome = Outcome.NEW
        else:
            outcome = self._answered(entry, name, earlier, alike)
        if outcome in (Outcome.NEW, Outcome.ANOTHER, Outcome.KNOWN):
            self._rows.setdefault(found.name, []).append((entry.number, found))
        return outcome

    def _is_same(self, earlier: Known, found: Print) -> bool:
        """Years of study go up with the years, and old lists are brought in once more."""
        if earlier.year is None or found.year is None:
            return True
        return found.year in (earlier.year, earlier.year + self._this_year - earlier.brought_in)

    def _answered(self, entry: Entry, name: str, earlier: Known | None, alike: list[tuple[int, Print]]) -> Outcome:
        choices = [Choice(ANOTHER, "別の人（新しく登録する）", "Another person (add them)")]
        if earlier is not None:
            hint = f"{earlier.year}年 / year {earlier.year}"
            choices.append(Choice(EARLIER, "前の名簿の人と同じ", "The same as on an earlier list", hint))
        for number, row in alike:
            hint = f"{row.year}年 / year {row.year}" if row.year else ""
            choices.append(Choice(f"{ROW}{number}", f"{number}行目の人と同じ", f"The same as in row {number}", hint))
        if entry.answer == ANOTHER:
            return Outcome.ANOTHER
        if entry.answer == LEFT_OUT_ROW or entry.answer in {choice.value for choice in choices}:
            return Outcome.LEFT_OUT
        message = N_("There is more than one {name}. Is this row about another person, or about the same one?")
        self.questions.append(RowQuestion(entry.number, message, {"name": name}, choices))
        return Outcome.ASKED


def _may_be(row: Print, found: Print) -> bool:
    """May these two of one name be one person? Not if reading or school are given in both and differ."""
    return all(not one or not other or one == other for one, other in zip(row[1:3], found[1:3], strict=True))


def _digest(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()
