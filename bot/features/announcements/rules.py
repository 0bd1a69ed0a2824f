"""What can be sent, when reminders go out, and when a series repeats: pure decisions."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.features.announcements.models import OPEN_STATES, AnnouncementState, CheckState
from bot.features.people.lifecycles import Lifecycle
from bot.i18n import N_
from bot.links import is_link
from bot.typed import NO_INK, name_problem

MAX_TITLE, MAX_TEXT, MAX_LINK = 100, 2_000, 500
#: Bytes of a file. Discord takes 10 MB from a bot; the file goes out once for each channel.
MAX_FILE = 8 * 1024 * 1024
MAX_REMINDERS = 3
#: When reminders go out, local time.
REMIND_AT = time(19)
#: Days before the deadline for reminders, the last one first; and the days between them without a deadline.
BEFORE_DEADLINE = (1, 3, 7)
BETWEEN = 3
#: After this many days no announcement is shown as waiting any more.
WAITS_FOR = timedelta(days=60)
#: If it is later than this, it doesn't go out without asking.
LATEST = timedelta(hours=24)
#: Seconds that a direct message may be late: it may have to wait for the digest of the week.
DIRECT_TOLERANCE = 8 * 86_400
NO_TITLE = N_("Please enter a title that people can read.")
NO_LINK = N_("That link can't be opened. Please copy it from your browser; it begins with https:// or http://.")

#: An occurrence of a series is made when it is scheduled.
ANNOUNCEMENTS = Lifecycle(AnnouncementState.DRAFT)
_SERIES = (AnnouncementState.REPEATING, AnnouncementState.PAUSED)
SENT_MEANWHILE = N_("It has already been sent. Nothing was changed.")
_NO_SERIES = N_("It isn't repeating right now. Please open it again.")
PLAN = ANNOUNCEMENTS.step(
    [AnnouncementState.DRAFT, AnnouncementState.SCHEDULED],
    AnnouncementState.SCHEDULED,
    SENT_MEANWHILE,
    action="announcement.plan",
)
PLAN_SERIES = ANNOUNCEMENTS.step(
    [AnnouncementState.DRAFT, *_SERIES], AnnouncementState.REPEATING, SENT_MEANWHILE, action="announcement.plan"
)
STOP = ANNOUNCEMENTS.step(OPEN_STATES, AnnouncementState.DRAFT, SENT_MEANWHILE, action="announcement.stop")
PAUSE = ANNOUNCEMENTS.step(_SERIES, AnnouncementState.PAUSED, _NO_SERIES, action="announcement.pause")
RESUME = ANNOUNCEMENTS.step(_SERIES, AnnouncementState.REPEATING, _NO_SERIES, action="announcement.pause")
DISCARD = ANNOUNCEMENTS.step(
    [AnnouncementState.DRAFT],
    AnnouncementState.DISCARDED,
    N_("It's scheduled. Cancel the schedule first, then discard it."),
    action="announcement.discard",
)
TAKE_BACK = ANNOUNCEMENTS.step(
    [AnnouncementState.SENT],
    AnnouncementState.TAKEN_BACK,
    N_("It hasn't been sent yet, or it has already been withdrawn. Please open its page again."),
    action="announcement.take_back",
)
#: What the bot does at the planned time, also if it can't be sent as it is or has lost its approval.
SEND = ANNOUNCEMENTS.step([AnnouncementState.SCHEDULED], AnnouncementState.SENT)
PUT_BACK = ANNOUNCEMENTS.step([AnnouncementState.SCHEDULED, AnnouncementState.REPEATING], AnnouncementState.DRAFT)
REST = ANNOUNCEMENTS.step([AnnouncementState.REPEATING], AnnouncementState.PAUSED)
END = ANNOUNCEMENTS.step(_SERIES, AnnouncementState.ENDED)

CHECKS = Lifecycle(CheckState.NONE, column="check_state")
_NOT_ASKED = N_("This review request is no longer open. Please open the draft again.")
ASK = CHECKS.step(tuple(CheckState), CheckState.ASKED)
APPROVE = CHECKS.step(
    [CheckState.ASKED, CheckState.RETURNED], CheckState.APPROVED, _NOT_ASKED, action="announcement.check"
)
RETURN = CHECKS.step(
    [CheckState.ASKED, CheckState.RETURNED], CheckState.RETURNED, _NOT_ASKED, action="announcement.check"
)
#: It was changed after it was approved.
ASK_ANEW = CHECKS.step([CheckState.APPROVED], CheckState.ASKED)
ASK_NOBODY = CHECKS.step(tuple(CheckState), CheckState.NONE, action="announcement.check")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something can't be sent, as a message id with its parameters."""

    message: str
    params: dict[str, Any]


