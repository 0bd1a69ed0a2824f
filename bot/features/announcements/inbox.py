"""What somebody finds without having got a message: all that was announced to them, and what of it still waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select

from bot.db import fetch
from bot.deliveries.schedule import local_time
from bot.errors import NotFound
from bot.features import Service
from bot.features.announcements.acknowledging import AcknowledgementService
from bot.features.announcements.loading import GONE, local
from bot.features.announcements.models import (
    Announcement,
    AnnouncementPerson,
    AnnouncementTarget,
    LcAcknowledgement,
    PersonAcknowledgement,
    State,
)
from bot.features.announcements.readable import FOR_OFFICERS, addressed_to, require_readable, sent_directly_to
from bot.features.announcements.records import Listed, Said
from bot.features.announcements.rules import WAITS_FOR
from bot.features.audiences.reach import lc_names
from bot.features.audiences.records import LcName
from bot.features.people.actors import Actor
from bot.features.questionnaires.models import AnswerSheet
from bot.paging import Part, fetch_part

#: Announcements of one page; a menu of Discord's holds as many.
LISTED = 25


@dataclass(frozen=True, slots=True)
class Waiting:
    """An announcement that the actor, or one of their LCs, hasn't acknowledged or answered. ``lc_id`` None: it waits
    for the actor themselves. The deadline is local."""

    announcement_id: int
    title: str
    lc_id: int | None
    questionnaire_id: int | None
    deadline: datetime | None


class InboxService(Service):
    async def inbox(self, actor: Actor, page: int = 0) -> Part[Listed]:
        """A page of what was announced to everybody, to one of the actor's LCs or to themselves, the latest first; what
        is for officers among themselves only if they are such an officer."""
        own = select(AnnouncementPerson.id).where(
            AnnouncementPerson.announcement_id == Announcement.id,
            AnnouncementPerson.person_id == (actor.person_id or 0),
        )
        to_all = Announcement.audience["rule"]["kind"].as_string() == "everyone"
        names = lc_names().order_by(None).subquery()
        query = (
            select(
                Announcement.id, Announcement.title, Announcement.sent_at, names.c.lc_id, names.c.name_ja,
                names.c.name_en,
            )
            .outerjoin(names, names.c.lc_id == Announcement.lc_id)
            .where(
                Announcement.organisation_id == actor.organisation.id,
                Announcement.state == State.SENT,
                or_(
                    and_(~FOR_OFFICERS, or_(to_all, addressed_to(actor.lc_ids))),
                    addressed_to(actor.officer_of),
                    own.exists(),
                    sent_directly_to(actor),
                ),
            )
            .order_by(Announcement.sent_at.desc(), Announcement.id.desc())
        )  # fmt: skip
        async with self.database.reading() as connection:
            found = await fetch_part(connection, query, page, LISTED)
        return found.each(
            lambda row: Listed(
                row.id,
                row.title,
                State.SENT,
                LcName(row.lc_id, row.name_ja, row.name_en) if row.lc_id is not None else None,
                row.sent_at,
                None,
            )
        )

    async def read(self, actor: Actor, announcement_id: int) -> Said:
        """What an announcement that was sent says, as it stands today.

        Raises:
            NotFound: none was sent in the actor's organisation.
            NotAllowed: it is for officers among themselves, and the actor isn't one of them.
        """
        async with self.database.reading() as connection:
            state = await require_readable(connection, actor, announcement_id)
        if state not in (State.SENT, State.TAKEN_BACK):
            raise NotFound(GONE)
        return await AcknowledgementService(self.database, self.clock).said(actor.organisation.id, announcement_id)

    async def waiting(self, actor: Actor) -> list[Waiting]:
        """What waits for the LCs of which the actor is an officer, and for themselves, the nearest deadline first."""
        now, queries = self.clock.now(), []
        if actor.officer_of:
            queries.append(self._for_lcs(actor, now))
        if actor.person_id is not None:
            queries.append(self._for_person(actor, actor.person_id, now))
        found: list[Waiting] = []
        async with self.database.reading() as connection:
            for query in queries:
                found += [
                    Waiting(row.id, row.title, row.lc_id, row.questionnaire_id, local(row.deadline_local))
                    for row in await fetch(connection, query)
                ]
        here = local_time(now, actor.organisation.time_zone)
        return sorted(found, key=lambda one: (one.deadline is None, one.deadline or here, one.announcement_id))

    def _for_lcs(self, actor: Actor, now: datetime) -> Any:
        return (
            select(*_COLUMNS, AnnouncementTarget.lc_id)
            .join(AnnouncementTarget, AnnouncementTarget.announcement_id == Announcement.id)
            .outerjoin(
                LcAcknowledgement,
                and_(
                    LcAcknowledgement.announcement_id == Announcement.id,
                    LcAcknowledgement.lc_id == AnnouncementTarget.lc_id,
                ),
            )
            .outerjoin(
                AnswerSheet,
                and_(
                    AnswerSheet.questionnaire_id == Announcement.questionnaire_id,
                    AnswerSheet.lc_id == AnnouncementTarget.lc_id,
                ),
            )
            .where(
                *self._recent(actor, now),
                AnnouncementTarget.lc_id.in_(actor.officer_of),
                _is_open(LcAcknowledgement),
            )
        )

    def _for_person(self, actor: Actor, person_id: int, now: datetime) -> Any:
        here = local_time(now, actor.organisation.time_zone)
        return (
            select(*_COLUMNS, AnswerSheet.lc_id)  # of a person's own sheet, or of none: there is no LC in it
            .join(AnnouncementPerson, AnnouncementPerson.announcement_id == Announcement.id)
            .outerjoin(
                PersonAcknowledgement,
                and_(
                    PersonAcknowledgement.announcement_id == Announcement.id,
                    PersonAcknowledgement.discord_user_id == actor.caller.discord_user_id,
                ),
            )
            .outerjoin(
                AnswerSheet,
                and_(
                    AnswerSheet.questionnaire_id == Announcement.questionnaire_id,
                    AnswerSheet.person_id == AnnouncementPerson.person_id,
                ),
            )
            .where(
                *self._recent(actor, now),
                AnnouncementPerson.person_id == person_id,
                or_(
                    Announcement.deadline_local.is_(None),
                    Announcement.deadline_local >= here.isoformat(timespec="minutes"),
                ),
                _is_open(PersonAcknowledgement),
            )
        )

    def _recent(self, actor: Actor, now: datetime) -> tuple[Any, ...]:
        return (
            Announcement.organisation_id == actor.organisation.id,
            Announcement.state == State.SENT,
            Announcement.lc_id.is_(None),
            Announcement.sent_at > now - WAITS_FOR,
        )


_COLUMNS = (Announcement.id, Announcement.title, Announcement.questionnaire_id, Announcement.deadline_local)


def _is_open(acknowledgement: type[LcAcknowledgement | PersonAcknowledgement]) -> Any:
    """Not answered where something is asked, not acknowledged where not."""
    return or_(
        and_(Announcement.questionnaire_id.is_(None), acknowledgement.id.is_(None)),
        and_(
            Announcement.questionnaire_id.is_not(None),
            or_(AnswerSheet.id.is_(None), AnswerSheet.is_complete.is_(False)),
        ),
    )
