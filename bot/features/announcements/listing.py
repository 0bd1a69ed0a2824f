"""Lists of announcements for those who may write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select

from bot.db import fetch
from bot.deliveries.schedule import local_time
from bot.features import Service
from bot.features.announcements.loading import local
from bot.features.announcements.models import OPEN_STATES, Announcement, State
from bot.features.announcements.records import Listed
from bot.features.announcements.reminding import to_be_reminded
from bot.features.announcements.status import status_of
from bot.features.audiences.reach import lc_names
from bot.features.audiences.records import LcName
from bot.features.people.actors import Actor
from bot.features.people.rules import Right
from bot.paging import Part, fetch_part

#: A menu of Discord's holds as many.
LISTED = 25
_SENT = [State.SENT.value, State.TAKEN_BACK.value]
#: Without a deadline, LCs are waited for so long.
RECENT = timedelta(days=14)


class ListService(Service):
    async def drafts(self, actor: Actor, page: int = 0) -> Part[Listed]:
        """A page of what waits to be sent: the organisation's for national officers, each LC's for its own officers."""
        async with self.database.reading() as connection:
            query = self._query(actor, [state.value for state in OPEN_STATES])
            return (await fetch_part(connection, query, page, LISTED)).each(_listed)

    async def sent(self, actor: Actor, page: int = 0) -> Part[Listed]:
        """A page of what was sent, the latest first, to those who may see how it went."""
        async with self.database.reading() as connection:
            return (await fetch_part(connection, self._query(actor, _SENT), page, LISTED)).each(_listed)

    async def titled(self, actor: Actor, text: str) -> list[Listed]:
        """The latest 25 of all that was sent whose title has this text in it."""
        wanted = text.casefold()
        async with self.database.reading() as connection:
            rows = await fetch(connection, self._query(actor, _SENT))
        return [_listed(row) for row in rows if wanted in row.title.casefold()][:LISTED]

    def _query(self, actor: Actor, states: list[str]) -> Select[Any]:
        mine: Any = Announcement.lc_id.in_(actor.officer_of or [0])
        if actor.may(Right.ANNOUNCE_NATION):
            mine |= Announcement.lc_id.is_(None)
        names = lc_names().order_by(None).subquery()
        return (
            select(
                Announcement.id, Announcement.title, Announcement.state, Announcement.changed_at, Announcement.sent_at,
                Announcement.planned_local, names.c.lc_id, names.c.name_ja, names.c.name_en,
            )
            .outerjoin(names, names.c.lc_id == Announcement.lc_id)
            .where(Announcement.organisation_id == actor.organisation.id, Announcement.state.in_(states), mine)
            # Drafts, which aren't sent, keep the order in which they were begun.
            .order_by(func.coalesce(Announcement.sent_at, Announcement.created_at).desc(), Announcement.id.desc())
        )  # fmt: skip


def _listed(row: Row[Any]) -> Listed:
    return Listed(
        row.id,
        row.title,
        State(row.state),
        LcName(row.lc_id, row.name_ja, row.name_en) if row.lc_id is not None else None,
        row.sent_at or row.changed_at,
        local(row.planned_local),
    )


@dataclass(frozen=True, slots=True)
class Running:
    """An announcement for which LCs are still waited, or (``of_people``) persons who were asked something. ``silent``
    counts them; the deadline is local."""

    title: str
    silent: int
    all: int
    deadline: datetime | None
    of_people: bool = False


class RunningService(Service):
    async def running(self, organisation_id: int, time_zone: str) -> list[Running]:
        """What the organisation asked within two weeks, or with a deadline to come, and who is silent."""
        now = self.clock.now()
        here = local_time(now, time_zone)
        query = (
            select(Announcement.id)
            .where(
                Announcement.organisation_id == organisation_id,
                Announcement.state == State.SENT,
                Announcement.lc_id.is_(None),
                or_(
                    Announcement.deadline_local >= here.isoformat(timespec="minutes"),
                    and_(Announcement.deadline_local.is_(None), Announcement.sent_at > now - RECENT),
                ),
            )
            .order_by(Announcement.deadline_local.is_(None), Announcement.deadline_local, Announcement.id)
        )
        found = []
        async with self.database.reading() as connection:
            for row in await fetch(connection, query):
                status = await status_of(connection, organisation_id, row.id, here.date())
                if silent := len(to_be_reminded(status)):
                    found.append(Running(status.title, silent, len(status.lcs), status.deadline))
                elif (people := status.addressed) is not None and people.silent:
                    found.append(Running(status.title, people.silent, people.meant, status.deadline, of_people=True))
        return found
