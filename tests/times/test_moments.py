"""Times as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.deliveries.schedule import instant, local_time
from bot.errors import Invalid
from bot.times import read_moment

#: Saturday 21 November 2026, 19:00 in Tokyo.
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
ZONE = "Asia/Tokyo"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("明日19時", "2026-11-22 19:00"),
        ("明日の午後7時半", "2026-11-22 19:30"),
        ("明後日 朝9時", "2026-11-23 09:00"),
        ("今日25時", "2026-11-22 01:00"),
        ("25時", "2026-11-22 01:00"),
        ("２５：３０", "2026-11-22 01:30"),
        ("11/25 21:00", "2026-11-25 21:00"),
        ("１１／２５　２１：００", "2026-11-25 21:00"),
        ("11月25日(水) 21時", "2026-11-25 21:00"),
        ("2026-11-25 21:00", "2026-11-25 21:00"),
        ("2026-11-25T21:00", "2026-11-25 21:00"),
        ("2026年11月25日（水）21時15分", "2026-11-25 21:15"),
        ("1/5 9:00", "2027-01-05 09:00"),
        ("2/29 9:00", "2028-02-29 09:00"),
        ("in 2 hours", "2026-11-21 21:00"),
        ("2時間後", "2026-11-21 21:00"),
        ("30分後", "2026-11-21 19:30"),
        ("in 3 days", "2026-11-24 19:00"),
        ("tomorrow at 9pm", "2026-11-22 21:00"),
        ("tomorrow noon", "2026-11-22 12:00"),
        ("monday 9:00", "2026-11-23 09:00"),
        ("next friday 7 pm", "2026-11-27 19:00"),
        ("来週の水曜日 20時", "2026-11-25 20:00"),
        ("土曜 20時", "2026-11-21 20:00"),
        ("土曜 18時", "2026-11-28 18:00"),
        ("20:00", "2026-11-21 20:00"),
        ("9:00", "2026-11-22 09:00"),
        ("12am", "2026-11-22 00:00"),
    ],
)
def test_what_people_write(typed: str, meant: str) -> None:
    assert read_moment(typed, NOW, ZONE).local == datetime.fromisoformat(meant)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("明日", "add a time"),
        ("3", "on its own could be"),
        ("いつか", "can't be read as a date and time"),
        ("明日30時", "can't be read as a date and time"),
        ("21:60", "can't be read as a date and time"),
        ("2/30 10:00", "no such date as {text}"),
        ("2026-13-01 10:00", "no such date as {text}"),
        ("2026-11-20 10:00", "already passed"),
        ("今日 9:00", "already passed"),
        ("9999-12-31 29:00", "too far"),
        ("2037-01-01 10:00", "too far"),
        ("2050-01-01 10:00", "too far"),
        ("明日19時 それから", "can't be read as a date and time"),
    ],
)
def test_what_cannot_be_meant_is_said(typed: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        read_moment(typed, NOW, ZONE)


def test_a_day_alone_means_what_is_usual_there() -> None:
    local = read_moment("11/25", NOW, ZONE, usual=time(23, 59)).local
    assert local == datetime.fromisoformat("2026-11-25T23:59")


def _wide(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


FORMS = (
    "{d:%Y-%m-%d %H:%M}",
    "{d:%Y/%m/%d %H:%M}",
    "{d.year}年{d.month}月{d.day}日 {d.hour}時{d.minute:02}分",
    "{d.month}/{d.day} {d:%H:%M}",
    "{d.month}月{d.day}日{d.hour}時{d.minute}分",
    "{d:%Y-%m-%dT%H:%M}",
    "{d:%a} {d.day} {d:%b}, {d:%H:%M}",
    "{d:%a} {d.day} {d:%b %Y}, {d:%H:%M}",
    "{d:%A}, {d:%B} {d.day}, {d:%Y} at {d:%I:%M %p}",
    "{d:%H:%M} on {d.day} {d:%B}",
)


@given(
    minutes=st.integers(1, 330 * 24 * 60), form=st.sampled_from(FORMS), is_wide=st.booleans(),
    zone=st.sampled_from([ZONE, "Europe/Berlin", "America/New_York", "UTC"]),
)  # fmt: skip
@settings(deadline=None)
def test_what_is_written_is_read_again(minutes: int, form: str, is_wide: bool, zone: str) -> None:
    """Up to eleven months ahead: a date of last month without its year isn't taken for next year's."""
    local = local_time(NOW, zone) + timedelta(minutes=minutes)
    assume(local_time(instant(local, zone), zone) == local)  # not where the clocks leave it out
    assume(instant(local, zone) == local.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC))  # nor twice
    typed = form.format(d=local)
    moment = read_moment(_wide(typed) if is_wide else typed, NOW, zone)
    assert moment.local == local
    assert moment.at == instant(local, zone)


@given(st.text(max_size=40))
@settings(deadline=None)
def test_anything_else_is_refused_and_nothing_breaks(typed: str) -> None:
    try:
        moment = read_moment(typed, NOW, ZONE)
    except Invalid:
        return
    assert moment.at >= NOW - timedelta(minutes=1)


@given(seconds=st.integers(0, 59), minutes=st.integers(1, 300))
@settings(deadline=None)
def test_minutes_from_now_are_no_seconds_from_now(seconds: int, minutes: int) -> None:
    now = NOW + timedelta(seconds=seconds)
    at = read_moment(f"{minutes}分後", now, ZONE).at
    assert at.second == 0
    assert abs(at - now - timedelta(minutes=minutes)) <= timedelta(seconds=30)


@given(hours=st.integers(0, 9_999), unit=st.sampled_from(["分後", "時間後", "日後"]))
@settings(deadline=None)
def test_a_while_from_now(hours: int, unit: str) -> None:
    span = {"分後": timedelta(minutes=1), "時間後": timedelta(hours=1), "日後": timedelta(days=1)}[unit]
    if hours * span > timedelta(days=3650):
        with pytest.raises(Invalid, match="too far"):
            read_moment(f"{hours}{unit}", NOW, ZONE)
    else:
        assert read_moment(f"{hours}{unit}", NOW, ZONE).at == NOW + hours * span
