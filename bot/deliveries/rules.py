"""When a message may go out, and what follows a failure. Pure decisions."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta

from bot.deliveries.models import Urgency
from bot.deliveries.schedule import instant, local_time

#: Between these local hours only urgent messages go out.
QUIET_FROM, QUIET_UNTIL = time(22), time(8)
#: Unasked messages to a plain member within seven days; the rest waits for the digest.
WEEKLY_PINGS = 3
#: Gathered messages to the thread of an LC's officers within seven days. All that isn't urgent counts there.
WEEKLY_IN_THREAD = 2
WEEK = timedelta(days=7)
#: The digest of the week: Sunday, 18:00.
DIGEST_WEEKDAY, DIGEST_TIME = 6, time(18)
#: Seconds to wait after a failure: at first, and at most.
FIRST_WAIT, LONGEST_WAIT = 5.0, 86_400.0
#: Seconds after an attempt within which Discord surely still knows its nonce ("the past few minutes").
NONCE_TRUSTED = 60.0


def earliest(wanted: datetime, time_zone: str, urgency: Urgency) -> datetime:
    """The first instant from ``wanted`` on at which a message of this urgency may go out."""
    if urgency is Urgency.URGENT:
        return wanted
    local = local_time(wanted, time_zone)
    if urgency is Urgency.DIGEST:
        day = local.date() + timedelta(days=(DIGEST_WEEKDAY - local.weekday()) % 7)
        at = instant(datetime.combine(day, DIGEST_TIME), time_zone)
        return at if at >= wanted else instant(datetime.combine(day + timedelta(days=7), DIGEST_TIME), time_zone)
    if local.time() >= QUIET_FROM:
        return instant(datetime.combine(local.date() + timedelta(days=1), QUIET_UNTIL), time_zone)
    if local.time() < QUIET_UNTIL:
        return instant(datetime.combine(local.date(), QUIET_UNTIL), time_zone)
    return wanted


def over_budget(sent_this_week: int, urgency: Urgency, *, is_budgeted: bool, in_thread: bool = False) -> bool:
    """Has this recipient reached the week's budget, so that the message waits for the digest?"""
    most = WEEKLY_IN_THREAD if in_thread else WEEKLY_PINGS
    return is_budgeted and urgency is Urgency.DAILY and sent_this_week >= most


def wait_after(attempts: int, chance: random.Random) -> timedelta:
    """How long to wait after the ``attempts``-th failure (from 1): doubling, with jitter, a day at most."""
    longest = min(FIRST_WAIT * 2 ** min(attempts - 1, 20), LONGEST_WAIT)
    return timedelta(seconds=longest * chance.uniform(0.5, 1.0))


def is_too_late(due_at: datetime, tolerance: int | None, now: datetime) -> bool:
    return tolerance is not None and now > due_at + timedelta(seconds=tolerance)


def nonce_is_trusted(attempted_at: datetime | None, now: datetime, seconds: float = NONCE_TRUSTED) -> bool:
    """May an attempt simply be repeated with its nonce, without checking whether it arrived?"""
    # If a clock was set back, the attempt lies in the future and its age is unknown.
    return attempted_at is not None and timedelta(0) <= now - attempted_at <= timedelta(seconds=seconds)