def length(text: str) -> int:
    """The length of a text as Discord counts it at most: in UTF-16 units, where most emoji are two."""
    return len(text.encode("utf-16-le")) // 2


def text_problems(title: str, text_ja: str, text_en: str, link: str) -> list[Problem]:
    """The problems in the texts that have to be fixed before sending."""
    found = []
    for message, text, most in (
        (N_("The title has {n} characters; the limit is {most}. Please shorten it by {over}."), title, MAX_TITLE),
        (
            N_("The Japanese text has {n} characters; the limit is {most}. Please shorten it by {over}."),
            text_ja,
            MAX_TEXT,
        ),
        (
            N_("The English text has {n} characters; the limit is {most}. Please shorten it by {over}."),
            text_en,
            MAX_TEXT,
        ),
        (N_("The link has {n} characters; the limit is {most}. Please shorten it by {over}."), link, MAX_LINK),
    ):
        if (n := length(text)) > most:
            found.append(Problem(message, {"n": n, "most": most, "over": n - most}))
    if problem := name_problem(title):
        found.append(Problem(NO_TITLE if problem == NO_INK else problem, {}))
    if link and not is_link(link):
        found.append(
            Problem(
                NO_LINK,
                {},
            )
        )
    return found


def reminder_times(sent: datetime, deadline: datetime | None, count: int) -> list[datetime]:
    """The times of reminders (local, naive), at most ``count``, in order.

    With a deadline, 7, 3 and 1 days before it, counted from the last; without, every three days. Nobody is reminded
    within a day of the sending, nor after the deadline.
    """
    if deadline is None:
        days: Sequence[datetime] = [sent + timedelta(days=BETWEEN * (number + 1)) for number in range(count)]
    else:
        days = [deadline - timedelta(days=before) for before in sorted(BEFORE_DEADLINE[:count], reverse=True)]
    times = [datetime.combine(day.date(), REMIND_AT) for day in days]
    return [at for at in times if at >= sent + timedelta(days=1) and (deadline is None or at < deadline)]


def follow_up_time(sent: datetime, deadline: datetime | None, reminders: int) -> datetime:
    """When the sender gets the list of missing replies (local): a day after the last reminder or, with a deadline,
    three hours before it if the day has room for that."""
    times = reminder_times(sent, deadline, reminders)
    if deadline is not None:
        morning = datetime.combine(deadline.date(), time(9))
        return max(min(morning, deadline - timedelta(hours=3)), sent + timedelta(hours=1))
    return (times[-1] if times else sent + timedelta(days=BETWEEN)) + timedelta(days=1)


#: More than anybody plans; keeps a mistyped number from running forever.
MOST = 520


class Every(StrEnum):
    WEEK = "week"
    TWO_WEEKS = "two_weeks"
    #: The same day of each month; the last day where a month has no such day.
    MONTH = "month"
    #: The same weekday of each month, such as the 2nd Wednesday.
    NTH_WEEKDAY = "nth_weekday"
    LAST_WEEKDAY = "last_weekday"


class Repeat(BaseModel):
    """It ends after ``count`` times or after the day ``until``, if one of them is given."""

    model_config = ConfigDict(frozen=True)

    every: Every
    count: int | None = None
    until: date | None = None


def nth_of_month(day: date) -> int:
    """Its number among these weekdays of its month, from 1."""
    return (day.day - 1) // 7 + 1


def occurrence(repeat: Repeat, first: datetime, number: int) -> datetime | None:
    """The local time of an occurrence (``number`` from 0, which is ``first`` itself); None once the series is over."""
    if number >= min(repeat.count or MOST, MOST):
        return None
    at = datetime.combine(_day(repeat.every, first.date(), number), first.time()) if number else first
    return None if repeat.until is not None and at.date() > repeat.until else at


def _day(every: Every, first: date, number: int) -> date:
    if every is Every.WEEK:
        return first + timedelta(weeks=number)
    if every is Every.TWO_WEEKS:
        return first + timedelta(weeks=2 * number)
    year, month = divmod(first.year * 12 + first.month - 1 + number, 12)
    month += 1
    days = monthrange(year, month)[1]
    if every is Every.MONTH:
        return date(year, month, min(first.day, days))
    earliest = 1 if every is Every.NTH_WEEKDAY else days - 6
    begin = date(year, month, earliest)
    day = begin + timedelta(days=(first.weekday() - begin.weekday()) % 7)
    if every is Every.NTH_WEEKDAY:
        # There are four of each weekday in every month; a fifth isn't offered.
        day += timedelta(weeks=min(nth_of_month(first), 4) - 1)
    return day
