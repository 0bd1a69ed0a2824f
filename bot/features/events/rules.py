"""What can be an event, and what its times come to: pure decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from bot.deliveries.schedule import instant, local_time
from bot.errors import Conflict, Invalid, NextStep
from bot.features.events.models import Event, EventState, Language
from bot.features.events.private import is_secret
from bot.features.events.private import set_apart as secrets_set_apart
from bot.features.organisations.naming import both_names, one_name
from bot.features.people.lifecycles import Lifecycle
from bot.i18n import N_
from bot.kit.edits import Overtaken
from bot.links import address
from bot.times import Day, Days, Moment, Span, read

#: Characters that each part takes.
TITLE, TEXT, PLACE, LINK, COST, REASON, WHEN = 100, 2000, 200, 300, 100, 300, 100
#: The most places that can be counted, and the longest that an event takes.
MOST, LONGEST = 10_000, timedelta(days=31)
#: So long an event without an end lasts, where a length is needed.
USUAL = timedelta(hours=2)
#: Until so long after its end it is found, changed and cancelled.
OVER_AFTER = timedelta(days=1)
#: So long after an event its organisers can look at it as such.
KEPT_FOR = timedelta(days=60)
_TOOLS = {
    "zoom", "google meet", "meet", "teams", "microsoft teams", "webex", "skype", "discord", "youtube", "youtube live",
    "line", "オンライン", "online",
}  # fmt: skip

NO_TITLE = N_("The event needs a title. Please add one.")
NO_START = N_("It isn't clear when the event starts. Please enter the date and time.")
STARTED = N_("That time has already passed. Please enter a start in the future.")
ENDS_EARLY = N_("The event ends before it begins. Please check the end.")
CLOSED = N_("The deadline for signing up has passed. Please enter a later one, or leave it empty.")
TOO_LONG = N_("An event lasts up to 31 days. Please check the end.")
BAD_LINK = N_("That isn't a link. Please enter the full address. It starts with https://")
LONG_LINK = N_("That is more than participants' links and passcodes take: {n} characters. Please shorten it.")
BAD_LIMIT = N_("Please enter the number of places: 1 to {n}, or nothing for no limit.")
LATE_CLOSE = N_("The deadline is after the start. Please enter an earlier one.")
OVER = N_("This event is over. Nothing was changed.")
OLD = N_("Somebody else has changed this event meanwhile. Please look at it again.")

EVENTS = Lifecycle(EventState.DRAFT)
POST = EVENTS.step(
    [EventState.DRAFT],
    EventState.POSTED,
    N_("This event was posted already. Nothing was posted again."),
    action="event.post",
)
CANCEL = EVENTS.step(
    [EventState.POSTED],
    EventState.CANCELLED,
    N_("This event isn't open any more. Nothing was changed."),
    action="event.cancel",
)


@dataclass(frozen=True, slots=True)
class When:
    """``starts``, ``ends``: naive wall times in the event's zone; of whole days the first midnight and the one after
    the last. ``ends`` is None where nothing was said."""

    starts: datetime
    ends: datetime | None
    whole_days: bool

    @property
    def last_day(self) -> date:
        """Of whole days."""
        assert self.ends is not None
        return (self.ends - timedelta(days=1)).date()

    def instants(self, time_zone: str) -> tuple[datetime, datetime]:
        begins = instant(self.starts, time_zone)
        return begins, begins + USUAL if self.ends is None else instant(self.ends, time_zone)


def when_of(found: Day | Days | Moment | Span) -> When:
    """What a read text says about a time. Raises Invalid: a single day without an hour could mean an evening."""
    match found:
        case Span():
            return When(found.start.local, found.end.local, whole_days=False)
        case Moment():
            return When(found.local, None, whole_days=False)
        case Days():
            return whole(found.first, found.last)
        case Day():
            raise Invalid(NO_HOUR, day=found.day)


NO_HOUR = N_(
    "At what time on {day}? Please enter it too, for example 19:00-21:00. For a whole day, enter the day twice."
)


def whole(first: date, last: date) -> When:
    midnight = datetime.min.time()
    return When(
        datetime.combine(first, midnight), datetime.combine(last + timedelta(days=1), midnight), whole_days=True
    )


def read_when(text: str, now: datetime, time_zone: str) -> When:
    """As people type it, such as ``11/28 19:00-21:00``. Raises Invalid: it can't be read, or could mean two things."""
    return when_of(read(text, now, time_zone))


