"""What a row of a list of people means: pure decisions about one row after the other."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from typing import NamedTuple

from bot.errors import Invalid
from bot.features.members.rules import clean_institution, clean_name, clean_reading
from bot.features.memberships.models import MembershipKind
from bot.features.memberships.rules import year_of
from bot.features.schools.names import fold
from bot.features.sheets.breathing import breathe
from bot.features.sheets.columns import choices, value_of
from bot.features.sheets.kinds.local_committees.finding import Schools
from bot.features.sheets.kinds.local_committees.state import Directory, Place
from bot.features.sheets.service import LEFT_OUT_ROW
from bot.features.sheets.values import Choice, Entry, Finding, ImportPlan, Progress, RowQuestion
from bot.i18n import N_
from bot.times import day_in

KEY = "people"
_YEAR = re.compile(r"[mM]?\s*([1-6])\s*(?:年生?|回生?)?")
#: Kinds that a sheet can say of somebody. Others follow from posts and steps.
TAKEN = (MembershipKind.FREE_LIST, MembershipKind.INDIVIDUAL, MembershipKind.STAFF)


@dataclass(frozen=True, slots=True)
class Roster:
    """Compared by ``==``. ``known``: the rows that were brought in; ``people``: those who have joined, as (id, name,
    id of the school)."""

    places: tuple[Place, ...]
    known: frozenset[Known]
    people: frozenset[tuple[int, str, int | None]]


@dataclass(frozen=True, slots=True)
class NewPerson:
    marks: Print
    #: Is there somebody else whose row has the same fingerprint?
    is_another: bool
    name: str
    reading: str
    school_id: int | None
    school_ja: str
    school_en: str
    institution: str
    year: int | None
    kind: str | None
    consent: str
    source: str

    @property
    def fingerprint(self) -> str:
        return self.marks.own_fingerprint if self.is_another else self.marks.fingerprint


class Examiner:
    def __init__(self, roster: Roster, today: date) -> None:
        self._today = today
        self._namesakes = Namesakes(roster.known, year_of(today))
        self._schools = Schools(Directory(roster.places, (), (), 0))
        self._names = {str(person_id): name for person_id, name, _ in roster.people}
        self._joined = {(fold(name), school_id) for _, name, school_id in roster.people}
        self._findings: list[Finding] = []

    def plan(self, entries: Sequence[Entry], progress: Progress) -> ImportPlan:
        changes: list[NewPerson] = []
        unchanged = 0
        progress.total = len(entries)
        for done, entry in enumerate(entries):
            progress.done = done
            breathe(done)
            known = self._names.get(entry.values.get("number", "").strip())
            if known is not None and fold(known) == fold(entry.values.get("name", "")):
                unchanged += 1  # they have joined: their record is theirs
                continue
            if known is not None:
                # Somebody's own numbers in this column would otherwise make rows disappear.
                message = N_("This number belongs to {name} here. Please correct it, or leave the column out.")
                self._bad(entry, "number", message, name=known)
                continue
            new = self._person(entry)
            if new is None:
                continue
            if (twin := self._namesakes.twin(new.marks)) is not None:
                self._note(entry, "name", N_("The same person is in row {n}."), n=twin)
                unchanged += 1
                continue
            outcome = self._namesakes.meet(entry, new.name, new.marks)
            if outcome is Outcome.KNOWN:
                unchanged += 1
            elif outcome is Outcome.LEFT_OUT:
                self._note(entry, "name", N_("You said this row isn't needed. It will be skipped."))
            elif outcome is not Outcome.ASKED:
                changes.append(replace(new, is_another=outcome is Outcome.ANOTHER))
                if (fold(new.name), new.school_id) in self._joined:
                    self._note(
                        entry, "name", N_("Someone with this name has already joined. Are they the same person?")
                    )
        return ImportPlan(
            changes=changes,
            new=len(changes),
            changed=0,
            unchanged=unchanged,
            codes=len(changes),
            findings=self._findings,
            new_names=[(new.name, new.name) for new in changes],
            questions=self._namesakes.questions,
        )

    def _person(self, entry: Entry) -> NewPerson | None:
        before = len(self._findings)
        cells = {key: cell.strip() for key, cell in entry.values.items()}
        name = self._cleaned(entry, "name", clean_name, cells.get("name", ""))
        reading = self._cleaned(entry, "reading", clean_reading, cells.get("reading", ""))
        place, institution = self._school(entry, cells.get("school", ""))
        kind = self._kind(entry, cells.get("kind", ""))
        year = self._year(entry, cells.get("year", ""))
        consent, source = self._agreed(entry, cells.get("consent", ""), cells.get("source", ""))
        if any(finding.bad for finding in self._findings[before:]):
            return None
        where = str(place.school_id) if place else fold(institution)
        return NewPerson(
            marks=print_of(name, reading, where, year),
            is_another=False,
            name=name,
            reading=reading,
            school_id=place.school_id if place else None,
            school_ja=place.name_ja if place else institution,
            school_en=place.name_en if place else institution,
            institution=institution,
            year=year,
            kind=kind,
            consent=consent,
            source=source,
        )

    def _cleaned(self, entry: Entry, key: str, clean: Callable[[str], str], cell: str) -> str:
        try:
            return clean(cell)
        except Invalid as error:
            self._findings.append(Finding(entry.number, key, error.message, error.params, bad=True))
            return ""

    def _school(self, entry: Entry, cell: str) -> tuple[Place | None, str]:
        """The school of the directory, or the name of another one."""
        if not cell:
            return None, ""
        match = self._schools.by_name(cell)
        if len(match.places) == 1:
            return match.places[0], ""
        if match.places:
            self._bad(entry, "school", N_("Several schools have this name. Please write the full name."))
            return None, ""
        near = self._schools.nearest(cell)
        if near is not None:
            message = N_("This school isn't in the directory (closest match: {near}). It will be saved as written.")
            self._note(entry, "school", message, near=(near.name_ja, near.name_en))
        return None, self._cleaned(entry, "school", clean_institution, cell)

    def _kind(self, entry: Entry, cell: str) -> str | None:
        if not cell:
            return None
        value = value_of(KEY, "kind", cell)
        if value is None:
            message = N_("“{value}” can't be used here. Use one of these: {choices}")
            self._bad(entry, "kind", message, value=cell[:60], choices=choices(KEY, "kind"))
        elif value not in TAKEN:
            message = N_("Posts and staff steps can't be imported from a sheet. They will be skipped.")
            self._note(entry, "kind", message)
            return None
        return value

    def _year(self, entry: Entry, cell: str) -> int | None:
        if not cell:
            return None
        match = _YEAR.fullmatch(unicodedata.normalize("NFKC", cell))
        if match is None:
            self._bad(
                entry,
                "year",
                N_("“{value}” isn't a year of study. Please write a number from 1 to 6."),
                value=cell[:60],
            )
            return None
        return int(match[1])

    def _agreed(self, entry: Entry, consent: str, source: str) -> tuple[str, str]:
        """That the person agreed, or where the row comes from. One of them is needed; a no is a no."""
        if consent:
            said = "yes" if day_in(consent, self._today) else value_of(KEY, "consent", consent)
            if said == "no":
                self._bad(entry, "consent", N_("This person hasn't given consent. Please remove the row."))
            elif said is None:
                message = N_("“{value}” can't be used here. Use one of these, or a date: {choices}")
                self._bad(entry, "consent", message, value=consent[:60], choices=choices(KEY, "consent"))
        elif not source:
            self._bad(entry, "consent", N_("Each row needs consent (yes, or the date) or a source."))
        if len(source) > 100:
            self._bad(entry, "source", N_("This is too long. Please use at most {n} characters."), n=100)
        return consent[:100], source[:100]

    def _bad(self, entry: Entry, key: str | None, message: str, **params: object) -> None:
        self._findings.append(Finding(entry.number, key, message, params, bad=True))

    def _note(self, entry: Entry, key: str, message: str, **params: object) -> None:
        self._findings.append(Finding(entry.number, key, message, params, bad=False))


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
        message = N_("There is more than one {name}. Is this row a different person or the same one?")
        self.questions.append(RowQuestion(entry.number, message, {"name": name}, choices))
        return Outcome.ASKED


def _may_be(row: Print, found: Print) -> bool:
    """May these two of one name be one person? Not if reading or school are given in both and differ."""
    return all(not one or not other or one == other for one, other in zip(row[1:3], found[1:3], strict=True))


def _digest(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()
