"""Days, sessions, codes and hours: decisions with many cases."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.deliveries.schedule import instant
from bot.features.attendance.rules import (
    AROUND,
    Codes,
    Part,
    code_of,
    counted,
    current,
    good_until,
    is_old,
    matched,
    slots_of,
    total,
)
from bot.features.events.rules import LONGEST, When

ZONE = "Asia/Tokyo"
SECRET = "0f" * 32
starts = st.datetimes(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2027-12-31")).map(
    lambda at: at.replace(second=0, microsecond=0)
)
lengths = st.integers(1, int(LONGEST.total_seconds()) // 60).map(lambda minutes: timedelta(minutes=minutes))


@given(starts, lengths)
def test_days_follow_each_other_and_fill_the_event(begins: datetime, length: timedelta) -> None:
    slots = slots_of(When(begins, begins + length, whole_days=False), ZONE)
    assert slots[0].starts_at == instant(begins, ZONE)
    assert slots[-1].ends_at == instant(begins + length, ZONE)
    assert [one.day for one in slots] == [*range(len(slots))]
    for one, following in pairwise(slots):
        assert one.ends_at == following.starts_at
        assert one.on < following.on
    assert all(timedelta() < one.ends_at - one.starts_at <= timedelta(hours=24) for one in slots)


@given(starts, lengths, st.booleans(), st.integers(0, 6), st.data())
def test_a_code_that_is_shown_is_taken_until_it_says(
    begins: datetime, length: timedelta, is_fixed: bool, doors: int, data: st.DataObject
) -> None:
    slots = slots_of(When(begins, begins + length, whole_days=False), ZONE)
    codes, slot = Codes(SECRET, is_fixed, doors), data.draw(st.sampled_from(slots))
    seconds = int((slot.ends_at - slot.starts_at + AROUND * 2).total_seconds())
    shown = slot.starts_at - AROUND + timedelta(seconds=data.draw(st.integers(0, seconds)))
    door = data.draw(st.integers(0, doors))
    code, until = code_of(codes, slot, door, shown), good_until(codes, slot, shown)
    assert len(code) == 6
    assert code.isdecimal()
    assert shown <= until <= slot.ends_at + AROUND
    typed = shown + (until - shown) * data.draw(st.floats(0, 0.999))
    found = matched(codes, slots, code, typed)
    assert found is not None
    assert code_of(codes, found[0], found[1], shown) == code or code_of(codes, *found, typed) == code
    later = slot.ends_at + AROUND + timedelta(hours=1)
    if not any(one.is_open(later) for one in slots):
        assert matched(codes, slots, code, later) is None
        assert is_old(codes, slots, code, later)


@given(starts, st.integers(0, 2_000), st.integers(0, 2_000))
def test_nobody_counts_more_than_a_session_nor_less_than_nothing(begins: datetime, came: int, left: int) -> None:
    part = Part(7, "全体会", 0, begins.hour * 60 + begins.minute, begins.hour * 60 + begins.minute + 90)
    slots = slots_of(When(begins, begins + timedelta(days=2), whole_days=False), ZONE, [part])
    day, session = slots[0], next(one for one in slots if one.session)
    for slot in (day, session):
        planned = slot.ends_at - slot.starts_at
        at = slot.starts_at + timedelta(minutes=came - 1_000)
        time = counted(slot, at, at + timedelta(minutes=left))
        assert timedelta() <= time <= min(planned, timedelta(minutes=left))
        assert counted(slot, at, None) <= planned
    whole = counted(day, day.starts_at, None)
    assert total([(day, whole), (session, timedelta(minutes=90))]) == whole
    assert total([(session, timedelta(minutes=90))]) == timedelta(minutes=90)


@given(starts, lengths, st.integers(-100, 1_000))
def test_the_desk_opens_at_what_is_on(begins: datetime, length: timedelta, hours: int) -> None:
    slots = slots_of(When(begins, begins + length, whole_days=False), ZONE)
    now = instant(begins, ZONE) + timedelta(hours=hours)
    found = current(slots, now)
    running = [one for one in slots if one.starts_at <= now <= one.ends_at]
    assert found in running if running else found in (slots[0], slots[-1])


def test_an_evening_that_ends_after_midnight_is_one_day() -> None:
    begins = datetime.fromisoformat("2026-12-05T22:00")
    assert len(slots_of(When(begins, begins + timedelta(hours=4), whole_days=False), ZONE)) == 1
    assert len(slots_of(When(begins, None, whole_days=False), ZONE)) == 1
