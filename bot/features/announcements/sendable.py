"""Can it go out as it stands? Asked when it is planned, and again at its hour: meanwhile it may have been changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.clock import local_date
from bot.db import Reader
from bot.deliveries import rules as delivery_rules
from bot.deliveries.models import Urgency
from bot.deliveries.schedule import instant
from bot.features.announcements import rules
from bot.features.announcements.models import Announcement
from bot.features.announcements.rules import Problem
from bot.features.audiences.models import Place
from bot.features.audiences.reach import resolve
from bot.features.audiences.records import Reach
from bot.features.audiences.rules import Audience
from bot.i18n import N_

TOO_EARLY_DEADLINE = N_("The deadline comes before it goes out. Please change one of the two.")
NOBODY = N_("Nobody would get it. Please choose to whom and where it goes.")


def urgency_of(row: Announcement) -> Urgency:
    return Urgency.URGENT if row.is_urgent else Urgency.DAILY


async def reach_today(reader: Reader, row: Any, zone: str, now: datetime) -> Reach:
    """Whom it would reach just now. ``row``: an announcement, or its columns that say where it belongs and goes."""
    audience, places = Audience.model_validate(row.audience), [Place(place) for place in row.places]
    return await resolve(reader, row.organisation_id, audience, places, local_date(now, zone))


def problem_of(row: Announcement, reach: Reach, zone: str, at: datetime, deadline: datetime | None) -> Problem | None:
    """Why it can't be sent at the instant ``at``; None if it can. By night, what isn't urgent goes out later.

    ``deadline``: local, the one with which it goes out.
    """
    problems = rules.text_problems(row.title, row.text_ja, row.text_en, row.link)
    if problems:
        return problems[0]
    if deadline is not None and instant(deadline, zone) <= delivery_rules.earliest(at, zone, urgency_of(row)):
        return Problem(TOO_EARLY_DEADLINE, {})
    return Problem(NOBODY, {}) if reach.is_empty else None
