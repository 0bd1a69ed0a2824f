from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.signups.models import QuotaKind
from bot.features.signups.rules import Book, Call, Close, Expire, Group, Move, Offer, Seat, Standing, Times, settled
from tests.signups.paper import Paper, fits_plainly

#: Saturday, 19:00 in Tokyo, where nights are quiet from 22:00 to 8:00.
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
HOUR, ZONE = timedelta(hours=1), "Asia/Tokyo"
WHENEVER = Times(ZONE)
ONE = (Seat(),)


def asked(moves: list[Move]) -> list[int]:
    return [move.party_id for move in moves if isinstance(move, Offer)]


def in_line(*sizes: int) -> list[Standing]:
    return [Standing(number, ONE * size) for number, size in enumerate(sizes, start=1)]


def test_as_many_are_asked_as_places_are_free_in_the_order_of_the_line() -> None:
    book = Book(WHENEVER, 3, taken=Counter({Seat(): 1}), line=in_line(1, 1, 1))
    assert asked(settled(book, NOW)) == [1, 2]
    assert settled(Book(WHENEVER, 3, held=1, taken=Counter({Seat(): 2}), line=in_line(1)), NOW) == []
    assert asked(settled(Book(WHENEVER, None, line=in_line(1, 4)), NOW)) == [1, 2]


def test_a_team_that_does_not_fit_is_passed_over() -> None:
    assert asked(settled(Book(WHENEVER, 2, line=in_line(3, 1, 2, 1)), NOW)) == [2, 4]


def test_lowered_below_what_is_taken_nobody_is_asked() -> None:
    book = Book(WHENEVER, 1, taken=Counter({Seat(): 3}), line=in_line(1))
    assert settled(book, NOW) == []
    assert book.free == -2


def test_an_offer_that_ran_out_frees_its_place_for_the_next() -> None:
    offers = [Standing(7, ONE, offer_until=NOW), Standing(8, ONE, offer_until=NOW + HOUR)]
    book = Book(WHENEVER, 2, taken=Counter({Seat(): 2}), offers=offers, line=in_line(1))
    moves = settled(book, NOW)
    assert moves[0] == Expire(7, returns=False)
    assert asked(moves) == [1]


def test_one_that_could_not_be_said_comes_back_after_the_others() -> None:
    offers = [Standing(7, ONE, offer_until=NOW, is_told=False)]
    book = Book(WHENEVER, 1, taken=Counter({Seat(): 1}), offers=offers, line=in_line(1))
    moves = settled(book, NOW)
    assert moves[0] == Expire(7, returns=True)
    assert asked(moves) == [1]
    alone = Book(WHENEVER, 1, taken=Counter({Seat(): 1}), offers=offers)
    assert asked(settled(alone, NOW)) == [7], "there is nobody else"


def test_at_the_last_call_all_are_told_once_and_nobody_is_asked() -> None:
    times = Times(ZONE, begins_at=NOW + 5 * HOUR)
    assert settled(Book(times, 1, line=in_line(1, 1)), NOW) == [Call(begins=True)]
    assert settled(Book(times, 1, line=in_line(1, 1), is_calling=True), NOW) == []
    full = Counter({Seat(): 1})
    assert settled(Book(times, 1, taken=full, line=in_line(1)), NOW) == [], "there is nothing to take"
    assert settled(Book(times, 1, taken=full, line=in_line(1), is_calling=True), NOW) == [Call(begins=False)]
    moved = Times(ZONE, begins_at=NOW + 50 * HOUR)
    moves = settled(Book(moved, 1, line=in_line(1), is_calling=True), NOW)
    assert (moves[0], asked(moves)) == (Call(begins=False), [1])


@pytest.mark.parametrize("times", [Times(ZONE, closes_at=NOW), Times(ZONE, begins_at=NOW, last_call_hours=None)])
def test_when_its_time_is_over_nothing_else_happens(times: Times) -> None:
    offers = [Standing(7, ONE, offer_until=NOW)]
    assert settled(Book(times, 5, offers=offers, line=in_line(1)), NOW) == [Close()]


def test_a_reservation_keeps_seats_until_its_time_and_takes_none_away_from_its_own() -> None:
    first_year, third_year = (Seat(year=1),), (Seat(year=3),)
    kept = Group(QuotaKind.RESERVED, 2, None, 1, 1, NOW + HOUR)
    book = Book(WHENEVER, 3, groups=[kept])
    assert book.fits(third_year, NOW)
    book.take(third_year)
    assert not book.fits(third_year, NOW)
    assert book.fits(first_year, NOW)
    assert book.free_for_all(NOW) == 0
    assert book.fits(third_year, NOW + HOUR), "it is over"
    tight = Book(WHENEVER, 1, groups=[kept])
    assert tight.fits(first_year, NOW), "even where the limit leaves less than is reserved"
    assert not tight.fits(third_year, NOW)


