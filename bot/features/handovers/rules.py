"""When somebody is asked for a successor, and from when to when the next term runs. Pure decisions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from hashlib import sha256

from bot.features.handovers.models import HandoverState
from bot.features.people.lifecycles import Lifecycle
from bot.features.people.rules import GRACE_DAYS, fiscal_year
from bot.i18n import N_

#: Days before the end on which the holder is asked, unless the organisation says otherwise.
NOTICE_DAYS = (60, 30, 7)
#: Days after its own for which a notice may still be given, if the bot was away. Deliveries are kept for longer.
REMEMBERED = 60
#: Days after which the national officers are told of an LC's post that has nobody.
WEEK = 7

HANDOVERS = Lifecycle(HandoverState.NAMED)
_ANSWERED = N_("This has already been answered or withdrawn. Nothing was changed.")
ACCEPT = HANDOVERS.step([HandoverState.NAMED], HandoverState.ACCEPTED, _ANSWERED, action="handover.accept")
DECLINE = HANDOVERS.step([HandoverState.NAMED], HandoverState.DECLINED, _ANSWERED, action="handover.decline")
WITHDRAW = HANDOVERS.step([HandoverState.NAMED], HandoverState.WITHDRAWN, _ANSWERED, action="handover.withdraw")

#: Month and day on which an LC's new officers begin.
YearDay = tuple[int, int]


def last_day(ends_on: date, own: YearDay | None, today: date) -> date:
    """The last day in office: the day before the LC's own handover, if that comes before the end of the term."""
    if own is None:
        return ends_on
    return min(ends_on, _next(own, today + timedelta(days=1)) - timedelta(days=1))


def next_term(starts_on: date, own: YearDay | None) -> tuple[date, date]:
    """A term from a day to the LC's next handover, or else to the end of that fiscal year."""
    if own is None:
        return starts_on, fiscal_year(starts_on)[1]
    return starts_on, _next(own, starts_on + timedelta(days=1)) - timedelta(days=1)


def notice_due(days_left: int, notices: Iterable[int]) -> int | None:
    """Which notice is due: the last one whose day has come. None before the first one, after the end, and so long
    after its day that nobody would know any more whether it was said."""
    due = min((days for days in notices if 0 <= days_left <= days), default=None)
    return due if due is not None and due - days_left <= REMEMBERED else None


def takes_over(starts_on: date, predecessor_ends_on: date) -> bool:
    """Does a term that begins on ``starts_on`` follow one of the same post and place that ends on the other day?"""
    return predecessor_ends_on < starts_on <= predecessor_ends_on + timedelta(days=2 * GRACE_DAYS + 1)


def item_key(text: str) -> str:
    """An item of a checklist by its Japanese text, short enough for a menu's value."""
    return sha256(text.strip().encode()).hexdigest()[:16]


def is_year_day(month: int, day: int) -> bool:
    """Does every year have that day?"""
    try:
        date(2025, month, day)
    except ValueError:
        return False
    return True


def _next(own: YearDay, earliest: date) -> date:
    this_year = date(earliest.year, *own)
    return this_year if this_year >= earliest else date(earliest.year + 1, *own)
