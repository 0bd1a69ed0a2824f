"""Days and sessions of an event, the codes at its door, and the hours that follow: decisions without the database."""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.deliveries.schedule import instant
from bot.errors import Invalid
from bot.features.attendance.models import DOOR, NAME
from bot.features.events.rules import USUAL, When
from bot.features.organisations.naming import one_name
from bot.i18n import N_

#: So long a code is new. The one before is taken, too.
STEP = timedelta(minutes=5)
#: So long before a session and after it people check in by a code.
AROUND = timedelta(minutes=30)
#: So long before a session the desk ticks people.
DESK_BEFORE = timedelta(hours=12)
#: So many wrong codes of one person for one event, within so long.
WRONG_CODES, WRONG_WITHIN = 5, timedelta(minutes=10)
#: Below so many people one code for all of a session is enough.
SMALL = 50
#: A day of an event counts so much at most, unless it is known when somebody left: nobody sits there at night.
DAY_COUNTS = timedelta(hours=8)
#: An event that isn't longer has one day, also over midnight.
ONE_DAY = timedelta(hours=24)
DOORS, SESSIONS = 6, 20
#: So far back an old code is known as such.
KNOWN_AS_OLD = timedelta(hours=30)

BAD_CODE = N_("A code has 6 digits. Please type the one that is shown at the door.")
NO_NAME = N_("The session needs a name. Please add one, such as Plenary 1.")
BAD_HOURS = N_("Please enter the times as on a clock, such as 13:00-15:30.")
NO_DAY = N_("The event has {n} days. Please enter one of them as a number.")
MANY_DOORS = N_("An event has up to {n} doors. Please leave some out.")
SAME_DOORS = N_("Two doors have the same name. Please change one of them.")


@dataclass(frozen=True, slots=True)
class Slot:
    """A day of an event, or a session of it: what somebody attends. ``session`` 0 and ``name`` "" for a day."""

    day: int
    session: int
    name: str
    on: date
    starts_at: datetime
    ends_at: datetime

    @property
    def key(self) -> tuple[int, int]:
        return self.day, self.session

    def is_open(self, now: datetime) -> bool:
        """Do people check in by a code?"""
        return self.starts_at - AROUND <= now <= self.ends_at + AROUND


@dataclass(frozen=True, slots=True)
class Part:
    """A named session: ``begins``, ``ends`` in minutes after the midnight of the ``day``."""

    session: int
    name: str
    day: int
    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class Codes:
    """What the codes of a desk follow from. ``doors``: how many have a name."""

    secret: str
    is_fixed: bool
    doors: int


def slots_of(when: When, time_zone: str, parts: Sequence[Part] = ()) -> list[Slot]:
    """All days and sessions of an event, in their order."""
    ends = when.ends or when.starts + USUAL
    found = [
        Slot(number, 0, "", begins.date(), instant(begins, time_zone), instant(until, time_zone))
        for number, (begins, until) in enumerate(_days(when.starts, ends))
    ]
    midnight = datetime.combine(when.starts.date(), time.min)
    for one in parts:
        first = midnight + timedelta(days=one.day)
        begins, until = (first + timedelta(minutes=minutes) for minutes in (one.begins, one.ends))
        found.append(
            Slot(one.day, one.session, one.name, first.date(), instant(begins, time_zone), instant(until, time_zone))
        )
    return sorted(found, key=lambda one: (one.day, one.session != 0, one.starts_at, one.session))


def _days(starts: datetime, ends: datetime) -> Iterator[tuple[datetime, datetime]]:
    if ends - starts <= ONE_DAY:
        yield starts, ends
        return
    begins = starts
    while begins < ends:
        midnight = datetime.combine(begins.date() + timedelta(days=1), time.min)
        yield begins, min(midnight, ends)
        begins = midnight


def current(slots: Sequence[Slot], now: datetime) -> Slot:
    """The one that goes on, a session before the day that it is in; else the next one, else the last."""
    running = [one for one in slots if one.starts_at <= now <= one.ends_at]
    if running:
        return max(running, key=lambda one: (one.session != 0, one.starts_at))
    ahead = [one for one in slots if one.starts_at > now]
    return min(ahead, key=lambda one: (one.starts_at, one.session)) if ahead else slots[-1]


# --- codes --------------------------------------------------------------------------------------------------------


