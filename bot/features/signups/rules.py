"""Who gets a place and who is asked next: decisions without the database.

A *book* is a sign-up at one instant: its limits, the seats that are taken, the offers that are out and the line.
``settled`` says which moves make it right. The same look is taken whatever happens to a
sign-up, and whenever an hour of it comes: so a job that is late, or comes twice, changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.deliveries.models import Urgency
from bot.deliveries.rules import earliest
from bot.features.people.lifecycles import Lifecycle
from bot.features.signups.models import PartyState, QuotaKind, SignUpState
from bot.i18n import N_

#: So near the beginning an offer is said at night, too.
SOON = timedelta(hours=24)
#: What a limit can be at most, and how many people apply together.
MOST, LARGEST_PARTY = 100_000, 20

BAD_NUMBER = N_("Please enter a number from 0 to {n}.")
CHANGED = N_("Somebody else has already changed this. Nothing was changed. Please look at the page again.")
LATE = N_("This offer is no longer open, so the place went to the next in line. You can sign up again.")
GONE = N_("You aren't signed up here any more. You can sign up again on the page.")

_S = PartyState
LIVE = (_S.APPLIED, _S.WAITING, _S.OFFERED, _S.ACCEPTED)
TAKEN = (_S.OFFERED, _S.ACCEPTED)

SIGNUP = Lifecycle(SignUpState.OPEN)
CLOSE = SIGNUP.step([SignUpState.OPEN], SignUpState.CLOSED)
CANCEL_ALL = SIGNUP.step([SignUpState.OPEN, SignUpState.CLOSED], SignUpState.CANCELLED, CHANGED)
REOPEN = SIGNUP.step([SignUpState.CLOSED, SignUpState.CANCELLED], SignUpState.OPEN, CHANGED)

PARTY = Lifecycle(_S.APPLIED)
TAKE = PARTY.step([_S.APPLIED], _S.ACCEPTED, CHANGED)
QUEUE = PARTY.step([_S.APPLIED], _S.WAITING, CHANGED)
OFFER = PARTY.step([_S.WAITING], _S.OFFERED)
ACCEPT = PARTY.step([_S.OFFERED], _S.ACCEPTED, LATE)
#: At the last call.
CATCH = PARTY.step([_S.WAITING], _S.ACCEPTED, LATE)
#: By the organiser, over the limit.
LET_IN = PARTY.step([_S.APPLIED, _S.WAITING], _S.ACCEPTED, CHANGED, action="signup.over")
DECLINE = PARTY.step([_S.APPLIED, _S.WAITING], _S.DECLINED, CHANGED, action="signup.decline")
REFUSE = PARTY.step([_S.OFFERED], _S.REFUSED, LATE)
EXPIRE = PARTY.step([_S.OFFERED], _S.EXPIRED)
#: An offer that couldn't be said.
RETURN = PARTY.step([_S.OFFERED], _S.WAITING)
REMOVE = PARTY.step([_S.ACCEPTED], _S.REMOVED, CHANGED, action="signup.remove")
LAPSE = PARTY.step([_S.APPLIED, _S.WAITING, _S.OFFERED], _S.LAPSED)
WITHDRAW = PARTY.step(LIVE, _S.WITHDRAWN, GONE)
CANCEL = PARTY.step(LIVE, _S.CANCELLED)


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who takes one: by answer, LC and year of study."""

    choice_id: int | None = None
    lc_id: int | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A ``Quota``, as far as it counts."""

    kind: QuotaKind
    seats: int
    lc_id: int | None = None
    first_year: int | None = None
    last_year: int | None = None
    until: datetime | None = None

    def has(self, seat: Seat) -> bool:
        if self.lc_id is not None and seat.lc_id != self.lc_id:
            return False
        if self.first_year is None and self.last_year is None:
            return True
        return seat.year is not None and (self.first_year or 0) <= seat.year <= (self.last_year or 99)

    def is_kept(self, now: datetime) -> bool:
        """Are its seats reserved now?"""
        return self.kind is QuotaKind.RESERVED and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Standing:
    """A party that waits (in the order of the line) or has an offer. ``is_told``: the offer could be said."""

    party_id: int
    seats: tuple[Seat, ...]
    is_passed: bool = False
    offer_until: datetime | None = None
    is_told: bool = True


@dataclass(frozen=True, slots=True)
class Times:
    """When what happens. ``zone``: whose nights are quiet."""

    zone: str
    closes_at: datetime | None = None
    begins_at: datetime | None = None
    offer_hours: int = 24
    last_call_hours: int | None = 6

    @property
    def ends_at(self) -> datetime | None:
        """From then on nobody gets a place any more."""
        return min((one for one in (self.closes_at, self.begins_at) if one is not None), default=None)

    @property
    def last_call_at(self) -> datetime | None:
        if self.begins_at is None or self.last_call_hours is None:
            return None
        return self.begins_at - timedelta(hours=self.last_call_hours)

    def is_over(self, now: datetime) -> bool:
        return self.ends_at is not None and self.ends_at <= now

    def is_last_call(self, now: datetime) -> bool:
        return self.last_call_at is not None and self.last_call_at <= now

    def offer(self, now: datetime) -> OfferTimes:
        """When an offer made now is said, and until when it holds: that counts from when it is said.

        At night it waits for the morning, unless the beginning is within a day, or in the morning it would be too late.
        """
        latest = min((one for one in (self.last_call_at, self.ends_at) if one is not None), default=None)
        morning = earliest(now, self.zone, Urgency.DAILY)
        is_soon = self.begins_at is not None and self.begins_at - now <= SOON
        is_urgent = is_soon or (latest is not None and morning >= latest)
        said_at = now if is_urgent else morning
        until = said_at + timedelta(hours=self.offer_hours)
        return OfferTimes(said_at, until if latest is None else min(until, latest), is_urgent)


@dataclass(frozen=True, slots=True)
class OfferTimes:
    said_at: datetime
    until: datetime
    is_urgent: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """This party is asked."""

    party_id: int
    times: OfferTimes


@dataclass(frozen=True, slots=True)
class Expire:
    """Its offer ends without an answer. ``returns``: it couldn't be said, so the party is back in the line."""

    party_id: int
    returns: bool


