"""What a text can mean, and the instants of wall clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.errors import Invalid
from bot.i18n import N_

NOT_UNDERSTOOD = N_(
    "“{text}” can't be read as a date and time. Try something like 明日19時, 11/25 21:00 or in 2 hours."
)
NO_SUCH_DAY = N_("There's no such date as {text}. Please check it.")
TOO_FAR = N_("{text} is too far ahead. Please enter a time within ten years.")


class Unclear(Invalid):
    """It was understood, but more than one thing may be meant. The message names them."""


@dataclass(frozen=True, slots=True)
class Day:
    day: date


@dataclass(frozen=True, slots=True)
class Days:
    """``last`` belongs to it."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Moment:
    """``local``: what the clocks show there (naive); ``at``: the instant."""

    local: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class Span:
    start: Moment
    end: Moment


def on_the_clock(local: datetime, time_zone: str) -> Moment:
    """The moment at which the clocks of ``time_zone`` show ``local`` (naive).

    Raises:
        Unclear: they never show it, or twice.
        Invalid: it is beyond the calendar.
    """
    zone = ZoneInfo(time_zone)
    try:
        first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        shown = first.astimezone(zone).replace(tzinfo=None)
    except (OverflowError, ValueError):
        raise Invalid(TOO_FAR, text=str(local.year)) from None
    if shown != local:
        message = N_(
            "The clocks go forward then, so there's no {time} on {day}. Please choose an earlier or later time."
        )
        raise Unclear(message, day=local.date(), time=f"{local:%H:%M}")
    if first != second:
        message = N_(
            "The clocks go back then, so {time} happens twice on {day}. Please choose an earlier or later time."
        )
        raise Unclear(message, day=local.date(), time=f"{local:%H:%M}")
    return Moment(local, first)
