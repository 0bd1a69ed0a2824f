"""Calendars in the eyes of two parsers that share no code: the one of the library that writes them, and ``ical``."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

from bot.features.documents.ics import Days, Entry, Hours, Status, render

BEGINS = datetime(2026, 11, 28, 10, tzinfo=UTC)
WHEN = Hours(BEGINS, BEGINS + timedelta(hours=2))
#: What broken programs leave in a text.
BROKEN = ("\x00", "\x0b", "\x1f", "\ud83d")
#: What a parser told of an event: uid, sequence, start, end, title, text, place, link, status.
Told = tuple[Any, ...]

ENTRIES = st.builds(
    Entry,
    uid=st.uuids().map(str),
    sequence=st.integers(0, 2**31 - 1),
    when=st.one_of(
        st.builds(
            lambda start, long: Hours(start, start + long),
            st.integers(0, 2**32).map(lambda second: datetime.fromtimestamp(second, ZoneInfo("Asia/Tokyo"))),
            st.timedeltas(timedelta(microseconds=1), timedelta(days=30)),
        ),
        st.builds(
            lambda first, days: Days(first, first + timedelta(days)),
            st.dates(date(1970, 1, 2), date(2200, 1, 1)),
            st.integers(0, 400),
        ),
    ),
    title=st.text(st.characters(exclude_categories=()), max_size=60),
    changed_at=st.just(BEGINS),
    text=st.text(st.characters(exclude_categories=()), max_size=400),
    place=st.text(st.characters(exclude_categories=()), max_size=60),
    url=st.one_of(st.just("https://example.org/路/a;b,c?d=1"), st.text(max_size=20)),
    organiser=st.text(max_size=20),
    status=st.sampled_from(Status),
)


def by_icalendar(content: bytes) -> list[Told]:
    found = []
    events: list[Any] = list(Calendar.from_ical(content).walk("VEVENT"))
    for one in events:
        end = one["DTEND"].dt if "DTEND" in one else None
        texts = [str(one.get(key, "")) for key in ("SUMMARY", "DESCRIPTION", "LOCATION", "URL", "STATUS")]
        found.append((str(one["UID"]), int(one["SEQUENCE"]), one["DTSTART"].dt, end, *texts))
    return found


def by_ical(content: bytes) -> list[Told]:
    found = []
    for one in IcsCalendarStream.calendar_from_ics(content.decode()).events:
        assert one.status is not None
        texts = (one.summary or "", one.description or "", one.location or "", str(one.url or ""), one.status.value)
        found.append((one.uid, one.sequence, one.dtstart, one.dtend, *texts))
    return found


def read(entries: Sequence[Entry], name: str = "暦") -> list[Told]:
    """What both parsers read, which is the same; the lines are as long as they may be, and no character is cut."""
    content = render(name, entries)
    assert content.endswith(b"END:VCALENDAR\r\n")
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
        assert not any(octet < 0x20 or octet == 0x7F for octet in line)
    told = by_icalendar(content)
    assert by_ical(content) == told
    return told


def test_a_thousand_events_in_japanese_mean_the_same_to_both() -> None:
    chance = random.Random(7)
    japanese = ("症例勉強会", "葛󠄀飾区", "𠮷野", "🩺", "👩‍⚕️", "；", "、")
    pieces = (*japanese, ";", ",", ":", '"', "\r\n", "\n", *BROKEN)

    def words(most: int) -> str:
        return "".join(chance.choice(pieces) for _ in range(chance.randrange(1, most)))

    entries = [
        Entry(
            f"event-{number}@tsunagu",
            number % 7,
            WHEN if number % 3 else Days(date(2026, 11, 21), date(2026, 11, 23)),
            f"{number} {words(20)}",
            BEGINS,
            words(120),
            words(10),
            f"https://example.org/e/{number}",
            "主催：東京大学",
            status=list(Status)[number % 3],
        )
        for number in range(1000)
    ]  # fmt: skip
    told = read(entries)
    assert [one[0] for one in told] == [f"event-{number}@tsunagu" for number in range(1000)]
    for entry, one in zip(entries, told, strict=True):
        assert one[1] == entry.sequence
        assert one[8] == entry.status.value
        kept = "".join(char for char in entry.title.replace("\r", "") if char >= " " or char == "\n")
        assert one[4] == " ".join(kept.replace("\ud83d", "").split()), "nothing else is lost"
        if isinstance(entry.when, Hours):
            assert one[2:4] == (BEGINS, BEGINS + timedelta(hours=2))
        else:
            assert one[2:4] == (date(2026, 11, 21), date(2026, 11, 24)), "the end is the day after the last"


@given(st.lists(ENTRIES, max_size=3), st.text(st.characters(exclude_categories=()), max_size=80))
def test_both_read_the_same_whatever_people_write(entries: list[Entry], name: str) -> None:
    told = read(entries, name)
    assert [one[0] for one in told] == [entry.uid for entry in entries]
    assert render(name, entries) == render(name, entries)


def test_texts_keep_their_lines_and_say_who_and_where() -> None:
    text, link = "一行目\r\n二行目\r三行目\u2028四行目", "https://example.org/"
    entry = Entry("e", 0, WHEN, "集まり\nです", BEGINS, text, "Zoom", link, "主催：東京大学")
    (told,) = read([entry])
    assert told[4] == "集まり です"
    assert told[5] == "一行目\n二行目\n三行目\n四行目\n\n主催：東京大学\n\nhttps://example.org/"
    assert told[6:8] == ("Zoom", "https://example.org/")


def test_a_backslash_is_written_wide_since_readers_disagree_on_it() -> None:
    (told,) = read([Entry("e", 0, WHEN, r"C:\new\N", BEGINS, r"\n")])
    assert told[4:6] == ("C:＼new＼N", "＼n")


def test_a_text_that_is_no_link_is_left_out() -> None:
    for url in ("javascript:alert(1)", "https://a\r\nSTATUS:CANCELLED", "Zoom"):
        (told,) = read([Entry("e", 0, WHEN, "t", BEGINS, url=url)])
        assert told[5:9] == ("", "", "", "CONFIRMED")


def test_nobody_has_said_when_it_ends() -> None:
    content = render("暦", [Entry("e", 0, Hours(BEGINS, None), "t", BEGINS)])
    assert b"DTEND" not in content
    assert by_ical(content) == by_icalendar(content)


def test_there_are_no_zones_and_no_exceptions_in_it() -> None:
    local = BEGINS.astimezone(ZoneInfo("Asia/Tokyo"))
    content = render("暦", [Entry("e", 0, Hours(local, local + timedelta(hours=1)), "t", BEGINS)])
    assert b"DTSTART:20261128T100000Z" in content
    for word in (b"VTIMEZONE", b"TZID", b"RECURRENCE-ID", b"RRULE", b"METHOD"):
        assert word not in content


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        (Hours, BEGINS, BEGINS),
        (Hours, BEGINS, BEGINS - timedelta(hours=1)),
        (Hours, BEGINS.replace(tzinfo=None), None),
        (Days, date(2026, 11, 2), date(2026, 11, 1)),
    ],
)
def test_times_that_cannot_be(kind: Any, first: Any, last: Any) -> None:
    with pytest.raises(ValueError):
        kind(first, last)
