"""Repeats: against dateutil, which shares no code with ours, and what holds of every series."""

from __future__ import annotations

import calendar
import random
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule
from hypothesis import given
from hypothesis import strategies as st

from bot.deliveries.schedule import instant
from bot.features.events.holidays import holiday
from bot.features.events.repeats import (
    LONGEST,
    MonthlyByDay,
    MonthlyByWeekday,
    Pattern,
    Repeat,
    Weekly,
    Yearly,
    as_text,
    first_day,
    from_text,
    in_order,
    occurrences,
)

TOKYO = "Asia/Tokyo"
MOVED = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
MONDAY, TUESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = 0, 1, 3, 4, 5, 6

at = datetime.fromisoformat

weekdays = st.integers(0, 6)
every = st.integers(1, 6)
patterns: st.SearchStrategy[Pattern] = st.one_of(
    st.builds(Weekly, st.sets(weekdays, min_size=1).map(lambda days: tuple(sorted(days))), every),
    st.builds(
        MonthlyByWeekday,
        st.sets(st.tuples(st.sampled_from([1, 2, 3, 4, 5, -1]), weekdays), min_size=1, max_size=4).map(
            lambda places: in_order(tuple(places))
        ),
        every,
    ),
    st.builds(MonthlyByDay, st.integers(1, 31), every),
    st.dates(date(2024, 1, 1), date(2024, 12, 31)).flatmap(
        lambda day: st.builds(Yearly, st.just(day.month), st.just(day.day), every)
    ),
)
days = st.dates(date(2020, 1, 1), date(2032, 12, 31))
moments = st.datetimes(at("2020-01-01T00:00"), at("2032-12-31T00:00")).map(
    lambda one: one.replace(second=0, microsecond=0)
)
repeats = st.one_of(
    st.builds(Repeat, patterns, days, st.none(), st.booleans()),
    st.builds(Repeat, patterns, st.none(), st.none() | st.integers(1, 999), st.booleans()),
)


def shown(pattern: Pattern | Repeat, first: str, zone: str = TOKYO, limit: int = 6) -> list[str]:
    repeat = pattern if isinstance(pattern, Repeat) else Repeat(pattern)
    found = occurrences(repeat, datetime.fromisoformat(first), zone, limit=limit)
    return [f"{local:%Y-%m-%d %H:%M}" for local in found]


def days_of(pattern: Pattern | Repeat, first: str, limit: int = 6) -> list[str]:
    return [local[:10] for local in shown(pattern, first, limit=limit)]


# Against another


def modelled(repeat: Repeat, first: datetime) -> rrule.rrule:
    pattern = repeat.pattern
    ends = {"until": repeat.until and datetime.combine(repeat.until, time.max), "count": repeat.times}
    common = {"dtstart": first, "interval": pattern.every, "wkst": rrule.MO, **ends}
    match pattern:
        case Weekly(weekdays):
            return rrule.rrule(rrule.WEEKLY, byweekday=weekdays, **common)
        case MonthlyByWeekday(places):
            return rrule.rrule(
                rrule.MONTHLY, byweekday=[rrule.weekdays[weekday](nth) for nth, weekday in places], **common
            )
        case MonthlyByDay(day):
            # The last of those that the month has.
            return rrule.rrule(rrule.MONTHLY, bymonthday=range(min(day, 28), day + 1), bysetpos=-1, **common)
        case Yearly(month, day):
            leap = (month, day) == (2, 29)
            return rrule.rrule(
                rrule.YEARLY, bymonth=month, bymonthday=[28, 29] if leap else [day], bysetpos=-1, **common
            )


def drawn(chance: random.Random) -> tuple[Repeat, datetime]:
    spread = chance.randrange(1, 5)
    any_day = date(2024, 1, 1) + timedelta(days=chance.randrange(366))
    places = [(chance.choice([1, 2, 3, 4, 5, -1]), chance.randrange(7)) for _ in range(chance.randrange(1, 4))]
    either: list[Pattern] = [
        Weekly(tuple(sorted(chance.sample(range(7), chance.randrange(1, 8)))), spread),
        MonthlyByWeekday(in_order(tuple(places)), spread),
        MonthlyByDay(chance.choice([chance.randrange(1, 32), 29, 30, 31]), spread),
        Yearly(*chance.choice([(any_day.month, any_day.day), (2, 29)]), min(spread, 3)),
    ]
    pattern = chance.choice(either)
    first = at("2024-01-01T00:00") + timedelta(minutes=chance.randrange(3 * 366 * 24 * 60))
    ends = chance.choice(["never", "never", "until", "times"])
    return Repeat(
        pattern,
        first.date() + timedelta(days=chance.randrange(3000)) if ends == "until" else None,
        chance.randrange(1, 40) if ends == "times" else None,
    ), first