def written_when(when: When) -> str:
    """As ``read_when`` reads it again."""
    if when.whole_days:
        return f"{when.starts:%Y-%m-%d} ~ {when.last_day:%Y-%m-%d}"
    if when.ends is None:
        return f"{when.starts:%Y-%m-%d %H:%M}"
    if when.ends.date() == when.starts.date():
        return f"{when.starts:%Y-%m-%d %H:%M}-{when.ends:%H:%M}"
    return f"{when.starts:%Y-%m-%d %H:%M} ~ {when.ends:%Y-%m-%d %H:%M}"


def check_when(when: When, now: datetime, time_zone: str, *, is_new: bool = True) -> None:
    """``is_new``: it mustn't have begun. Raises Invalid: it lies in the past, ends too early, or takes too long."""
    starts_at, ends_at = when.instants(time_zone)
    # Of whole days, the first may be today.
    begun = local_time(now, time_zone).date() > when.starts.date() if when.whole_days else starts_at < now
    if begun and is_new:
        raise Invalid(STARTED)
    if ends_at <= starts_at:
        raise Invalid(ENDS_EARLY)
    if ends_at - starts_at > LONGEST:
        raise Invalid(TOO_LONG)


def cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    """Typed parts of an event as they are kept; those that aren't there stay away. Raises Invalid."""
    found = dict(values)
    if "title_ja" in found or "title_en" in found:
        found["title_ja"], found["title_en"] = titles(found.get("title_ja", ""), found.get("title_en", ""))
    for name, longest in (("place", PLACE), ("cost", COST)):
        if name in found:
            found[name] = one_name(found[name], longest)
    for name in ("text", "text_en"):
        found |= {name: found[name].strip()} if name in found else {}
        if len(found.get(name, "")) > TEXT:
            raise Invalid(N_("The text is too long. The limit is {n} characters. Please shorten it."), n=TEXT)
    if "link" in found:
        found["link"] = checked_link(found["link"])
    if found.get("language") is not None:
        found["language"] = Language(found["language"]).value
    if "time_zone" in found and found["time_zone"] not in available_timezones():
        raise Invalid(N_("There is no such time zone. Please enter a city, such as London."))
    if found.get("limit") is not None and not 1 <= found["limit"] <= MOST:
        raise Invalid(BAD_LIMIT, n=MOST)
    return found


def titles(ja: str, en: str) -> tuple[str, str]:
    """Raises Invalid: both are missing, or one can't be a title."""
    if not ja.strip() and not en.strip():
        raise Invalid(NO_TITLE)
    return both_names(ja, en, TITLE)


def checked_link(text: str) -> str:
    """ "" or what lets people in, line by line: an address, or an ID and a passcode. Raises Invalid."""
    lines, enters = list[str](), False
    for line in filter(None, map(str.strip, text.splitlines())):
        found = address(line)
        enters |= found is not None or is_secret(line)
        lines.append(found or line)
    if lines and not enters:
        raise Invalid(BAD_LINK)
    found = "\n".join(dict.fromkeys(lines))
    if len(found) > LINK:
        raise Invalid(LONG_LINK, n=LINK)
    return found


def checked_reason(text: str) -> str:
    """Of a cancellation. Raises Invalid."""
    if not 1 <= len(text.strip()) <= REASON:
        raise Invalid(N_("Please say in 1 to {n} characters why it is cancelled."), n=REASON)
    return text.strip()


