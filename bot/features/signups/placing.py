"""How places are given: the rules that organisers set, as they are before a sign-up is opened and as they are in it.

Times in it are wall times of what it belongs to, as people plan by the wall clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.deliveries.schedule import instant, local_time
from bot.errors import Invalid
from bot.features.signups.models import Mode, QuotaKind
from bot.features.signups.rules import BAD_NUMBER, Group
from bot.features.signups.rules import MOST as ANY_LIMIT
from bot.features.signups.values import NewQuota
from bot.i18n import N_

#: Years of study, groups that are told apart, and hours that an offer may hold, or the last call be before the start.
YEARS, MOST_GROUPS, LONGEST = 6, 8, 24 * 14

NO_LIMIT = N_("Places can only be kept where there is a limit. Please set the number of places first.")
TOO_MANY_KEPT = N_(
    "There are {limit} places, and {kept} would be kept. Please keep fewer, or set a larger number of places."
)
OVER_LIMIT = N_("There are {limit} places in all, so {seats} is too many here. Please enter a smaller number.")
NO_SEATS = N_("Please enter at least one place.")
BAD_YEARS = N_("Please enter years of study from 1 to {n}, such as 1 or 1-3.")
NO_GROUP = N_("Please say for whom: enter years of study, or choose the members of the LC.")
TWICE = N_("There is such a rule for these people already. Please remove that one first.")
MOST = N_("Up to {n} groups are possible. Please remove one first.")
LATE_OPENING = N_("Sign-up would open after it closes. Please check the times.")
LATE_RELEASE = N_("Places can be kept until sign-up closes at the latest. Please enter an earlier time, or nothing.")
BAD_HOURS = N_("Please enter a number of hours from 0 to {n}.")


@dataclass(frozen=True, slots=True)
class Seats:
    """A number of places for a group: kept for it until a time, or no more than that. ``is_lc``: only the members of
    the LC whose it is. ``first_year``, ``last_year``: years of study, both included; None for all."""

    kind: QuotaKind
    seats: int
    first_year: int | None = None
    last_year: int | None = None
    is_lc: bool = False
    until: datetime | None = None

    @property
    def group(self) -> tuple[Any, ...]:
        return self.kind, self.first_year, self.last_year, self.is_lc


@dataclass(frozen=True, slots=True)
class PlaceRules:
    """``held``: places that the organiser keeps back. ``per_lc``: so many of each LC at most. ``opens``: nobody can
    sign up before. ``last_call_hours``: before the start, from when the first to press gets a free place; 0: never."""

    mode: Mode = Mode.FIRST_COME
    limit: int | None = None
    held: int = 0
    per_lc: int | None = None
    groups: tuple[Seats, ...] = field(default=())
    opens: datetime | None = None
    last_call_hours: int = 6


def check(rules: PlaceRules, closes: datetime | None, most: int = ANY_LIMIT) -> None:
    """``closes``: the wall time at which sign-up ends, if it is known. ``most``: places that it may have. Raises
    Invalid: they can't be kept to."""
    numbers = [rules.limit, rules.held, rules.per_lc, *(one.seats for one in rules.groups)]
    if not all(0 <= one <= most for one in numbers if one is not None):
        raise Invalid(BAD_NUMBER, n=most)
    kept = rules.held
    for one in rules.groups:
        _check_group(one, closes)
        if one.kind is QuotaKind.RESERVED:
            kept += one.seats
        elif rules.limit is not None and one.seats > rules.limit:
            raise Invalid(OVER_LIMIT, limit=rules.limit, seats=one.seats)
    if len({one.group for one in rules.groups}) < len(rules.groups):
        raise Invalid(TWICE)
    if len(rules.groups) > MOST_GROUPS:
        raise Invalid(MOST, n=MOST_GROUPS)
    if kept and rules.limit is None:
        raise Invalid(NO_LIMIT)
    if rules.limit is not None and kept > rules.limit:
        raise Invalid(TOO_MANY_KEPT, limit=rules.limit, kept=kept)
    if rules.per_lc is not None and rules.per_lc < 1:
        raise Invalid(NO_SEATS)
    if rules.per_lc is not None and rules.limit is not None and rules.per_lc > rules.limit:
        raise Invalid(OVER_LIMIT, limit=rules.limit, seats=rules.per_lc)
    if rules.opens is not None and closes is not None and rules.opens >= closes:
        raise Invalid(LATE_OPENING)
    if not 0 <= rules.last_call_hours <= LONGEST:
        raise Invalid(BAD_HOURS, n=LONGEST)


