"""Whose fee a transfer is: by its reference, else by name and amount together. Pure decisions."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from typing import NamedTuple

from bot.features.memberships.models import FeeState
from bot.features.memberships.rules import is_reference, year_of
from bot.features.schools.names import fold
from bot.features.sheets.breathing import breathe
from bot.features.sheets.columns import choices, value_of
from bot.features.sheets.service import LEFT_OUT_ROW
from bot.features.sheets.values import Choice, Entry, Finding, ImportPlan, Progress, RowQuestion
from bot.i18n import N_
from bot.times import day_in

KEY = "fees"
#: The answer that a transfer is for all the references that it names.
ALL = "all"
#: Banks write small kana large.
_SMALL = str.maketrans("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ")
_DIGITS = re.compile(r"\d+")
_MINUS = "-−‐‑–—―ー▲△▼▽"
_YEN = re.compile(
    rf"\*?(?P<open>\()?(?P<minus>[{_MINUS}])?\+?(?:[¥\\]|JPY)?(?P<inner>[{_MINUS}])?"
    rf"(?P<yen>\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.0+)?(?:円|JPY)?(?P<after>[{_MINUS}])?(?P<close>\))?"
)


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
    """The amount in a cell such as ``1,500``, ``¥1500`` or ``１，５００円``, below zero for what went out (``▲1,500``,
    ``(1,500)``, ``−1500``); None if it is none."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell)).upper()
    match = _YEN.fullmatch(text)
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    minus = [match[key] for key in ("open", "minus", "inner", "after") if match[key]]
    amount = int(match["yen"].replace(",", ""))
    return None if len(minus) > 1 else -amount if minus else amount


def folded_name(text: str) -> str:
    """The form in which names on transfers are compared: no digits, no small kana, nothing between the words."""
    return _DIGITS.sub("", fold(text)).translate(_SMALL)