def set_apart(values: Mapping[str, Any], link: str) -> dict[str, Any]:
    """The same with what lets people into a meeting in ``link``, wherever it was written. ``link``: what stands there
    if ``values`` has none."""
    found, secrets = dict(values), list[str]()
    for name in ("title_ja", "title_en", "place", "text", "text_en"):
        if name in found:
            found[name], told = secrets_set_apart(found[name])
            secrets += told
    if secrets:
        found["link"] = "\n".join(filter(None, (found.get("link", link), *secrets)))
    return found


def is_tool(place: str) -> bool:
    """Is a place no hall, but the name of an online tool?"""
    return place.strip().casefold() in _TOOLS


def check_version(stands: int, seen: int, *next_steps: NextStep) -> None:
    """Raises Conflict: it isn't any more what somebody saw when they began to edit."""
    if stands != seen:
        raise Conflict(OLD, next_steps=next_steps)


def own_parts(values: Mapping[str, Any], seen: Any, event: Event) -> Any:
    """Of what was typed, the parts that its author changed. ``seen``: an event as their form showed it.

    Raises:
        Overtaken: somebody else has changed one of them since then, and to something else.
    """
    written = {name: value for name, value in values.items() if value != getattr(seen, name)}
    stands = {name: _stands(event, name) for name in written}
    overtaken = {name: now for name, now in stands.items() if now not in (getattr(seen, name), written[name])}
    if overtaken:
        raise Overtaken(overtaken)
    titles_ = ("title_ja", "title_en")
    if any(name in written for name in titles_):  # where one is empty, the other stands for it
        written = {name: getattr(event, name) for name in titles_} | written
    return written


def _stands(event: Event, name: str) -> Any:
    match name:
        case "when":
            return own_when(event) if event.starts_local is not None else None
        case "closes":
            return datetime.fromisoformat(event.closes_local) if event.closes_local else None
    return getattr(event, name)


def reminder_at(when: When, made_at: datetime, time_zone: str, people: int) -> datetime | None:
    """By when everybody is reminded: the evening before at 19:00, else three hours before the start. None: it is too
    late for that, or it would be at night. ``people``: as many as could come, see ``pace``."""
    starts_at, _ = when.instants(time_zone)
    evening = datetime.combine(when.starts.date() - timedelta(days=1), datetime.min.time().replace(hour=19))
    for planned in (instant(evening, time_zone), starts_at - timedelta(hours=3)):
        is_day = local_time(planned, time_zone).hour >= EARLIEST_HOUR
        if is_day and planned - max(pace(people), AHEAD) > made_at:
            return planned
    return None


def pace(people: int) -> timedelta:
    """How long their direct messages take: one leaves every two seconds."""
    return timedelta(seconds=2 * people)


#: So early the work of reminding begins at least: without a limit, nobody knows how many will come.
AHEAD = timedelta(minutes=15)
#: Nobody is reminded before.
EARLIEST_HOUR = 8


def own_when(event: Event) -> When:
    """When it is, on the wall clock, whatever its series planned."""
    starts, ends = event.starts_local, event.ends_local
    assert starts is not None, "it has a time"
    return When(datetime.fromisoformat(starts), datetime.fromisoformat(ends) if ends else None, event.whole_days)


def told(event: Event) -> dict[str, str]:
    """What those who come have to know: a change of any of it is told."""
    return {"title": event.title_ja, "when": written_when(own_when(event)), "place": event.place, "link": event.link}


def in_charge_until(ends_at: datetime, time_zone: str) -> date:
    """The last day on which organisers look at an event as such."""
    return local_time(ends_at + KEPT_FOR, time_zone).date()


def column(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="minutes")


def time_columns(when: When | None, time_zone: str) -> dict[str, Any]:
    """The columns of its time."""
    starts_at, ends_at = (None, None) if when is None else when.instants(time_zone)
    return {
        "starts_local": column(when.starts) if when else None,
        "ends_local": column(when.ends) if when else None,
        "whole_days": bool(when and when.whole_days),
        "starts_at": starts_at,
        "ends_at": ends_at,
    }
