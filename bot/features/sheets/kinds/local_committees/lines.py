"""One row while it is looked at: its cells, read as what they are, and what there is to say about them."""

from __future__ import annotations

from datetime import date
from typing import Any

from bot.errors import Invalid
from bot.features.sheets.columns import choices, value_of
from bot.features.sheets.values import Entry, Finding
from bot.i18n import N_
from bot.times import cell_day
from bot.typed import name_problem, one_line

KEY = "local_committees"
TOO_LONG = N_("This is too long. Please use at most {n} characters.")
_LONGEST = {
    "code": 50, "name_ja": 100, "name_en": 120, "own_name_ja": 100, "own_name_en": 100, "state_decision": 100,
    "representative": 100, "region": 60,
}  # fmt: skip
#: What people and LCs are called by.
_NAMES = {"name_ja", "name_en", "own_name_ja", "own_name_en", "representative", "region"}


class Unusable(Exception):
    """Nothing more can be said about the row; what is wrong with it has been noted."""


class Line:
    """``cells`` are those with something in them, without blanks around it; ``raw`` all as they came."""

    def __init__(self, entry: Entry) -> None:
        self.number = entry.number
        self.raw = entry.values
        self.cells = {key: cell.strip() for key, cell in entry.values.items() if cell.strip()}
        self.findings: list[Finding] = []
        for key in sorted(_NAMES & self.cells.keys()):
            if problem := name_problem(self.cells[key]):
                self.bad(key, problem)
            self.cells[key] = one_line(self.cells[key])
        for key, most in _LONGEST.items():
            if len(self.cells.get(key, "")) > most:
                self.bad(key, TOO_LONG, n=most)

    @property
    def is_bad(self) -> bool:
        return any(finding.bad for finding in self.findings)

    def bad(self, key: str | None, message: str, **params: Any) -> Unusable:
        """Note an error in the field ``key``; to be raised where the row is of no further use."""
        self.findings.append(Finding(self.number, key, message, params, bad=True))
        return Unusable()

    def note(self, key: str, message: str, **params: Any) -> None:
        """Note something worth checking."""
        self.findings.append(Finding(self.number, key, message, params, bad=False))

    def word(self, key: str) -> str | None:
        """The value of a field with fixed words; None if the cell is empty or, which is said, none of them."""
        if key not in self.cells:
            return None
        value = value_of(KEY, key, self.cells[key])
        if value is None:
            message = N_("“{value}” can't be used here. Use one of these: {choices}")
            self.bad(key, message, value=self.cells[key][:60], choices=choices(KEY, key))
        return value

    def day(self, key: str, today: date | None = None) -> date | None:
        """The day in a field; None if the cell is empty or, which is said, no date. ``today``: a date without its year
        is the last such day."""
        if key not in self.cells:
            return None
        try:
            return cell_day(self.cells[key], today)
        except Invalid as refused:
            self.bad(key, refused.message, **refused.params)
            return None