class Matching:
    def __init__(self, fees: Fees, today: date) -> None:
        self._fees, self._today = fees, today
        self._by_reference = {fee.reference: fee for fee in fees.fees}
        self._by_id = {fee.fee_id: fee for fee in fees.fees}
        self._by_name: dict[str, dict[int, FeeRow]] = {}
        for fee in fees.fees:
            for name in {folded_name(one) for one in (fee.payer, fee.reading, fee.name)} - {""}:
                self._by_name.setdefault(name, {})[fee.fee_id] = fee
        self._open = [fee for fee in fees.fees if not fee.is_paid]
        self._amounts = {fee.amount for fee in fees.fees}

    def plan(self, entries: Sequence[Entry], progress: Progress) -> ImportPlan:
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
            amount = self._came_in(entry)
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
        # Clear rows go first: they tell which fees are left.
        for entry, digest, amount in unclear:
            self._unclear(entry, digest, amount)
        if self._asked is not None:  # the others are looked at again when it is their turn
            offered = [self._choice(fee) for fee in self._likely(self._asked)]
            together = self._together(self._asked, self._amount(self._asked))
            if together:
                names = " + ".join(fee.name for fee in together)
                offered.insert(0, Choice(ALL, names, names, " + ".join(f"{fee.amount:,}" for fee in together)))
            self._questions[0] = replace(self._questions[0], choices=offered)
        names = [(tick.name, tick.name) for tick in self._ticks if tick.fee_id is not None]
        return ImportPlan(
            changes=self._ticks,
            new=0,
            changed=len(names),
            unchanged=self._unchanged,
            codes=0,
            findings=self._findings,
            changed_names=names,
            questions=self._questions,
        )

    def _came_in(self, entry: Entry) -> int:
        """How many yen came in by this row; 0 if none did."""
        direction = entry.values.get("direction", "").strip()
        way = value_of(KEY, "direction", direction)
        if direction and way is None:
            message = N_("“{value}” can't be used here. Use one of these: {choices}")
            params = {"value": direction[:60], "choices": choices(KEY, "direction")}
            self._findings.append(Finding(entry.number, "direction", message, params, bad=True))
        amount = self._amount(entry)
        if amount < 0:
            message = N_("{amount} yen was paid out here, so this isn't a fee. It will be skipped.")
            self._findings.append(Finding(entry.number, "amount", message, {"amount": f"{-amount:,}"}, bad=False))
        return 0 if way == "out" else max(amount, 0)

    def _amount(self, entry: Entry) -> int:
        cell = entry.values.get("amount", "").strip()
        if not cell:
            return 0
        if (amount := yen(cell)) is not None:
            return amount
        message = N_("“{value}” isn't an amount in yen. Please write it like 1,500.")
        self._findings.append(Finding(entry.number, "amount", message, {"value": cell[:60]}, bad=True))
        return 0

    def _clear(self, entry: Entry, digest: str, amount: int) -> bool:
        """Deal with a row that means one thing only; True if it did."""
        referred = self._referred(entry)
        if referred:
            if all(fee.is_paid or fee.fee_id in self._taken for fee in referred):
                self._note(entry, N_("The fee with this reference is already marked as received. Was it paid twice?"))
                return True
            # Of two references in one transfer nobody knows which it is for, or whether it is for both.
            return len(referred) == 1 and referred[0].amount == amount and self._tick(digest, referred[0])
        same = list(self._by_name.get(folded_name(entry.values.get("payer", "")), {}).values())
        named = self._named(same, entry, amount)
        if named is not None:
            return self._tick(digest, named)
        if not same and amount not in self._amounts:
            self._note(entry, N_("No one with this name owes a fee, and no fee has this amount. It will be skipped."))
            return True
        return False

    def _named(self, same: Sequence[FeeRow], entry: Entry, amount: int) -> FeeRow | None:
        """The one fee that a transfer can be whose name is that of these fees."""
        # Two people of one name, paid or not, are never told apart by it; one person may owe for two years.
        if len({fee.person_id for fee in same}) != 1:
            return None
        fitting = [fee for fee in same if self._is_open(fee) and fee.amount == amount]
        if len(fitting) != 1:
            return None
        (fee,) = fitting
        # Where another year's fee may be meant, the day of the transfer has to say which.
        day = day_in(entry.values.get("date", ""), self._today)
        return fee if len(same) == 1 or (day is not None and year_of(day) == fee.year) else None

    def _unclear(self, entry: Entry, digest: str, amount: int) -> None:
        """Take the answer about a row, or ask."""
        if entry.answer == LEFT_OUT_ROW:
            self._ticks.append(Tick(digest, None))
            return
        if self._answered(entry, digest, amount):
            return
        payer = entry.values.get("payer", "").strip()
        params = {"payer": payer[:60], "amount": f"{amount:,}"}
        message = N_("“{payer}” paid {amount} yen. Whose fee is it?")
        if len(referred := self._referred(entry)) > 1:
            message = N_("“{payer}” paid {amount} yen and gave {n} references ({references}). Whose fee is it?")
            params |= {"n": str(len(referred)), "references": " / ".join(fee.reference for fee in referred)[:90]}
        self._asked = self._asked or entry
        self._questions.append(RowQuestion(entry.number, message, params, ()))

    def _answered(self, entry: Entry, digest: str, amount: int) -> bool:
        """Tick the fee that the answer names, or all of the references, if they are still to be had."""
        if entry.answer == ALL:
            together = self._together(entry, amount)
            for at, fee in enumerate(together):
                self._tick(digest if not at else hashlib.sha256(f"{digest}|{at}".encode()).hexdigest(), fee)
            return bool(together)
        if entry.answer is None or not (entry.answer.isascii() and entry.answer.isdecimal()):
            return False
        chosen = self._by_id.get(int(entry.answer[:18]))
        return chosen is not None and self._is_open(chosen) and self._tick(digest, chosen)

    def _together(self, entry: Entry, amount: int) -> list[FeeRow]:
        """The fees of all references in a transfer, if it pays just these."""
        fees = self._referred(entry)
        fits = len(fees) > 1 and all(map(self._is_open, fees)) and sum(fee.amount for fee in fees) == amount
        return fees if fits else []

    def _is_open(self, fee: FeeRow) -> bool:
        return not fee.is_paid and fee.fee_id not in self._taken

    def _likely(self, entry: Entry) -> list[FeeRow]:
        """Whose it may be: the one of the reference, those of that name, then the names most like it. Slow: likeness is
        reckoned for everybody who owes."""
        name = folded_name(entry.values.get("payer", ""))
        referred = self._referred(entry)

        def likeness(fee: FeeRow) -> tuple[bool, float]:
            names = filter(None, (folded_name(one) for one in (fee.payer, fee.reading, fee.name)))
            return fee in referred, max((SequenceMatcher(None, name, one).ratio() for one in names), default=0.0)

        free = [fee for fee in self._open if fee.fee_id not in self._taken]
        return sorted(free, key=likeness, reverse=True)

    def _choice(self, fee: FeeRow) -> Choice:
        hint = " / ".join(filter(None, (fee.payer or fee.reading, f"{fee.amount:,}", fee.reference)))
        return Choice(str(fee.fee_id), fee.name, fee.name, hint)

    def _referred(self, entry: Entry) -> list[FeeRow]:
        """The fees of the references in the row, in their order."""
        text = unicodedata.normalize("NFKC", " ".join(entry.values.get(key, "") for key in ("reference", "payer")))
        runs = dict.fromkeys(run for run in _DIGITS.findall(text) if is_reference(run))
        return [self._by_reference[run] for run in runs if run in self._by_reference]

    def _tick(self, digest: str, fee: FeeRow) -> bool:
        self._taken.add(fee.fee_id)
        self._ticks.append(Tick(digest, fee.fee_id, fee.name))
        return True

    def _note(self, entry: Entry, message: str) -> None:
        self._findings.append(Finding(entry.number, "payer", message, {}, bad=False))
