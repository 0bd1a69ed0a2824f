from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.deliveries import rules
from bot.deliveries.models import Urgency
from bot.deliveries.on_the_way import LOOKS, next_look
from bot.deliveries.schedule import instant, local_time

FIRST, LAST = datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2029-01-01")
ZONES = ["Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
instants = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
zones = st.sampled_from(ZONES)


@given(instants, zones)
def test_only_what_is_urgent_goes_at_night(wanted: datetime, zone: str) -> None:
    assert rules.earliest(wanted, zone, Urgency.URGENT) == wanted
    at = rules.earliest(wanted, zone, Urgency.DAILY)
    assert rules.QUIET_UNTIL <= at.astimezone(ZoneInfo(zone)).time() < rules.QUIET_FROM
    assert timedelta(0) <= at - wanted <= timedelta(hours=11), "ten hours of night, and one more in autumn"


@given(instants, zones)
def test_the_digest_comes_on_sunday_at_six(wanted: datetime, zone: str) -> None:
    at = rules.earliest(wanted, zone, Urgency.DIGEST)
    local = at.astimezone(ZoneInfo(zone))
    assert (local.weekday(), local.hour, local.minute) == (6, 18, 0)
    assert timedelta(0) <= at - wanted <= timedelta(days=7, hours=1)


@given(instants, zones, st.sampled_from(Urgency))
def test_what_may_go_at_an_hour_may_go_at_that_hour(wanted: datetime, zone: str, urgency: Urgency) -> None:
    at = rules.earliest(wanted, zone, urgency)
    assert rules.earliest(at, zone, urgency) == at


@given(st.datetimes(FIRST, LAST), zones)
def test_a_time_on_the_wall_keeps_its_hour_unless_the_clocks_leave_it_out(local: datetime, zone: str) -> None:
    shown = local_time(instant(local, zone), zone)
    assert timedelta(0) <= shown - local <= timedelta(hours=1)


@pytest.mark.parametrize(
    ("local", "zone", "utc"),
    [
        ("2026-11-25T21:00", "Asia/Tokyo", "2026-11-25T12:00+00:00"),
        ("2026-03-28T09:00", "Europe/Berlin", "2026-03-28T08:00+00:00"),  # the day before summer time
        ("2026-03-29T09:00", "Europe/Berlin", "2026-03-29T07:00+00:00"),
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30+00:00"),  # left out: 03:30 is shown
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30+00:00"),  # comes twice: the first
    ],
)
def test_known_times(local: str, zone: str, utc: str) -> None:
    assert instant(datetime.fromisoformat(local), zone) == datetime.fromisoformat(utc)


@given(st.integers(1, 1000), st.integers())
def test_waits_grow_to_a_day_and_no_further(attempts: int, seed: int) -> None:
    wait = rules.wait_after(attempts, random.Random(seed)).total_seconds()
    assert rules.FIRST_WAIT / 2 <= wait <= rules.LONGEST_WAIT
    if attempts >= 16:
        assert wait >= rules.LONGEST_WAIT / 2


@given(st.integers(0, 20), st.sampled_from(Urgency))
def test_nobody_is_held_to_a_budget_who_has_none(sent: int, urgency: Urgency) -> None:
    assert not rules.over_budget(sent, urgency, is_budgeted=False)
    assert rules.over_budget(sent, urgency, is_budgeted=True) == (urgency is Urgency.DAILY and sent >= 3)
    in_thread = rules.over_budget(sent, urgency, is_budgeted=True, in_thread=True)
    assert in_thread == (urgency is Urgency.DAILY and sent >= 2)


@given(instants, st.timedeltas(timedelta(days=-2), timedelta(days=2)))
def test_a_nonce_is_trusted_for_a_minute_and_never_across_a_clock_set_back(at: datetime, gone: timedelta) -> None:
    trusted = rules.nonce_is_trusted(at, at + gone)
    assert trusted == (timedelta(0) <= gone <= timedelta(seconds=60))


def test_a_message_on_its_way_is_looked_for_during_a_week() -> None:
    now = FIRST.replace(tzinfo=UTC)
    looks = [next_look(number, now) - now for number in range(LOOKS)]
    assert looks[:2] == [timedelta(minutes=1)] * 2
    assert looks[-1] == timedelta(hours=1)
    assert timedelta(days=7) <= sum(looks, timedelta(0)) <= timedelta(days=8)
