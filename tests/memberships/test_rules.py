from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.features.memberships import rules
from bot.features.memberships.models import Answer, MembershipKind
from bot.features.memberships.rules import Span, Standing, standing_on

INDIVIDUAL, STAFF, CANDIDATE = MembershipKind.INDIVIDUAL, MembershipKind.STAFF, MembershipKind.STAFF_CANDIDATE
YEAR = (date(2026, 4, 1), date(2027, 3, 31))
DAYS = st.dates(date(2026, 1, 1), date(2029, 12, 31))


def test_every_kind_has_a_name_a_year_and_a_rank() -> None:
    cards = rules.kinds()
    assert set(cards) == set(MembershipKind)
    assert [kind for kind, card in cards.items() if card.fee] == [INDIVIDUAL]
    assert cards[INDIVIDUAL].fee == 1500
    assert {card.year for card in cards.values()} == {"fiscal", "term", "none"}
    assert len({card.rank for card in cards.values()}) == len(cards)


def test_a_membership_lasts_to_the_end_of_the_fiscal_year() -> None:
    assert rules.span_from(INDIVIDUAL, date(2026, 11, 21)) == (date(2026, 11, 21), date(2027, 3, 31))
    assert rules.span_from(INDIVIDUAL, date(2027, 4, 1)) == (date(2027, 4, 1), date(2028, 3, 31))
    assert rules.span_from(MembershipKind.ALUMNI, date(2027, 4, 1)) == (date(2027, 4, 1), None)


def test_last_years_membership_counts_in_the_days_of_grace_and_no_longer() -> None:
    spans = [Span(INDIVIDUAL, *YEAR)]

    def on(day: date, answer: Answer | None = None) -> Standing:
        return standing_on(day, spans, grace_days=60, answer=answer)

    assert on(date(2027, 3, 31)) == Standing(INDIVIDUAL, date(2027, 3, 31))
    assert on(date(2027, 4, 1)) == Standing(INDIVIDUAL, date(2027, 5, 30), in_grace=True)
    assert on(date(2027, 5, 30)).kind is INDIVIDUAL
    assert on(date(2027, 5, 31)).kind is MembershipKind.FREE_LIST
    assert on(date(2027, 4, 1), Answer.LEAVE).kind is MembershipKind.FREE_LIST


def test_a_membership_that_was_ended_within_a_year_has_no_grace() -> None:
    spans = [Span(INDIVIDUAL, date(2026, 4, 1), date(2026, 9, 1))]
    assert standing_on(date(2026, 9, 2), spans, grace_days=60).kind is MembershipKind.FREE_LIST


def test_staff_are_individual_members_first() -> None:
    staff, individual = Span(STAFF, *YEAR), Span(INDIVIDUAL, *YEAR)
    day = date(2026, 6, 1)
    assert standing_on(day, [staff], grace_days=60).kind is MembershipKind.FREE_LIST
    assert standing_on(day, [staff, individual], grace_days=60) == Standing(STAFF, YEAR[1])
    again = Span(STAFF, date(2027, 4, 2), date(2028, 3, 31))
    unpaid = standing_on(date(2027, 4, 2), [again, individual], grace_days=60)
    assert unpaid == Standing(STAFF, date(2027, 5, 30), in_grace=True)


def test_a_post_comes_before_everything_and_graduates_are_alumni() -> None:
    until = date(2027, 3, 31)
    assert standing_on(date(2026, 6, 1), [], grace_days=60, officer_until=until) == Standing(
        MembershipKind.OFFICER, until
    )
    assert standing_on(date(2026, 6, 1), [], grace_days=60, is_graduate=True).kind is MembershipKind.ALUMNI


@given(
    day=DAYS,
    spans=st.lists(
        st.builds(
            lambda kind, first, length: Span(kind, first, first + timedelta(days=length)),
            st.sampled_from([INDIVIDUAL, STAFF, CANDIDATE]),
            DAYS,
            st.integers(0, 365),
        )
    ),
    grace=st.integers(0, 180),
)
def test_nothing_counts_that_is_over_or_to_come(day: date, spans: list[Span], grace: int) -> None:
    found = standing_on(day, spans, grace_days=grace)
    running = {span.kind for span in spans if span.starts_on <= day <= (span.ends_on or date.max)}
    graced = {
        span.kind
        for span in spans
        if span.ends_on is not None
        and (span.ends_on.month, span.ends_on.day) == (3, 31)
        and span.ends_on < day <= span.ends_on + timedelta(days=grace)
    }
    if found.kind is MembershipKind.FREE_LIST:
        assert INDIVIDUAL not in running | graced
    else:
        assert found.kind in running | graced
        assert INDIVIDUAL in running | graced
        assert found.until is None or found.until >= day
        assert found.in_grace or {found.kind, INDIVIDUAL} <= running


@given(st.integers(2000, 2099), st.integers(0, 99_999), st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_of_a_reference_is_noticed(year: int, number: int, place: int, by: int) -> None:
    reference = rules.reference_of(year, number)
    assert rules.is_reference(reference)
    wrong = reference[:place] + str((int(reference[place]) + by) % 10) + reference[place + 1 :]
    assert not rules.is_reference(wrong)


def test_the_question_of_april_and_the_quiet_february_are_by_the_wall_clock() -> None:
    assert rules.first_of_april(2027, "Asia/Tokyo") == datetime(2027, 4, 1, 0, tzinfo=UTC)
    assert rules.spared_spell(2027, "Asia/Tokyo") == (
        datetime(2027, 1, 31, 15, tzinfo=UTC),
        datetime(2027, 2, 28, 15, tzinfo=UTC),
    )
    assert rules.next_april(date(2027, 4, 1)) == 2027
    assert rules.next_april(date(2027, 4, 2)) == 2028
