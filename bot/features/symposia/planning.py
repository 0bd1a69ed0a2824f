"""In which months a series has its editions, and what becomes of planned ones under another rule: pure decisions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from bot.errors import Invalid
from bot.i18n import N_

NO_MONTHS = N_("Please say in which months it takes place, such as “odd months”, “1, 5, 11” or “Mar, Oct”.")
NOT_AMONG = N_("The general meeting is in a month without an edition. Please add that month, or leave it out here.")
MONTHS = range(1, 13)
_DIGITS = "0123456789abc"
_ALL = {"odd": MONTHS[::2], "奇数": MONTHS[::2], "even": MONTHS[1::2], "偶数": MONTHS[1::2]}
_ALL |= {"every": MONTHS, "毎月": MONTHS}
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = re.compile(r"[0-9]+|[a-z]+")


@dataclass(frozen=True, slots=True)
class Rule:
    """``months``: of its editions, in order; ``general``: those of them with the general meeting. ``every``: years from
    one year with editions to the next, counted from ``since``. ``changes_country``: its host country is another each
    time."""

    months: tuple[int, ...]
    general: tuple[int, ...] = ()
    every: int = 1
    since: int = 0
    changes_country: bool = False

    @property
    def text(self) -> str:
        """Such as ``13579b/b/1/0/``: a digit for each month, to base 13. It has at most 34 characters."""
        groups = ["".join(_DIGITS[month] for month in one) for one in (self.months, self.general)]
        return "/".join([*groups, str(self.every), str(self.since), "c" if self.changes_country else ""])

    def dates(self, years: Iterable[int]) -> list[tuple[int, int]]:
        """Year and month of each edition in these years."""
        return [(year, month) for year in years if (year - self.since) % self.every == 0 for month in self.months]


def rule_of(text: str) -> Rule:
    """As ``Rule.text`` wrote it. Raises Invalid: it did not."""
    try:
        months, general, every, since, country = text.split("/")
        groups = [tuple(_DIGITS.index(one) for one in group) for group in (months, general)]
        return checked_rule(Rule(groups[0], groups[1], int(every), int(since), country == "c"))
    except ValueError:
        raise Invalid(NO_MONTHS) from None


def checked_rule(rule: Rule) -> Rule:
    """Raises Invalid: it has no months, or its general meeting is in none of them."""
    if not rule.months or not set(rule.months) <= set(MONTHS) or rule.every not in (1, 2, 3, 4):
        raise Invalid(NO_MONTHS)
    if not set(rule.general) <= set(rule.months):
        raise Invalid(NOT_AMONG)
    return Rule(
        tuple(sorted(set(rule.months))),
        tuple(sorted(set(rule.general))),
        rule.every,
        rule.since if rule.every > 1 else 0,
        rule.changes_country,
    )


def read_months(text: str) -> tuple[int, ...]:
    """As people write them: 奇数月, odd months, 1月・5月, Jan and May; () for an empty text. Raises Invalid."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    for word, months in _ALL.items():
        if word in plain:
            return tuple(months)
    found = set[int]()
    for word in _MONTH.findall(plain):
        if word in ("and", "month", "months"):
            continue
        if word.isdecimal():
            month = int(word) if len(word) < 3 else 0
        else:
            month = _NAMES.index(word[:3]) + 1 if word[:3] in _NAMES else 0
        if month not in MONTHS:
            raise Invalid(NO_MONTHS)
        found.add(month)
    if plain.strip() and not found:
        raise Invalid(NO_MONTHS)
    return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class Standing:
    """An edition as it stands. ``is_fixed``: announced, over, or with an event: no plan changes it. ``is_kept``: it
    isn't dropped, as somebody was asked or something was written for it."""

    edition_id: int
    number: int
    year: int
    month: int
    is_fixed: bool = False
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """An edition under the plan; ``was``: as it stands, None for a new one."""

    number: int
    year: int
    month: int
    was: Standing | None = None

    @property
    def is_moved(self) -> bool:
        return self.was is not None and (self.was.year, self.was.month) != (self.year, self.month)

    @property
    def is_renumbered(self) -> bool:
        return self.was is not None and self.was.number != self.number


@dataclass(frozen=True, slots=True)
class Plan:
    """``fixed``: those that stay as they are. ``editions``: all others, in the order of their months. ``dropped``:
    planned ones for which the rule has no month left."""

    fixed: Sequence[Standing]
    editions: Sequence[Planned]
    dropped: Sequence[Standing]

    @property
    def changes(self) -> bool:
        return bool(self.dropped) or any(one.was is None or one.is_moved or one.is_renumbered for one in self.editions)

    @property
    def token(self) -> str:
        """Says whether another plan is the same, for the button under a preview."""
        parts = [(one.number, one.year, one.month, one.was and one.was.edition_id) for one in self.editions]
        told = repr((parts, [one.edition_id for one in self.dropped], [one.edition_id for one in self.fixed]))
        return sha256(told.encode()).hexdigest()[:10]


def plan(
    rule: Rule, standing: Iterable[Standing], years: Iterable[int], first: tuple[int, int], first_number: int
) -> Plan:
    """The editions of a series under a rule. What is fixed, or lies before the month ``first``, stays. The others keep
    their months where the rule has them; the rest of them take the months that are left, those for which something was
    done before the others. Each gets the next number that is free.
    """
    found = sorted(standing, key=lambda one: (one.year, one.month, one.number))
    fixed = [one for one in found if one.is_fixed or (one.year, one.month) < first]
    free = [one for one in found if one not in fixed]
    taken = {(one.year, one.month) for one in fixed}
    wanted = [date for date in rule.dates(years) if date >= first and date not in taken]
    placed: list[tuple[tuple[int, int], Standing | None]] = []
    for one in list(free):
        if (one.year, one.month) in wanted:
            wanted.remove((one.year, one.month))
            free.remove(one)
            placed.append(((one.year, one.month), one))
    free.sort(key=lambda one: (not one.is_kept, one.year, one.month, one.number))
    while free and wanted:
        placed.append((wanted.pop(0), free.pop(0)))
    placed += [(date, None) for date in wanted]
    placed += [((one.year, one.month), one) for one in free if one.is_kept]
    placed.sort(key=lambda one: (one[0], one[1].number if one[1] else 0))
    return Plan(fixed, _numbered(placed, fixed, first_number), [one for one in free if not one.is_kept])


def _numbered(
    placed: Sequence[tuple[tuple[int, int], Standing | None]], fixed: Sequence[Standing], first_number: int
) -> list[Planned]:
    if not placed:
        return []
    before = [one.number for one in fixed if (one.year, one.month) <= placed[0][0]]
    number, taken = max([first_number - 1, *before]), {one.number for one in fixed}
    found = []
    for (year, month), was in placed:
        number += 1
        while number in taken:
            number += 1
        found.append(Planned(number, year, month, was))
    return found


def next_country(rule: Rule, before: Sequence[str]) -> str:
    """The host country to propose after those ``before``, the latest last: of two that take turns, the other. "" where
    none follows."""
    known = [one for one in before if one]
    if not rule.changes_country or not known:
        return ""
    return next((one for one in reversed(known) if one != known[-1]), "")
