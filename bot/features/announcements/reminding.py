"""Following up on missing replies: kindly, privately, a few times, and then with a list for the officers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.deliveries.models import Lane, RecipientKind
from bot.deliveries.outbox import enqueue
from bot.deliveries.schedule import local_time
from bot.deliveries.values import Recipient
from bot.features import Service
from bot.features.announcements.models import Announcement, AnnouncementState
from bot.features.announcements.rules import DIRECT_TOLERANCE
from bot.features.announcements.status import OpenQuestion, open_question, status_of, to_remind
from bot.features.announcements.values import LcStatus, Status
from bot.features.audiences.places import officers_threads
from bot.features.audiences.reach import officers_to_reach
from bot.features.organisations.each import moment_of
from bot.i18n import N_
from bot.kit.messages import MessageKind
from bot.kit.moments import Moment

#: Reminders of several announcements are due in the same minute; a short wait makes them one message.
TOGETHER = timedelta(minutes=2)
REMINDER = MessageKind("announcements:reminder", N_("Announcement reminder to an LC"), keys="announcement")
SILENT = MessageKind("announcements:silent", N_("List of LCs that haven't replied"), keys="announcement")
#: It counts towards a person's weekly budget, so it may wait for the digest, which checks whether it is still needed.
#: Spared people don't get it.
OWN_REMINDER = MessageKind(
    "announcements:own_reminder",
    N_("Question reminder to a person"),
    lane=Lane.BULK,
    tolerance=timedelta(seconds=DIRECT_TOLERANCE),
    is_budgeted=True,
    is_reminder=True,
    keys="announcement",
)
#: The same holds for an LC's officer who gets a direct message.
_KINDLY: dict[RecipientKind, dict[str, Any]] = {
    RecipientKind.PERSON: {"is_budgeted": True, "is_reminder": True, "tolerance": DIRECT_TOLERANCE}
}


def reminder_subject(announcement_id: int) -> str:
    return f"announcement:{announcement_id}:reminders"


class ReminderService(Service):
    async def remind(self, announcement_id: int, number: int) -> None:
        """The job of a reminder. Each LC without a reply gets a message in its officers' thread, else to its officers
        who asked for direct messages. An LC with neither is on the officers' list later. Persons who were asked and
        haven't answered get a direct message if they asked for such messages."""
        now = self.clock.now()
        async with self.database.writing() as session:
            moment = await _moment(session, announcement_id, now)
            if moment is None:
                return
            organisation_id, today = moment.organisation_id, moment.today
            status = await status_of(session, organisation_id, announcement_id, today)
            if not _is_running(status, local_time(now, moment.time_zone)):
                return
            if status.addressed is not None:
                await self._remind_people(session, moment, announcement_id, number)
                return
            lc_ids = [one.lc.lc_id for one in to_be_reminded(status)]
            threads = await officers_threads(session, organisation_id, lc_ids)
            people = await officers_to_reach(session, organisation_id, lc_ids, today)
            news = [
                REMINDER.to(
                    recipient,
                    moment,
                    f"{announcement_id}:remind:{number}:{lc_id}:{recipient.ref}",
                    {"announcement": announcement_id, "lc": lc_id},
                    about=reminder_subject(announcement_id),
                    due_at=now + TOGETHER,
                    **_KINDLY.get(recipient.kind, {}),
                )
                for lc_id in lc_ids
                for recipient in _recipients(threads.get(lc_id), people.get(lc_id, []))
            ]
            await enqueue(session, news, now)

    async def _remind_people(self, session: AsyncSession, moment: Moment, announcement_id: int, number: int) -> None:
        news = [
            OWN_REMINDER.to(
                Recipient(RecipientKind.PERSON, user_id),
                moment,
                f"{announcement_id}:remind:{number}:person:{person_id}",
                {"announcement": announcement_id, "person": person_id},
                about=reminder_subject(announcement_id),
                due_at=moment.now + TOGETHER,
            )
            for person_id, user_id in await to_remind(session, announcement_id)
        ]
        await enqueue(session, news, moment.now)

    async def open_question(
        self, organisation_id: int, announcement_id: int, person_id: int, time_zone: str
    ) -> OpenQuestion | None:
        """The question to a person if it still waits for them, else None."""
        async with self.database.reading() as connection:
            here = local_time(self.clock.now(), time_zone)
            return await open_question(connection, organisation_id, announcement_id, person_id, here)

    async def follow_up(self, announcement_id: int) -> None:
        """The job after the last reminder: tell the officers how many haven't replied, and where the list is."""
        async with self.database.writing() as session:
            moment = await _moment(session, announcement_id, self.clock.now())
            if moment is None:
                return
            new = SILENT.to(
                Recipient(RecipientKind.OFFICERS, moment.organisation_id),
                moment,
                f"{announcement_id}:silent",
                {"announcement": announcement_id},
                about=reminder_subject(announcement_id),
            )
            await enqueue(session, [new], moment.now)

    async def still_open(self, organisation_id: int, announcement_id: int, lc_id: int | None = None) -> Status | None:
        """The announcement if it still waits for this LC, or for any; else None."""
        now = self.clock.now()
        async with self.database.reading() as connection:
            moment = await moment_of(connection, organisation_id, now)
            assert moment is not None
            status = await status_of(connection, organisation_id, announcement_id, moment.today)
        waited_for = {one.lc.lc_id for one in to_be_reminded(status)}
        if lc_id is None:
            silent = len(waited_for) or (status.addressed is not None and status.addressed.silent)
            return status if status.state is AnnouncementState.SENT and silent else None
        return status if _is_running(status, local_time(now, moment.time_zone)) and lc_id in waited_for else None


async def _moment(session: AsyncSession, announcement_id: int, now: datetime) -> Moment | None:
    """Its organisation, if the announcement was sent and not withdrawn."""
    query = select(Announcement.organisation_id).where(
        Announcement.id == announcement_id, Announcement.state == AnnouncementState.SENT
    )
    organisation_id = await session.scalar(query)
    return None if organisation_id is None else await moment_of(session, organisation_id, now)


def to_be_reminded(status: Status) -> list[LcStatus]:
    """The LCs that haven't replied and didn't answer "not this year" for its committee."""
    return [one for one in status.silent if not one.is_declined]


def _is_running(status: Status, now: datetime) -> bool:
    return status.state is AnnouncementState.SENT and (status.deadline is None or now < status.deadline)


def _recipients(thread_id: int | None, people: list[Recipient]) -> list[Recipient]:
    return people if thread_id is None else [Recipient(RecipientKind.THREAD, thread_id, "thread")]