def test_six_hundred_series_are_those_of_dateutil() -> None:
    chance = random.Random(13)
    kinds, whole = set(), 0
    for _ in range(600):
        repeat, first = drawn(chance)
        model = list(islice(modelled(repeat, first), 30))
        assert list(occurrences(repeat, first, "UTC", limit=30)) == model, (as_text(repeat), first)
        kinds.add(type(repeat.pattern))
        whole += len(model) == 30
    assert len(kinds) == 4
    assert whole > 300


# By hand


def test_every_other_monday_and_thursday_goes_by_whole_weeks() -> None:
    pattern = Weekly((MONDAY, THURSDAY), every=2)
    assert days_of(pattern, "2026-12-03T19:00", limit=4) == ["2026-12-03", "2026-12-14", "2026-12-17", "2026-12-28"]
    assert days_of(pattern, "2026-12-06T19:00", limit=2) == ["2026-12-14", "2026-12-17"], "its week counts"


def test_months_without_the_day_have_it_on_their_last() -> None:
    assert days_of(MonthlyByDay(31), "2027-12-31T19:00", limit=5) == [
        "2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30",
    ]  # fmt: skip
    assert days_of(MonthlyByDay(30), "2027-01-30T19:00", limit=3) == ["2027-01-30", "2027-02-28", "2027-03-30"]
    assert days_of(Yearly(2, 29), "2027-01-01T19:00", limit=3) == ["2027-02-28", "2028-02-29", "2029-02-28"]
    assert days_of(Yearly(2, 29, every=2), "2028-02-29T19:00", limit=3) == ["2028-02-29", "2030-02-28", "2032-02-29"]


def test_the_third_and_the_last_saturday_and_a_fifth_that_few_months_have() -> None:
    pattern = MonthlyByWeekday(((3, SATURDAY), (-1, SATURDAY)))
    assert days_of(pattern, "2026-12-01T10:00", limit=3) == ["2026-12-19", "2026-12-26", "2027-01-16"]
    fifth = MonthlyByWeekday(((5, SATURDAY),))
    assert days_of(fifth, "2026-12-01T10:00", limit=3) == ["2027-01-30", "2027-05-29", "2027-07-31"]
    both = MonthlyByWeekday(((5, SATURDAY), (-1, SATURDAY)))
    assert days_of(both, "2027-01-01T10:00", limit=2) == ["2027-01-30", "2027-02-27"], "the fifth is the last: once"


def test_the_last_day_and_the_number_of_times_belong_to_it() -> None:
    assert days_of(Repeat(Weekly((MONDAY,)), until=date(2026, 12, 14)), "2026-12-07T19:00") == [
        "2026-12-07", "2026-12-14",
    ]  # fmt: skip
    assert days_of(Repeat(Weekly((MONDAY,)), until=date(2026, 12, 13)), "2026-12-07T19:00") == ["2026-12-07"]
    assert days_of(Repeat(Weekly((MONDAY,)), times=2), "2026-12-07T19:00") == ["2026-12-07", "2026-12-14"]


def test_holidays_are_passed_over_and_do_not_count() -> None:
    mondays = Repeat(Weekly((MONDAY,)), times=3, skips_holidays=True)
    assert days_of(mondays, "2026-11-16T19:00") == ["2026-11-16", "2026-11-30", "2026-12-07"]
    elsewhere = shown(mondays, "2026-11-16T19:00", "Europe/Berlin")
    assert elsewhere == ["2026-11-16 19:00", "2026-11-23 19:00", "2026-11-30 19:00"]


def test_a_series_that_falls_on_holidays_alone_has_no_occurrence() -> None:
    assert shown(Repeat(Yearly(1, 1), skips_holidays=True), "2026-01-01T19:00") == []