def _check_group(one: Seats, closes: datetime | None) -> None:
    if one.seats < 1:
        raise Invalid(NO_SEATS)
    years = [year for year in (one.first_year, one.last_year) if year is not None]
    if not all(1 <= year <= YEARS for year in years) or years != sorted(years) or len(years) == 1:
        raise Invalid(BAD_YEARS, n=YEARS)
    if not years and not one.is_lc:
        raise Invalid(NO_GROUP)
    if one.until is not None and closes is not None and one.until > closes:
        raise Invalid(LATE_RELEASE)


def quotas_of(rules: PlaceRules, lc_id: int | None, time_zone: str) -> list[NewQuota]:
    """As a sign-up keeps them. Without an LC, nobody is a member of it."""
    found = [NewQuota(QuotaKind.PER_LC, rules.per_lc)] if rules.per_lc is not None else []
    for one in rules.groups:
        if not one.is_lc or lc_id is not None:
            until = None if one.until is None else instant(one.until, time_zone)
            group = lc_id if one.is_lc else None
            found.append(NewQuota(one.kind, one.seats, group, one.first_year, one.last_year, until))
    return found


def rules_in(
    groups: Iterable[Group],
    time_zone: str,
    *,
    mode: str,
    limit: int | None,
    held: int,
    opens_at: datetime | None,
    last_call_hours: int | None,
) -> PlaceRules:
    """Of a sign-up that is open, by its columns."""
    found = PlaceRules(
        Mode(mode),
        limit,
        held,
        opens=None if opens_at is None else local_time(opens_at, time_zone),
        last_call_hours=last_call_hours or 0,
    )
    for one in groups:
        if one.kind is QuotaKind.PER_LC:
            found = replace(found, per_lc=one.seats)
        else:
            until = None if one.until is None else local_time(one.until, time_zone)
            seats = Seats(one.kind, one.seats, one.first_year, one.last_year, one.lc_id is not None, until)
            found = replace(found, groups=(*found.groups, seats))
    return found


def moved(rules: PlaceRules, by: timedelta) -> PlaceRules:
    """The same for something that takes place earlier or later by so much."""
    groups = tuple(one if one.until is None else replace(one, until=one.until + by) for one in rules.groups)
    return replace(rules, groups=groups, opens=None if rules.opens is None else rules.opens + by)


def without_times(rules: PlaceRules) -> PlaceRules:
    """For something whose time isn't known yet."""
    return replace(rules, groups=tuple(replace(one, until=None) for one in rules.groups), opens=None)


def as_json(rules: PlaceRules) -> dict[str, Any]:
    """All but the limit, which stands beside it. Read again by ``from_json``."""
    groups = [
        [one.kind.value, one.seats, one.first_year, one.last_year, one.is_lc, _text(one.until)] for one in rules.groups
    ]
    return {
        "mode": rules.mode.value,
        "held": rules.held,
        "per_lc": rules.per_lc,
        "groups": groups,
        "opens": _text(rules.opens),
        "last_call_hours": rules.last_call_hours,
    }


def from_json(found: Mapping[str, Any] | None, limit: int | None) -> PlaceRules:
    """``found``: None where nothing was set."""
    if not found:
        return PlaceRules(limit=limit)
    groups = [
        Seats(QuotaKind(kind), seats, first, last, is_lc, _time(until))
        for kind, seats, first, last, is_lc, until in found["groups"]
    ]
    return PlaceRules(
        Mode(found["mode"]),
        limit,
        found["held"],
        found["per_lc"],
        tuple(groups),
        _time(found["opens"]),
        found["last_call_hours"],
    )


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="minutes")


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