@dataclass(frozen=True, slots=True)
class Close:
    """Its time is over: whoever has no place gets none."""


@dataclass(frozen=True, slots=True)
class Call:
    """All who wait are told that the first who accept win. ``begins`` False: there is nothing left to accept."""

    begins: bool


Move = Offer | Expire | Close | Call


@dataclass(slots=True)
class Book:
    """``taken``: seats by answer, LC and year, with people who are accepted and who are offered one. ``choices``: limit
    by answer. ``line``: in its order; it may be left out while nothing is free and nothing is over.

    ``is_in``: did somebody who was looked for have a live party when it was read? None: nobody was looked for.
    ``waiting``: of the parties in the line, how many stand before a new one, and how many there are; None if it isn't
    known.
    """

    times: Times
    limit: int | None
    held: int = 0
    choices: Mapping[int, int | None] = field(default_factory=dict)
    groups: Sequence[Group] = ()
    taken: Counter[Seat] = field(default_factory=Counter)
    offers: Sequence[Standing] = ()
    line: Sequence[Standing] = ()
    is_calling: bool = False
    is_in: bool | None = None
    waiting: tuple[int, int] | None = None

    @property
    def free(self) -> int | None:
        """Seats in all, for whomever they are reserved; None without a limit, negative when it is over full."""
        return None if self.limit is None else self.limit - self.held - self.taken.total()

    def free_for_all(self, now: datetime) -> int | None:
        """Those that aren't reserved for a group."""
        free = self.free
        return None if free is None else free - self._reserved(self.taken, now)

    def fits(self, seats: Sequence[Seat], now: datetime) -> bool:
        """Does a whole party fit all limits now?"""
        free, more = self.free, Counter(seats)
        if free is not None and len(seats) > free:
            return False
        after = self.taken + more
        for choice_id, limit in self.choices.items():
            if limit is not None and _of_choice(more, choice_id) and _of_choice(after, choice_id) > limit:
                return False
        if not all(_keeps_to(group, more, after) for group in self.groups):
            return False
        if free is None:
            return True
        # Nobody takes what others have reserved. Where a lower limit leaves too little for all reservations, those for
        # whom they are may still take what is there.
        missing_before = self._reserved(self.taken, now) - free
        missing_after = self._reserved(after, now) - (free - len(seats))
        return missing_after <= max(0, missing_before)

    def has_room(self, choice_id: int, people: int) -> bool:
        """Do people who have places fit into another answer? In all, and of their groups, there are no more of them."""
        limit = self.choices[choice_id]
        return limit is None or _of_choice(self.taken, choice_id) + people <= limit

    def take(self, seats: Iterable[Seat]) -> None:
        self.taken.update(seats)

    def release(self, seats: Iterable[Seat]) -> None:
        self.taken.subtract(seats)

    def _reserved(self, taken: Mapping[Seat, int], now: datetime) -> int:
        """Seats that are kept for groups and not taken by them yet."""
        kept = [group for group in self.groups if group.is_kept(now)]
        return sum(max(0, group.seats - _of_group(group, taken)) for group in kept)


def _of_choice(seats: Mapping[Seat, int], choice_id: int) -> int:
    return sum(n for seat, n in seats.items() if seat.choice_id == choice_id)


def _of_group(group: Group, seats: Mapping[Seat, int]) -> int:
    return sum(n for seat, n in seats.items() if group.has(seat))


def _keeps_to(group: Group, more: Mapping[Seat, int], after: Mapping[Seat, int]) -> bool:
    """Is the limit of a group kept, if it is one and the party has anybody in it?"""
    if group.kind is QuotaKind.AT_MOST:
        return not _of_group(group, more) or _of_group(group, after) <= group.seats
    if group.kind is QuotaKind.PER_LC:
        own = {seat.lc_id for seat in more if seat.lc_id is not None and group.has(seat)}
        return all(
            sum(n for seat, n in after.items() if seat.lc_id == lc_id and group.has(seat)) <= group.seats
            for lc_id in own
        )
    return True


def settled(book: Book, now: datetime) -> list[Move]:
    """The moves that make a book right at an instant, in their order. It is left as they make it.

    Until the last call no party waits that fits into what is free: it is asked. Parties are asked one after the other,
    each counted before the next. At the last call nobody is asked any more, and all who wait are told once each time
    that something becomes free.
    """
    if book.times.is_over(now):
        return [Close()]
    moves: list[Move] = []
    line = list(book.line)
    for one in book.offers:
        if one.offer_until is not None and one.offer_until <= now:
            book.release(one.seats)
            moves.append(Expire(one.party_id, returns=not one.is_told))
            if not one.is_told:
                line.append(Standing(one.party_id, one.seats, is_passed=True))
    if book.times.is_last_call(now):
        is_there = any(book.fits(one.seats, now) for one in line)
        if is_there is not book.is_calling:
            moves.append(Call(begins=is_there))
        return moves
    if book.is_calling:
        moves.append(Call(begins=False))
    for one in sorted(line, key=lambda one: one.is_passed):
        if book.fits(one.seats, now):
            book.take(one.seats)
            moves.append(Offer(one.party_id, book.times.offer(now)))
    return moves
