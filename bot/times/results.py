"""What a text can mean, and the instants of wall clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.errors import Invalid
from bot.i18n import N_

NOT_UNDERSTOOD = N_("I don't understand “{text}”. Please write it like 明日19時, 11/25 21:00 or in 2 hours.")
NO_SUCH_DAY = N_("There is no {text} on the calendar.")
TOO_FAR = N_("{text} is too far ahead. Please choose a time within ten years.")


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
        message = N_("The clocks are put forward then: {day} has no {time}. Please choose an earlier or a later time.")
        raise Unclear(message, day=local.date(), time=f"{local:%H:%M}")
    if first != second:
        message = N_("The clocks are put back then: {day} has {time} twice. Please choose an earlier or a later time.")
        raise Unclear(message, day=local.date(), time=f"{local:%H:%M}")
    return Moment(local, first)