def test_earlier_dates_count_and_are_not_shown() -> None:
    repeat = Repeat(Weekly((MONDAY,)), times=3)
    first, after = at("2026-12-07T19:00"), at("2026-12-14T19:00")
    assert list(occurrences(repeat, first, TOKYO, after=after, limit=9)) == [at("2026-12-21T19:00")]


def test_a_series_is_reckoned_as_it_is_asked_for_and_ends_with_the_calendar() -> None:
    endless = occurrences(Repeat(Weekly(tuple(range(7)))), at("2026-12-07T19:00"), TOKYO, limit=10**9)
    assert next(endless) == at("2026-12-07T19:00")
    for pattern in (Weekly((FRIDAY,)), MonthlyByWeekday(((5, FRIDAY),)), MonthlyByDay(31), Yearly(12, 31)):
        found = list(occurrences(Repeat(pattern), at("9998-12-01T19:00"), "UTC", limit=10**6))
        assert all(local.year >= 9998 for local in found)
        assert first_day(pattern, date.max) in (None, date.max)


@pytest.mark.parametrize("zone", ["Europe/Berlin", TOKYO])
def test_a_time_with_a_zone_is_no_wall_time(zone: str) -> None:
    with pytest.raises(ValueError, match="wall time"):
        occurrences(Repeat(Weekly((0,))), datetime(2026, 12, 7, 19, tzinfo=UTC), zone, limit=1)


# Clocks that move


def test_the_time_on_the_clock_stays_when_the_clocks_are_moved() -> None:
    sundays = Repeat(Weekly((SUNDAY,)))
    for zone, first in (("Europe/Berlin", "2027-03-21"), ("America/New_York", "2027-03-07")):
        local = [datetime.fromisoformat(one) for one in shown(sundays, f"{first}T19:00", zone, 2)]
        assert [one.hour for one in local] == [19, 19]
        assert instant(local[1], zone) - instant(local[0], zone) == timedelta(weeks=1, hours=-1)


@pytest.mark.parametrize(
    ("zone", "first", "left_out", "instead"),
    [
        ("Europe/Berlin", "2027-03-21T02:30", "2027-03-28", "03:00"),
        ("America/New_York", "2027-03-07T02:00", "2027-03-14", "03:00"),
        ("Australia/Lord_Howe", "2026-09-27T02:15", "2026-10-04", "02:30"),
    ],
)
def test_a_time_that_is_left_out_moves_to_the_next_that_exists(
    zone: str, first: str, left_out: str, instead: str
) -> None:
    found = shown(Weekly((SUNDAY,)), first, zone, 3)
    assert found[1] == f"{left_out} {instead}"
    assert found[2][11:] == found[0][11:] == first[11:], "only on that day"


def test_of_a_time_that_comes_twice_the_first_is_meant() -> None:
    (local,) = occurrences(Repeat(Weekly((SUNDAY,))), at("2027-10-31T02:30"), "Europe/Berlin", limit=1)
    assert instant(local, "Europe/Berlin") == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_a_day_that_a_place_left_out_is_not_held_twice() -> None:
    """Samoa went from 29 to 31 December 2011."""
    assert shown(Weekly(tuple(range(7))), "2011-12-29T00:00", "Pacific/Apia", 3) == [
        "2011-12-29 00:00", "2011-12-31 00:00", "2012-01-01 00:00",
    ]  # fmt: skip


