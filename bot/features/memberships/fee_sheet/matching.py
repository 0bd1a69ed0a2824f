"""Whose fee a transfer is: by its reference, else by name and amount together. Pure decisions."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import NamedTuple

from bot.features.memberships.models import FeeState
from bot.features.memberships.rules import is_reference, year_of
from bot.features.schools.names import fold
from bot.features.sheets.breathing import breathe
from bot.features.sheets.records import Choice, Entry, Finding, Plan, Progress, RowQuestion
from bot.features.sheets.service import LEFT_OUT_ROW
from bot.i18n import N_
from bot.times import day_in

KEY = "fees"
#: A menu of Discord holds 25; one is for "no fee".
_CHOICES = 24
#: Banks write small kana large.
_SMALL = str.maketrans("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ")
_DIGITS = re.compile(r"\d+")
_YEN = re.compile(r"(?:[¥\\])?(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?円?")


class FeeRow(NamedTuple):
    fee_id: int
    person_id: int
    year: int
    amount: int
    reference: str
    payer: str
    state: str
    name: str
    reading: str

    @property
    def is_paid(self) -> bool:
        return self.state == FeeState.PAID


@dataclass(frozen=True, slots=True)
class Fees:
    """Compared by ``==`` to see whether somebody changed them meanwhile. ``known``: digests of rows dealt with."""

    fees: tuple[FeeRow, ...]
    known: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tick:
    """A row to be remembered, and the fee that it ticks, if it is one."""

    digest: str
    fee_id: int | None
    name: str = ""


def yen(cell: str) -> int | None:
    """The amount in a cell such as ``1,500``, ``¥1500`` or ``１，５００円``; None if it is none."""
    text = unicodedata.normalize("NFKC", cell).replace(" ", "").strip()
    match = _YEN.fullmatch(text)
    return int(match[1].replace(",", "")) if match else None


def folded_name(text: str) -> str:
    """The form in which names on transfers are compared: no digits, no small kana, nothing between the words."""
    return _DIGITS.sub("", fold(text)).translate(_SMALL)


class Matching:
    def __init__(self, fees: Fees) -> None:
        self._fees = fees
        self._by_reference = {fee.reference: fee for fee in fees.fees}
        self._by_id = {fee.fee_id: fee for fee in fees.fees}
        self._by_name: dict[str, dict[int, FeeRow]] = {}
        for fee in fees.fees:
            for name in {folded_name(one) for one in (fee.payer, fee.reading, fee.name)} - {""}:
                self._by_name.setdefault(name, {})[fee.fee_id] = fee
        self._open = [fee for fee in fees.fees if not fee.is_paid]
        self._amounts = {fee.amount for fee in fees.fees}

    def plan(self, entries: Sequence[Entry], progress: Progress) -> Plan:
        self._ticks: list[Tick] = []
        self._findings: list[Finding] = []
        self._questions: list[RowQuestion] = []
        self._asked: Entry | None = None
        self._taken: set[int] = set()
        self._unchanged = 0
        seen: Counter[str] = Counter()
        progress.total = len(entries)
        unclear: list[tuple[Entry, str, int]] = []
        for done, entry in enumerate(entries):
            progress.done = done
            breathe(done)
            amount = self._amount(entry)
            if not amount:
                continue
            text = "|".join(entry.values.get(key, "").strip() for key in ("date", "payer", "reference", "amount"))
            plain = unicodedata.normalize("NFKC", text)
            seen[plain] += 1  # two alike on one day are two
            digest = hashlib.sha256(f"{plain}|{seen[plain]}".encode()).hexdigest()
            if digest in self._fees.known:
                self._unchanged += 1
            elif not self._clear(entry, digest, amount):
                unclear.append((entry, digest, amount))
        # What is clear goes first: it tells which fees are left.
        for entry, digest, amount in unclear:
            self._unclear(entry, digest, amount)
        if self._asked is not None:  # the others are looked at again when it is their turn
            choices = [self._choice(fee) for fee in self._likely(self._asked)]
            self._questions[0] = replace(self._questions[0], choices=choices)
        names = [(tick.name, tick.name) for tick in self._ticks if tick.fee_id is not None]
        return Plan(
            changes=self._ticks,
            new=0,
            changed=len(names),
            unchanged=self._unchanged,
            codes=0,
            findings=self._findings,
            changed_names=names,
            questions=self._questions,
        )

    def _amount(self, entry: Entry) -> int:
        cell = entry.values.get("amount", "").strip()
        if not cell:
            return 0
        if (amount := yen(cell)) is not None:
            return amount
        else:
            message = N_("“{value}” is no amount in yen. Please write it like 1,500.")
            self._findings.append(Finding(entry.number, "amount", message, {"value": cell[:60]}, bad=True))
        return 0

    def _clear(self, entry: Entry, digest: str, amount: int) -> bool:
        """Deal with a row that means one thing only; True if it did."""
        fee = self._referred(entry)
        if fee is not None:
            if fee.is_paid or fee.fee_id in self._taken:
                self._note(entry, N_("The fee with this reference is ticked already. Was it paid twice?"))
                return True
            if fee.amount == amount:
                return self._tick(digest, fee)
            return False
        same = list(self._by_name.get(folded_name(entry.values.get("payer", "")), {}).values())
        named = self._named(same, entry, amount)
        if named is not None:
            return self._tick(digest, named)
        if not same and amount not in self._amounts:
            self._note(entry, N_("Nobody of this name owes anything, and no fee is of this amount. It is left out."))
            return True
        return False

    def _named(self, same: Sequence[FeeRow], entry: Entry, amount: int) -> FeeRow | None:
        """The one fee that a transfer can be whose name is that of these fees."""
        # Two people of one name, paid or not, are never told apart by it; one person may owe for two years.
        if len({fee.person_id for fee in same}) != 1:
            return None
        fitting = [fee for fee in same if not fee.is_paid and fee.amount == amount and fee.fee_id not in self._taken]
        if len(fitting) != 1:
            return None
        (fee,) = fitting
        # Where another year's fee may be meant, the day of the transfer has to say which.
        day = day_in(entry.values.get("date", ""))
        return fee if len(same) == 1 or (day is not None and year_of(day) == fee.year) else None

    def _unclear(self, entry: Entry, digest: str, amount: int) -> None:
        """Take the answer about a row, or ask."""
        if entry.answer == LEFT_OUT_ROW:
            self._ticks.append(Tick(digest, None))
            return
        if entry.answer is not None and entry.answer.isascii() and entry.answer.isdecimal():
            fee = self._by_id.get(int(entry.answer[:18]))
            if fee is not None and not fee.is_paid and fee.fee_id not in self._taken:
                self._tick(digest, fee)
                return
        payer = entry.values.get("payer", "").strip()
        self._asked = self._asked or entry
        self._questions.append(
            RowQuestion(
                entry.number,
                N_("“{payer}” paid {amount} yen. Whose fee is it?"),
                {"payer": payer[:60], "amount": f"{amount:,}"},
                (),
            )
        )

    def _likely(self, entry: Entry) -> list[FeeRow]:
        """Whose it may be: the one of the reference, those of that name, then the names most like it. Slow: likeness is
        reckoned for everybody who owes."""
        name = folded_name(entry.values.get("payer", ""))
        referred = self._referred(entry)

        def likeness(fee: FeeRow) -> tuple[bool, float]:
            names = filter(None, (folded_name(one) for one in (fee.payer, fee.reading, fee.name)))
            return fee == referred, max((SequenceMatcher(None, name, one).ratio() for one in names), default=0.0)

        free = [fee for fee in self._open if fee.fee_id not in self._taken]
        return sorted(free, key=likeness, reverse=True)[:_CHOICES]

    def _choice(self, fee: FeeRow) -> Choice:
        hint = " / ".join(filter(None, (fee.payer or fee.reading, f"{fee.amount:,}", fee.reference)))
        return Choice(str(fee.fee_id), fee.name, fee.name, hint)

    def _referred(self, entry: Entry) -> FeeRow | None:
        """The fee of the one reference in the row."""
        for key in ("reference", "payer"):
            text = unicodedata.normalize("NFKC", entry.values.get(key, ""))
            found = {run for run in _DIGITS.findall(text) if is_reference(run)} & set(self._by_reference)
            if len(found) == 1:
                return self._by_reference[found.pop()]
        return None

    def _tick(self, digest: str, fee: FeeRow) -> bool:
        self._taken.add(fee.fee_id)
        self._ticks.append(Tick(digest, fee.fee_id, fee.name))
        return True

    def _note(self, entry: Entry, message: str) -> None:
        self._findings.append(Finding(entry.number, "payer", message, {}, bad=False))
