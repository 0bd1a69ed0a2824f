"""Calendars as iCalendar files (RFC 5545), for Google, Apple, Outlook and whatever else reads them.

Each occurrence is an event of its own with times in UTC. So there are no time zones and no exceptions to a rule in the
file, which are the parts that calendars read differently. An event that was moved or cancelled keeps its UID and has a
higher SEQUENCE.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from icalendar import Calendar, Event, vDuration, vText

from bot.links import address

#: Calendars that keep to it look again after this time. Google looks when it likes.
_LOOK_AGAIN = timedelta(hours=1)
#: Every line break that a parser may see in a text. In the file all of them are the one that iCalendar knows.
_BREAKS = re.compile("\r\n|[\r\u0085\u2028\u2029]")
#: Other control characters, halves of characters, and what is no character at all: parsers refuse whole files for one.
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
#: A backslash is written wide, because readers disagree on what an escaped one before an "n" means, the library's own
#: reader among them.
_WRITTEN = str.maketrans({"\\": "＼", "\t": " "})


@dataclass(frozen=True, slots=True)
class Hours:
    """From one instant to another. ``ends_at`` None: nobody has said when it ends."""

    starts_at: datetime
    ends_at: datetime | None

    def __post_init__(self) -> None:
        for instant in (self.starts_at, self.ends_at):
            if instant is not None and instant.tzinfo is None:
                raise ValueError("an instant needs a time zone")
        if self.ends_at is not None and self.ends_at <= self.starts_at:
            raise ValueError("it ends before it starts")


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days, the first and the last included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("it ends before it starts")


class Status(StrEnum):
    """As iCalendar names them."""

    CONFIRMED = "CONFIRMED"
    #: The reader hasn't said yes yet.
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Entry:
    """One occurrence.

    ``uid`` is the same for ever and nowhere else. ``sequence`` rises with each change. ``organiser`` is a line for
    people, such as "Hosted by …": iCalendar's own field would need a mail address. ``url`` leads to more about it.
    """

    uid: str
    sequence: int
    when: Hours | Days
    title: str
    changed_at: datetime
    text: str = ""
    place: str = ""
    url: str = ""
    organiser: str = ""
    status: Status = Status.CONFIRMED


def render(name: str, entries: Iterable[Entry]) -> bytes:
    """The file (UTF-8) of a calendar called ``name``. The same entries give the same bytes.

    It takes about half a millisecond for each entry, so it is called in a thread (``asyncio.to_thread``).
    """
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", "-//Tsunagu//Tsunagu//EN")
    for key in ("NAME", "X-WR-CALNAME"):
        calendar.add(key, vText(_line(name)))
    calendar.add("REFRESH-INTERVAL", vDuration(_LOOK_AGAIN), {"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vDuration(_LOOK_AGAIN))
    for entry in entries:
        calendar.add_component(_event(entry))
    content: bytes = calendar.to_ical(sorted=False)
    return content


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("UID", _line(entry.uid))
    event.add("SEQUENCE", entry.sequence)
    # Without a METHOD in the file, DTSTAMP is when the event was changed last.
    for key in ("DTSTAMP", "LAST-MODIFIED"):
        event.add(key, _second(entry.changed_at))
    match entry.when:
        case Hours(starts_at, ends_at):
            event.add("DTSTART", _second(starts_at))
            if ends_at is not None and _second(ends_at) > _second(starts_at):
                event.add("DTEND", _second(ends_at))
        case Days(first, last):
            event.add("DTSTART", first)
            event.add("DTEND", last + timedelta(days=1))  # the day after it
    event.add("STATUS", entry.status.value)
    event.add("SUMMARY", _line(entry.title))
    link = address(entry.url) or ""
    # Google doesn't show URL, so the link stands in the text, too.
    description = "\n\n".join(filter(None, (_clean(entry.text), _line(entry.organiser), link)))
    for key, value in (("DESCRIPTION", description), ("LOCATION", _line(entry.place))):
        if value:
            event.add(key, value)
    if link:
        event.add("URL", link)
    return event


def _second(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(microsecond=0)


def _clean(text: str) -> str:
    """Without what a parser refuses or two of them read differently."""
    return _IMPOSSIBLE.sub("", _BREAKS.sub("\n", text)).translate(_WRITTEN).strip()


def _line(text: str) -> str:
    return " ".join(_clean(text).split())