@given(repeats, moments, st.sampled_from([*MOVED, TOKYO]), st.integers(0, 40))
def test_of_every_series(repeat: Repeat, first: datetime, zone: str, limit: int) -> None:
    found = list(occurrences(repeat, first, zone, limit=limit))
    assert len(found) <= limit
    assert all(one < other for one, other in pairwise(found))
    assert all(instant(one, zone) < instant(other, zone) for one, other in pairwise(found))
    exists = [instant(one, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == one for one in found]
    assert all(exists)
    moved = [one for one in found if one.time() != first.time()]
    assert all(one.date() == (one - timedelta(hours=1)).date() for one in moved)
    if zone == TOKYO:
        assert moved == []
        assert not (repeat.skips_holidays and any(holiday(one.date(), zone) for one in found))
    if found:
        later = list(occurrences(repeat, first, zone, after=found[0], limit=limit))
        assert later[: limit - 1] == found[1:]


@given(patterns, days)
def test_the_first_day_is_the_next_that_fits(pattern: Pattern, day: date) -> None:
    first = first_day(pattern, day)
    assert first is not None
    assert first >= day
    start = datetime.combine(first, time(19))
    assert next(occurrences(Repeat(pattern), start, TOKYO, limit=1)) == start


# The text form


@given(repeats)
def test_the_text_form_comes_back_the_same(repeat: Repeat) -> None:
    text = as_text(repeat)
    assert from_text(text) == repeat
    assert len(text) <= LONGEST
    assert text.isascii()


def test_the_longest_text_fits_its_column() -> None:
    places = in_order(tuple((nth, weekday) for nth in (-1, 5) for weekday in range(7)))[-10:]
    full = Repeat(MonthlyByWeekday(places, 99), until=date(2027, 3, 31), skips_holidays=True)
    assert 80 < len(as_text(full)) <= LONGEST


def test_texts_of_today_are_read_tomorrow() -> None:
    """Rows keep them: a change of the form needs a new version."""
    assert from_text("1;w2:MO,TH;until=2027-03-31") == Repeat(Weekly((MONDAY, THURSDAY), 2), until=date(2027, 3, 31))
    assert from_text("1;m1:3SA,-1FR;times=10") == Repeat(MonthlyByWeekday(((3, SATURDAY), (-1, FRIDAY))), times=10)
    assert from_text("1;m1:31") == Repeat(MonthlyByDay(31))
    assert from_text("1;y1:02-29;holidays=skip") == Repeat(Yearly(2, 29), skips_holidays=True)


@pytest.mark.parametrize(
    "text",
    [
        "", "w1:MO", "2;w1:MO", "1;w0:MO", "1;w1:", "1;w1:TH,MO", "1;w1:MO,MO", "1;w1:MO,", "1;w1:XX", "1;w1:mo",
        "1;w01:MO", "1;w100:MO", "1;w1:MO;until=2027-02-30", "1;w1:MO;until=20270331;", "1;w1:MO;times=0",
        "1;w1:MO;times=05", "1;w1:MO;until=2027-03-31;times=3", "1;w1:MO;holidays=skip;times=3", "1;w1:MO;more=1",
        "1;w1:MO\n", " 1;w1:MO", "1;m1:6SA", "1;m1:0SA", "1;m1:-2SA", "1;m1:SA", "1;m1:32", "1;m1:0", "1;m1:031",
        "1;m1:-1SA,3SA", "1;m1:3SA,15", "1;y1:02-30", "1;y1:2-28", "1;y1:13-01", "1;y1:1231", "1;d1:MO",
        "1;w１:MO", "1;w1:MO,٣",
    ],
)  # fmt: skip
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        from_text(text)


@given(st.text(alphabet="1;wmy0239:MOTUSAFR,-until=timesholidayskip", max_size=40) | st.text(max_size=20))
def test_any_form_that_is_read_is_written_the_same(text: str) -> None:
    try:
        repeat = from_text(text)
    except ValueError:
        return
    assert as_text(repeat) == text


def test_a_repeat_without_sense_cannot_be_made() -> None:
    for wrong in (
        lambda: Weekly(()),
        lambda: Weekly((7,)),
        lambda: Weekly((THURSDAY, MONDAY)),
        lambda: Weekly((TUESDAY,), 0),
        lambda: MonthlyByWeekday(()),
        lambda: MonthlyByWeekday(((6, MONDAY),)),
        lambda: MonthlyByDay(32),
        lambda: Yearly(2, 30),
        lambda: Repeat(Weekly((MONDAY,)), until=date(2027, 3, 31), times=3),
        lambda: Repeat(Weekly((MONDAY,)), times=0),
    ):
        with pytest.raises(ValueError):
            wrong()


def test_the_last_day_of_a_month_is_that_of_the_calendar() -> None:
    found = occurrences(Repeat(MonthlyByDay(31)), at("2026-01-01T19:00"), TOKYO, limit=60)
    assert all(local.day == calendar.monthrange(local.year, local.month)[1] for local in found)
