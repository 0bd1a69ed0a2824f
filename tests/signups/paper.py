"""A sign-up on paper: the pure rules with a list in memory, and a second opinion on what fits."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from bot.features.signups import rules
from bot.features.signups.models import Mode, PartyState, QuotaKind, SignUpState
from bot.features.signups.rules import Book, Call, Close, Expire, Group, Offer, Seat, Standing, Times

LIVE = {one.value for one in rules.LIVE}
_S = PartyState


class Refused(Exception):
    """It can't be done, and nothing has changed."""


@dataclass(frozen=True)
class Human:
    """``number`` is also whether the bot may write to them: to even ones it may."""

    number: int
    lc_id: int | None
    year: int

    @property
    def is_reached(self) -> bool:
        return self.number % 2 == 0


@dataclass
class Entry:
    """A party on the list."""

    number: int
    people: list[Human]
    choice: int | None
    state: PartyState = PartyState.APPLIED
    until: datetime | None = None
    is_passed: bool = False
    is_over: bool = False

    @property
    def seats(self) -> tuple[Seat, ...]:
        return tuple(Seat(self.choice, one.lc_id, one.year) for one in self.people)

    @property
    def is_reached(self) -> bool:
        return any(one.is_reached for one in self.people)


@dataclass
class Paper:
    times: Times
    limit: int | None
    held: int = 0
    mode: Mode = Mode.FIRST_COME
    has_line: bool = True
    choices: dict[int, int | None] = field(default_factory=dict)
    groups: Sequence[Group] = ()
    state: SignUpState = SignUpState.OPEN
    is_calling: bool = False
    entries: list[Entry] = field(default_factory=list)

    # --- what stands there --------------------------------------------------------------------------------------------

    def standing(self, *states: PartyState) -> list[Entry]:
        return [one for one in self.entries if one.state in states]

    def taken(self) -> Counter[Seat]:
        return Counter(seat for one in self.standing(_S.OFFERED, _S.ACCEPTED) for seat in one.seats)

    def live_of(self, human: Human) -> list[Entry]:
        return [one for one in self.entries if one.state.value in LIVE and human in one.people]

    def book(self) -> Book:
        return Book(
            self.times,
            self.limit,
            self.held,
            self.choices,
            self.groups,
            self.taken(),
            [
                Standing(one.number, one.seats, offer_until=one.until, is_told=one.is_reached)
                for one in self.standing(_S.OFFERED)
            ],
            [Standing(one.number, one.seats, one.is_passed) for one in self.standing(_S.WAITING)],
            self.is_calling,
        )

    # --- what happens -------------------------------------------------------------------------------------------------

    @contextmanager
    def whole(self) -> Iterator[None]:
        """All of it or nothing."""
        before = copy.deepcopy(self.__dict__)
        try:
            yield
        except Refused:
            self.__dict__ = before
            raise

    def settle(self, now: datetime) -> None:
        if self.state is not SignUpState.OPEN:
            return
        for move in rules.settled(self.book(), now):
            if isinstance(move, Close):
                self.state, self.is_calling = SignUpState.CLOSED, False
                for one in self.standing(_S.APPLIED, _S.WAITING, _S.OFFERED):
                    one.state = _S.LAPSED
            elif isinstance(move, Call):
                self.is_calling = move.begins
            elif isinstance(move, Expire):
                one = self.entries[move.party_id]
                one.state, one.until = (_S.WAITING if move.returns else _S.EXPIRED), None
                one.is_passed = move.returns
            elif isinstance(move, Offer):
                one = self.entries[move.party_id]
                one.state, one.until, one.is_passed = _S.OFFERED, move.times.until, False

    def apply(self, people: Sequence[Human], choice: int | None, now: datetime) -> None:
        with self.whole():
            self._require_open(now)
            if any(self.live_of(one) for one in people):
                raise Refused
            self.entries.append(one := Entry(len(self.entries), list(people), choice))
            if self.mode is Mode.FIRST_COME:
                self._place(one, now)

    def accept(self, human: Human, now: datetime) -> None:
        with self.whole():
            one = self._own(human)
            if one.state is _S.ACCEPTED:
                return
            is_offered = one.state is _S.OFFERED and one.until is not None and now < one.until
            is_first = one.state is _S.WAITING and self.times.is_last_call(now) and self.book().fits(one.seats, now)
            if not (is_offered or is_first):
                raise Refused
            one.state, one.until = _S.ACCEPTED, None
            self.settle(now)

    def refuse(self, human: Human, now: datetime) -> None:
        with self.whole():
            self._step(self._own(human), {_S.OFFERED}, _S.REFUSED)
            self.settle(now)

    def withdraw(self, human: Human, now: datetime) -> None:
        with self.whole():
            one = self._own(human)
            if one.people[0] == human:
                one.state = _S.WITHDRAWN
            else:
                one.people.remove(human)
            self.settle(now)

    def approve(self, number: int, now: datetime) -> None:
        with self.whole():
            one = self.entries[number]
            if one.state is not _S.APPLIED:
                raise Refused
            self._require_open(now)
            self._place(one, now)

    def decline(self, number: int, now: datetime) -> None:
        with self.whole():
            self._step(self.entries[number], {_S.APPLIED, _S.WAITING}, _S.DECLINED)
            self.settle(now)

    def remove(self, number: int, now: datetime) -> None:
        with self.whole():
            self._step(self.entries[number], {_S.ACCEPTED}, _S.REMOVED)
            self.settle(now)

    def accept_over(self, number: int, now: datetime) -> None:
        with self.whole():
            one = self.entries[number]
            fits = self.book().fits(one.seats, now)
            self._step(one, {_S.APPLIED, _S.WAITING}, _S.ACCEPTED)
            one.is_over = not fits
            self.settle(now)

    def set_limit(self, limit: int | None, held: int, now: datetime) -> None:
        if limit is not None and held > limit:
            raise Refused
        self.limit, self.held = limit, held
        self.settle(now)

    def set_times(self, times: Times, now: datetime) -> None:
        self.times = times
        latest = min((one for one in (times.last_call_at, times.ends_at) if one is not None), default=None)
        for one in self.standing(_S.OFFERED):
            if latest is not None and one.until is not None:
                one.until = min(one.until, latest)
        self.settle(now)

    def cancel(self) -> None:
        if self.state is SignUpState.CANCELLED:
            raise Refused
        self.state, self.is_calling = SignUpState.CANCELLED, False
        for one in self.standing(*rules.LIVE):
            one.state = _S.CANCELLED

    def reopen(self, now: datetime) -> None:
        if self.state is SignUpState.OPEN or self.times.is_over(now):
            raise Refused
        self.state = SignUpState.OPEN
        self.settle(now)

    def _require_open(self, now: datetime) -> None:
        self.settle(now)
        if self.state is not SignUpState.OPEN:
            raise Refused

    def _own(self, human: Human) -> Entry:
        found = self.live_of(human)
        if not found:
            raise Refused
        return found[0]

    def _step(self, one: Entry, begins: set[PartyState], to: PartyState) -> None:
        if one.state not in begins:
            raise Refused
        one.state, one.until = to, None

    def _place(self, one: Entry, now: datetime) -> None:
        if self.book().fits(one.seats, now):
            one.state = _S.ACCEPTED
        elif self.has_line:
            one.state = _S.WAITING
        else:
            raise Refused
        if self.times.is_last_call(now):
            self.settle(now)


def fits_plainly(paper: Paper, taken: Sequence[Seat], seats: Sequence[Seat], now: datetime) -> bool:
    """The same question as ``Book.fits``, counted seat by seat."""
    after = [*taken, *seats]
    if paper.limit is not None and len(after) > paper.limit - paper.held:
        return False
    for choice, limit in paper.choices.items():
        there = [one for one in after if one.choice_id == choice]
        if limit is not None and any(one.choice_id == choice for one in seats) and len(there) > limit:
            return False
    for group in paper.groups:
        if group.kind is QuotaKind.PER_LC:
            for lc_id in {one.lc_id for one in seats} - {None}:
                if len([one for one in after if one.lc_id == lc_id]) > group.seats:
                    return False
    kept = [one for one in paper.groups if one.kind is QuotaKind.RESERVED and (one.until is None or now < one.until)]
    if paper.limit is None or not kept:
        return True

    def missing(those: Sequence[Seat]) -> int:
        left = paper.limit - paper.held - len(those) if paper.limit is not None else 0
        return sum(max(0, one.seats - len([seat for seat in those if one.has(seat)])) for one in kept) - left

    return missing(after) <= max(0, missing(taken))