def step_at(at: datetime) -> int:
    return int(at.timestamp() // STEP.total_seconds())


def code_of(codes: Codes, slot: Slot, door: int, at: datetime) -> str:
    """Six digits. ``door``: 0 for none, else which one."""
    return _code(codes, slot, door, step_at(at))


def _code(codes: Codes, slot: Slot, door: int, step: int) -> str:
    said = f"{slot.day}:{slot.session}:{door}:{'-' if codes.is_fixed else step}"
    digest = hmac.digest(bytes.fromhex(codes.secret), said.encode(), "sha256")
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def good_until(codes: Codes, slot: Slot, at: datetime) -> datetime:
    """Until when a code that is shown now is taken."""
    last = slot.ends_at + AROUND
    if codes.is_fixed:
        return last
    return min(last, datetime.fromtimestamp((step_at(at) + 2) * STEP.total_seconds(), at.tzinfo))


def read_code(typed: str) -> str:
    """The digits of what somebody typed. Raises Invalid."""
    digits = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", typed))
    if not (len(digits) == 6 and digits.isascii() and digits.isdecimal()):
        raise Invalid(BAD_CODE)
    return digits


def matched(codes: Codes, slots: Sequence[Slot], code: str, now: datetime) -> tuple[Slot, int] | None:
    """The session and the door whose code it is now."""
    steps = (step_at(now), step_at(now) - 1)
    return next(
        (
            (slot, door)
            for slot in slots
            if slot.is_open(now)
            for door in range(codes.doors + 1)
            for step in steps
            if hmac.compare_digest(_code(codes, slot, door, step), code)
        ),
        None,
    )


def is_old(codes: Codes, slots: Sequence[Slot], code: str, now: datetime) -> bool:
    """Was it right lately?"""
    doors = range(codes.doors + 1)
    if codes.is_fixed:
        return any(_code(codes, slot, door, 0) == code for slot in slots for door in doors)
    for slot in slots:
        first = max(step_at(slot.starts_at - AROUND), step_at(now - KNOWN_AS_OLD))
        last = min(step_at(slot.ends_at + AROUND), step_at(now))
        if any(_code(codes, slot, door, step) == code for step in range(first, last + 1) for door in doors):
            return True
    return False


# --- hours --------------------------------------------------------------------------------------------------------


def counted(slot: Slot, came_at: datetime, left_at: datetime | None) -> timedelta:
    """What somebody's time there counts: all of it as planned, or until they left."""
    if left_at is None:
        planned = slot.ends_at - slot.starts_at
        return planned if slot.session else min(planned, DAY_COUNTS)
    return max(min(left_at, slot.ends_at) - max(came_at, slot.starts_at), timedelta())


def total(times: Sequence[tuple[Slot, timedelta]]) -> timedelta:
    """Of one person and event. A session within a day that counts isn't counted again."""
    days = {slot.day for slot, _ in times if not slot.session}
    return sum((length for slot, length in times if not slot.session or slot.day not in days), timedelta())


# --- what organisers type -----------------------------------------------------------------------------------------


def cleaned_part(name: str, day: int, hours: str, days: int) -> Part:
    """``day``: counted from 1, as people do. Raises Invalid."""
    if not 1 <= day <= days:
        raise Invalid(NO_DAY, n=days)
    clean = one_name(name, NAME)
    if not clean:
        raise Invalid(NO_NAME)
    plain = unicodedata.normalize("NFKC", hours).replace("〜", "-").replace("~", "-").replace("–", "-")
    found = re.fullmatch(r"\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*", plain, re.ASCII)
    if found is None:
        raise Invalid(BAD_HOURS)
    from_hour, from_minute, to_hour, to_minute = map(int, found.groups())
    begins, ends = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if max(from_minute, to_minute) > 59 or from_hour > 23 or to_hour > 24 or begins == ends:
        raise Invalid(BAD_HOURS)
    return Part(0, clean, day - 1, begins, ends if ends > begins else ends + 24 * 60)


def cleaned_doors(names: Sequence[str]) -> list[str]:
    """Raises Invalid."""
    found = [name for name in (one_name(one, DOOR) for one in names) if name]
    if len(found) > DOORS:
        raise Invalid(MANY_DOORS, n=DOORS)
    if len({*found}) < len(found):
        raise Invalid(SAME_DOORS)
    return found
