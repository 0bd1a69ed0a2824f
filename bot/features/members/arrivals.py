"""Who came to a server: greeted in gathered messages, whether or not the bot was there at that moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import fetch, insert_if_absent
from bot.deliveries.outbox import enqueue
from bot.features import Service
from bot.features.members import rules
from bot.features.members.greetings import farewells, kept_up, lock, placed, server_with_home
from bot.features.members.models import Arrival, Contact, Doorway, Profile
from bot.features.members.values import Greeting
from bot.features.organisations.models import Server
from bot.features.people.models import Person

#: How far what Discord tells may come out of its order.
OVERLAP = timedelta(minutes=5)


class ArrivalService(Service):
    async def arrived(self, guild_id: int, arrivals: Sequence[tuple[int, datetime]]) -> int:
        """Have newcomers (Discord id, when) greeted who haven't been greeted lately; returns how many.

        They share messages of up to fifty, which are filled all day. In a server that isn't linked, or has no home,
        nobody is greeted.
        """
        now = self.clock.now()
        async with self.database.writing() as session:
            server = await server_with_home(session, Server.discord_guild_id == guild_id)
            if server is None or not arrivals:
                return 0
            await insert_if_absent(session, Doorway, server_id=server.id, seen_until=server.linked_at)
            await lock(session, server.id)
            await _forget(session, now)
            recent = [(user, at) for user, at in arrivals if at >= now - rules.GREETING_KEPT]
            new = await self._note(session, server.id, recent)
            latest = max(at for _, at in arrivals)
            await session.execute(
                update(Doorway)
                .where(Doorway.server_id == server.id, Doorway.seen_until < latest)
                .values(seen_until=latest)
            )
            if server.home is None:
                return 0
            await enqueue(session, await placed(session, server, new, now), now)
        return len(new)

    async def keep_up(self, server_id: int, batch: int, mark: int, turn: int) -> None:
        """The job of a greeting: have it say who came since."""
        async with self.database.writing() as session:
            now = self.clock.now()
            await enqueue(session, await kept_up(session, server_id, batch, mark, turn, now), now)

    async def forget_greeted(self) -> int:
        """Forget who came more than a week ago, and have the greetings deleted in which nobody else is; how many people
        that were."""
        async with self.database.writing() as session:
            now = self.clock.now()
            forgotten = await _forget(session, now)
            await enqueue(session, await farewells(session, now), now)
        return forgotten

    async def seen_until(self) -> dict[int, datetime]:
        """For each linked server (Discord id), the time since when somebody may have come unnoticed."""
        query = select(Server.discord_guild_id, Server.linked_at, Doorway.seen_until).outerjoin(
            Doorway, Doorway.server_id == Server.id
        )
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        return {
            row.discord_guild_id: max(row.linked_at, row.seen_until - OVERLAP) if row.seen_until else row.linked_at
            for row in rows
        }

    async def greeting(self, batch: int) -> Greeting:
        """Who is greeted in one message."""
        theirs = and_(
            Person.organisation_id == Server.organisation_id, Person.discord_user_id == Arrival.discord_user_id
        )
        query = (
            select(Arrival.discord_user_id, Profile.id.label("profile_id"), Profile.contact)
            .join(Server, Server.id == Arrival.server_id)
            .outerjoin(Person, theirs)
            .outerjoin(Profile, Profile.person_id == Person.id)
            .where(Arrival.batch == batch)
            .order_by(Arrival.id)
        )
        async with self.database.reading() as connection:
            rows = await fetch(connection, query)
        return Greeting(
            tuple(row.discord_user_id for row in rows if row.profile_id is None),
            tuple(row.discord_user_id for row in rows if row.profile_id is not None),
            tuple(row.discord_user_id for row in rows if row.contact in (Contact.DIRECT, Contact.NOT)),
        )

    async def _note(self, session: AsyncSession, server_id: int, arrivals: Sequence[tuple[int, datetime]]) -> list[int]:
        """The rows of those who were not noted before."""
        insert: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        new: list[int] = []
        for start in range(0, len(arrivals), 1000):
            rows = [
                {"server_id": server_id, "discord_user_id": user, "arrived_at": at, "batch": 0}
                for user, at in arrivals[start : start + 1000]
            ]
            made = await session.scalars(
                insert(Arrival).values(rows).on_conflict_do_nothing().returning(Arrival.__table__.c.id)
            )
            new += made.all()
        return sorted(new)


async def _forget(session: AsyncSession, now: datetime) -> int:
    query = delete(Arrival).where(Arrival.arrived_at < now - rules.GREETING_KEPT).returning(Arrival.id)
    return len((await session.scalars(query.execution_options(synchronize_session=False))).all())
