"""Notices to officers about an announcement that doesn't go as planned."""

from __future__ import annotations

from datetime import datetime

from bot.db import Reader
from bot.deliveries.models import RecipientKind
from bot.deliveries.values import NewDelivery, Recipient
from bot.features.announcements.models import Announcement
from bot.features.announcements.rules import Problem
from bot.features.audiences.places import officers_threads
from bot.features.people.changes import Change
from bot.i18n import N_
from bot.kit.messages import MessageKind
from bot.kit.moments import Moment

MISSED = MessageKind("announcements:missed", N_("Notice that an announcement wasn't sent"), keys="announcement")
#: It went out without its planned ping.
UNPINGED = MessageKind(
    "announcements:unpinged", N_("Notice that an announcement went out without a ping"), keys="announcement"
)
#: Asks the reviewer, and tells the officer who asked how the review went.
CHECK = MessageKind("announcements:check", N_("Request to review an announcement"), keys="announcement")


async def officers_place(reader: Reader, row: Announcement) -> Recipient | None:
    """The private place of the officers who sent it; None for an LC that has no such place."""
    if row.lc_id is None:
        return Recipient(RecipientKind.OFFICERS, row.organisation_id)
    thread_id = (await officers_threads(reader, row.organisation_id, [row.lc_id])).get(row.lc_id)
    return Recipient(RecipientKind.THREAD, thread_id) if thread_id is not None else None


async def missed(
    reader: Reader, row: Announcement, zone: str, planned: datetime, now: datetime, problem: Problem | None = None
) -> NewDelivery:
    """It should have gone out at ``planned`` (local) and didn't. ``problem``: why it can't be sent as it is; None if
    the bot missed its time."""
    nation = Recipient(RecipientKind.OFFICERS, row.organisation_id)
    why = {"why": problem.message, "params": problem.params} if problem is not None else {}
    at = planned.isoformat(timespec="minutes")
    return MISSED.to(
        await officers_place(reader, row) or nation,
        Moment(row.organisation_id, zone, now),
        f"{row.id}:missed:{row.plan}:{at}",
        {"announcement": row.id, "planned": at, **why},
        about=f"announcement:{row.id}:missed",
    )


async def unpinged(
    reader: Reader, row: Announcement, zone: str, now: datetime, channels: int, *, in_office: bool
) -> NewDelivery:
    """It pings nobody in so many channels, as its planner may not any more. ``in_office``: Discord says so; else their
    term is over."""
    return UNPINGED.to(
        await officers_place(reader, row) or Recipient(RecipientKind.OFFICERS, row.organisation_id),
        Moment(row.organisation_id, zone, now),
        f"{row.id}:unpinged",
        {"announcement": row.id, "channels": channels, "in_office": in_office},
        about=f"announcement:{row.id}:unpinged",
    )


async def check(change: Change, row: Announcement, user_id: int, *, was_changed: bool = False) -> list[NewDelivery]:
    """Tell one officer (``user_id``) the state of its review in the officers' private place. An LC without such a
    place sees it on the home page. ``was_changed``: it changed after the review."""
    recipient = await officers_place(change.session, row)
    if recipient is None:
        return []
    return [
        CHECK.to(
            recipient,
            change.moment,
            f"{row.id}:check:{row.version}:{row.check_state}:{change.now:%Y%m%dT%H%M%S%f}",
            {"announcement": row.id, "user": user_id, "state": row.check_state, "changed": was_changed},
            about=f"announcement:{row.id}:check",
        )
    ]
