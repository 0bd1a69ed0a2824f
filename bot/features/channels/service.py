from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import fetch
from bot.errors import Conflict, NotFound
from bot.features import Service
from bot.features.channels.places import places
from bot.features.channels.records import CHOSEN, Choice, Places, Roster, RosterLc
from bot.features.local_committees.models import LocalCommittee, State
from bot.features.organisations.models import Server, ServerPart
from bot.features.organisations.parts import note
from bot.features.people.actors import Actor
from bot.features.people.models import Person, Post, Term
from bot.features.people.rules import Right
from bot.features.schools.models import Region, School
from bot.i18n import N_

#: LC → (members, officers, former members, former officers), each Discord ids.
People = dict[int, tuple[set[int], set[int], set[int], set[int]]]


class ChannelService(Service):
    async def roster(self, actor: Actor, choice: Choice) -> Roster:
        """What the channels of the actor's server are made from: the LCs with their people, and what was noted.

        Raises:
            NotAllowed: the actor is no national officer in office.
            Conflict: the server is an LC's own.
        """
        actor.require(Right.BUILD_CHANNELS)
        async with self.database.reading() as connection:
            server = (
                await connection.execute(
                    select(Server.id, Server.lc_id).where(
                        Server.organisation_id == actor.organisation.id,
                        Server.discord_guild_id == actor.caller.guild_id,
                    )
                )
            ).one_or_none()
            _require_national(server is not None, server is not None and server.lc_id is not None)
            assert server is not None
            parts = await fetch(
                connection, select(ServerPart.key, ServerPart.discord_id).where(ServerPart.server_id == server.id)
            )
            query = (
                select(
                    LocalCommittee.id,
                    School.name_ja,
                    School.name_en,
                    LocalCommittee.state,
                    Region.id.label("region_id"),
                    Region.name_ja.label("region_ja"),
                    Region.name_en.label("region_en"),
                )
                .join(School, School.id == LocalCommittee.school_id)
                .outerjoin(Region, Region.id == School.region_id)
                .where(LocalCommittee.organisation_id == actor.organisation.id)
                .order_by(LocalCommittee.position, LocalCommittee.id)
            )
            rows = await fetch(connection, query)
            people = await _people(connection, actor.organisation.id, actor.today)
        lcs = []
        for row in rows:
            members, officers, former_members, former_officers = people[row.id]
            lcs.append(
                RosterLc(
                    row.id,
                    row.name_ja,
                    row.name_en,
                    row.region_id or 0,
                    row.region_ja or "LC",
                    row.region_en or "LCs",
                    State(row.state) in CHOSEN[choice],
                    frozenset(members),
                    frozenset(officers),
                    frozenset(former_members - members),
                    frozenset(former_officers - officers),
                )
            )
        return Roster(actor.organisation.language, {row.key: row.discord_id for row in parts}, tuple(lcs))

    async def note_part(self, actor: Actor, key: str, discord_id: int) -> None:
        """Remember what the bot is about to make (``PENDING``) or has made in the actor's server.

        Raises:
            NotAllowed: the actor is no national officer in office.
            NotFound: the server is not linked any more.
        """
        actor.require(Right.BUILD_CHANNELS)
        async with self.database.writing() as session:
            server = await session.scalar(
                select(Server).where(
                    Server.organisation_id == actor.organisation.id, Server.discord_guild_id == actor.caller.guild_id
                )
            )
            _require_national(server is not None, server is not None and server.lc_id is not None)
            assert server is not None
            await note(
                session,
                server,
                key,
                discord_id,
                at=self.clock.now(),
                by_discord_id=actor.caller.discord_user_id,
                origin=actor.caller.origin,
            )

    async def places(self, organisation_id: int, lc_ids: Collection[int]) -> dict[int, Places]:
        """Where these LCs can be reached on Discord. One statement, whatever the number of LCs."""
        async with self.database.reading() as connection:
            return await places(connection, organisation_id, lc_ids)


def _require_national(is_linked: bool, is_an_lcs_own: bool) -> None:
    if not is_linked:
        raise NotFound(N_("This server isn't linked to an organisation any more. Please run /setup again."))
    if is_an_lcs_own:
        raise Conflict(N_("This is an LC's own server. Please do this in a server of the organisation."))


async def _people(connection: AsyncConnection, organisation_id: int, today: date) -> People:
    query = (
        select(Term.lc_id, Person.discord_user_id, Post.is_officer, Term.starts_on, Term.ends_on)
        .join(Person, Person.id == Term.person_id)
        .join(Post, Post.id == Term.post_id)
        .where(
            Term.organisation_id == organisation_id,
            Term.lc_id.is_not(None),
            Person.discord_user_id.is_not(None),
            Term.starts_on <= today,
        )
    )
    people: People = defaultdict(lambda: (set(), set(), set(), set()))
    for row in await fetch(connection, query):
        members, officers, former_members, former_officers = people[row.lc_id]
        is_over = row.ends_on < today
        (former_members if is_over else members).add(row.discord_user_id)
        if row.is_officer:
            (former_officers if is_over else officers).add(row.discord_user_id)
    return people
