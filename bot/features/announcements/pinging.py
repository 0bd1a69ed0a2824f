"""Pings at the hour: whoever planned it may have left office since, or lost the right in Discord."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import local_date
from bot.db import fetch
from bot.deliveries.outbox import enqueue
from bot.features import Service
from bot.features.announcements.models import Announcement, Ping
from bot.features.announcements.notices import unpinged
from bot.features.announcements.sendable import reach_today
from bot.features.audiences.records import PostPlan, Reach
from bot.features.organisations.models import Organisation
from bot.features.people.models import Level, Person, Post, Term
from bot.features.people.rules import Holding, Right, decide


@dataclass(frozen=True, slots=True)
class PingPlan:
    """How it is to ping, by whose rights, and the messages that were to do so when it was planned."""

    ping: Ping
    discord_user_id: int
    posts: tuple[PostPlan, ...]


class PingService(Service):
    async def planned(self, announcement_id: int) -> PingPlan | None:
        """What has to be asked of Discord before it goes out; None: it pings nobody."""
        columns = (
            Announcement.organisation_id, Announcement.audience, Announcement.places, Announcement.ping,
            Announcement.ping_channels, Announcement.sent_by_discord_id, Organisation.time_zone,
        )  # fmt: skip
        query = select(*columns).join(Organisation, Organisation.id == Announcement.organisation_id)
        async with self.database.reading() as connection:
            rows: Sequence[Any] = await fetch(connection, query.where(Announcement.id == announcement_id))
            if not rows or not _pings(rows[0]):
                return None
            row = rows[0]
            reach = await reach_today(connection, row, row.time_zone, self.clock.now())
        return PingPlan(Ping(row.ping), row.sent_by_discord_id or 0, tuple(_pinging(row, reach)))


async def keep_allowed(
    session: AsyncSession, row: Announcement, reach: Reach, allowed: Collection[int], zone: str, now: datetime
) -> None:
    """Let it ping only where its sender still may: in office, and by Discord's word (``allowed``, channel ids). Where
    they may not any more, officers hear of it."""
    meant = {post.recipient_id for post in _pinging(row, reach)}
    if not meant:
        return
    in_office = await _is_in_office(session, row, zone, now)
    kept = meant & set(allowed) if in_office else set[int]()
    row.ping_channels = sorted(kept)
    if lost := len(meant - kept):
        await enqueue(session, [await unpinged(session, row, zone, now, lost, in_office=in_office)], now)


def _pings(row: Any) -> bool:
    return row.ping != Ping.NONE and bool(row.ping_channels)


def _pinging(row: Any, reach: Reach) -> list[PostPlan]:
    return [post for post in reach.posts if post.recipient_id in row.ping_channels] if _pings(row) else []


async def _is_in_office(session: AsyncSession, row: Announcement, zone: str, now: datetime) -> bool:
    columns = (
        Post.key, Post.name_ja, Post.name_en, Post.level, Post.is_officer, Term.lc_id, Term.starts_on, Term.ends_on,
    )  # fmt: skip
    query = select(*columns).join(Term, Term.post_id == Post.id).join(Person, Person.id == Term.person_id)
    theirs = (Person.organisation_id == row.organisation_id) & (Person.discord_user_id == row.sent_by_discord_id)
    holdings = [
        Holding(of.key, of.name_ja, of.name_en, Level(of.level), of.is_officer, of.lc_id, of.starts_on, of.ends_on)
        for of in await fetch(session, query.where(theirs))
    ]
    right = Right.ANNOUNCE_NATION if row.lc_id is None else Right.ANNOUNCE_LC
    return decide(holdings, right, local_date(now, zone), row.lc_id).allowed