def test_limits_of_groups() -> None:
    per_lc = Book(WHENEVER, None, groups=[Group(QuotaKind.PER_LC, 1)], taken=Counter({Seat(lc_id=4): 1}))
    assert [per_lc.fits((Seat(lc_id=lc),), NOW) for lc in (4, 5, None)] == [False, True, True]
    assert per_lc.fits((Seat(), Seat()), NOW), "people without an LC have no limit of an LC"
    assert not per_lc.fits((Seat(lc_id=5), Seat(lc_id=5)), NOW)
    seniors = Group(QuotaKind.AT_MOST, 1, None, 5, 6)
    book = Book(WHENEVER, None, groups=[seniors], taken=Counter({Seat(year=5): 1}))
    assert [book.fits((Seat(year=year),), NOW) for year in (6, 4, None)] == [False, True, True]


@pytest.mark.parametrize(
    ("now", "begins", "said", "until"),
    [
        (NOW, None, NOW, NOW + 24 * HOUR),
        (NOW + 6 * HOUR, None, NOW + 13 * HOUR, NOW + 37 * HOUR),  # 1:00: it waits for 8:00, and counts from then
        (NOW + 6 * HOUR, NOW + 30 * HOUR, NOW + 6 * HOUR, NOW + 24 * HOUR),  # it begins within a day
        (NOW, NOW + 20 * HOUR, NOW, NOW + 14 * HOUR),  # no longer than until the last call
    ],
)
def test_when_an_offer_is_said_and_ends(
    now: datetime, begins: datetime | None, said: datetime, until: datetime
) -> None:
    found = Times(ZONE, begins_at=begins).offer(now)
    assert (found.said_at, found.until) == (said, until)


def test_in_the_morning_it_would_be_too_late() -> None:
    times = Times(ZONE, begins_at=NOW + 56 * HOUR, last_call_hours=48)
    found = times.offer(NOW + 6 * HOUR)
    assert (found.is_urgent, found.said_at, found.until) == (True, NOW + 6 * HOUR, NOW + 8 * HOUR)


SEATS = st.builds(Seat, st.sampled_from([1, 2]), st.sampled_from([None, 4, 5]), st.sampled_from([None, 1, 3, 6]))
GROUPS = st.builds(
    Group,
    st.sampled_from([QuotaKind.PER_LC, QuotaKind.RESERVED]),
    st.integers(0, 3),
    st.none(),
    st.sampled_from([None, 1]),
    st.sampled_from([1, 3]),
    st.sampled_from([None, NOW + HOUR, NOW - HOUR]),
)


@given(
    limit=st.none() | st.integers(0, 6),
    held=st.integers(0, 1),
    choices=st.dictionaries(st.sampled_from([1, 2]), st.none() | st.integers(0, 3)),
    reserved=st.lists(GROUPS.filter(lambda one: one.kind is QuotaKind.RESERVED), max_size=2),
    per_lc=st.none() | st.integers(0, 2),
    taken=st.lists(SEATS, max_size=6),
    party=st.lists(SEATS, min_size=1, max_size=3),
)
def test_fitting_is_counted_seat_by_seat(
    limit: int | None,
    held: int,
    choices: dict[int, int | None],
    reserved: list[Group],
    per_lc: int | None,
    taken: list[Seat],
    party: list[Seat],
) -> None:
    groups = [*reserved, *([] if per_lc is None else [Group(QuotaKind.PER_LC, per_lc)])]
    book = Book(WHENEVER, limit, held, choices, groups, Counter(taken))
    paper = Paper(WHENEVER, limit, held, choices=choices, groups=groups)
    assert book.fits(party, NOW) == fits_plainly(paper, taken, party, NOW)


@given(
    limit=st.none() | st.integers(0, 8),
    taken=st.lists(SEATS, max_size=6),
    line=st.lists(st.tuples(st.lists(SEATS, min_size=1, max_size=3), st.booleans()), max_size=6),
    per_lc=st.none() | st.integers(1, 2),
    hours=st.integers(1, 60),
)
def test_once_settled_there_is_nothing_left_to_do(
    limit: int | None,
    taken: list[Seat],
    line: list[tuple[list[Seat], bool]],
    per_lc: int | None,
    hours: int,
) -> None:
    groups = [] if per_lc is None else [Group(QuotaKind.PER_LC, per_lc)]
    waiting = [Standing(number, tuple(seats), is_passed) for number, (seats, is_passed) in enumerate(line)]
    book = Book(Times(ZONE, begins_at=NOW + hours * HOUR), limit, groups=groups, taken=Counter(taken), line=waiting)
    moves = settled(book, NOW)
    offered = set(asked(moves))
    assert all(move.times.until > NOW for move in moves if isinstance(move, Offer))
    book.line = [one for one in waiting if one.party_id not in offered]
    book.is_calling = any(isinstance(move, Call) and move.begins for move in moves)
    assert settled(book, NOW) == []
