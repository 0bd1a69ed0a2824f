from __future__ import annotations

from sqlalchemy import select

from bot.db import fetch
from bot.errors import Conflict, NotFound
from bot.features import Service
from bot.features.channels.places import places
from bot.features.channels.records import CHOSEN, Choice, Places, Roster, RosterLc
from bot.features.local_committees.models import LocalCommittee, State
from bot.features.organisations.models import Server, ServerPart
from bot.features.organisations.parts import note
from bot.features.people.actors import Actor
from bot.features.people.rules import Right
from bot.features.schools.models import Region, School
from bot.i18n import N_


class ChannelService(Service):
    async def roster(self, actor: Actor, choice: Choice) -> Roster:
        """What the channels of the actor's server are made from: the LCs, and what was noted.

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
        lcs = tuple(
            RosterLc(
                row.id,
                row.name_ja,
                row.name_en,
                row.region_id or 0,
                row.region_ja or "LC",
                row.region_en or "LCs",
                State(row.state) in CHOSEN[choice],
            )
            for row in rows
        )
        return Roster(actor.organisation.language, {row.key: row.discord_id for row in parts}, lcs)

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

    async def places(self, actor: Actor, lc_id: int) -> Places:
        """Where an LC can be reached on Discord.

        Raises:
            NotAllowed: the actor is neither an officer of that LC nor a national officer in office.
        """
        actor.require(Right.KEEP_LC_SERVER, lc_id)
        async with self.database.reading() as connection:
            return (await places(connection, actor.organisation.id, [lc_id]))[lc_id]


def _require_national(is_linked: bool, is_an_lcs_own: bool) -> None:
    if not is_linked:
        raise NotFound(N_("This server isn't linked to an organisation any more. Please run /setup again."))
    if is_an_lcs_own:
        raise Conflict(N_("This is an LC's own server. Please do this in a server of the organisation."))
