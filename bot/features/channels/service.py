from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from bot.db import Reader, fetch
from bot.errors import Conflict, NotFound
from bot.features import Service
from bot.features.channels.rules import CHOSEN, Choice, OwnServer, Places, Roster, RosterLc, Spot
from bot.features.local_committees.models import LcState, LocalCommittee
from bot.features.local_committees.queries import with_lc
from bot.features.organisations.models import Server, ServerPart
from bot.features.organisations.parts import ANNOUNCEMENTS, PENDING, note
from bot.features.people.actors import Actor
from bot.features.people.changes import change_by
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
            lcs_here = select(
                LocalCommittee.id,
                LocalCommittee.state,
                Region.id.label("region_id"),
                Region.name_ja.label("region_ja"),
                Region.name_en.label("region_en"),
            )
            query = (
                with_lc(lcs_here)
                .outerjoin(Region, Region.id == School.region_id)
                .where(LocalCommittee.organisation_id == actor.organisation.id)
                .order_by(LocalCommittee.position, LocalCommittee.id)
            )
            rows = await fetch(connection, query)
        lcs = tuple(
            RosterLc(
                row.id,
                row.lc_ja,
                row.lc_en,
                row.region_id or 0,
                row.region_ja or "LC",
                row.region_en or "LCs",
                LcState(row.state) in CHOSEN[choice],
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
        async with change_by(self, actor, Right.BUILD_CHANNELS) as change:
            server = await change.session.scalar(
                select(Server).where(
                    Server.organisation_id == actor.organisation.id, Server.discord_guild_id == actor.caller.guild_id
                )
            )
            _require_national(server is not None, server is not None and server.lc_id is not None)
            assert server is not None
            await note(
                change.session,
                server,
                key,
                discord_id,
                at=change.now,
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
        raise NotFound(N_("This server is no longer linked to an organisation. Please run /setup again."))
    if is_an_lcs_own:
        raise Conflict(N_("This is an LC's own server. Please do this in one of the organisation's servers."))


async def places(reader: Reader, organisation_id: int, lc_ids: Collection[int]) -> dict[int, Places]:
    """The places of these LCs; an LC that has none is there too. One statement."""
    wanted = set(lc_ids)
    query = (
        select(
            Server.id,
            Server.discord_guild_id,
            Server.lc_id,
            Server.announcements_channel_id,
            Server.absent_since,
            ServerPart.key,
            ServerPart.discord_id,
        )
        .outerjoin(ServerPart, ServerPart.server_id == Server.id)
        .where(Server.organisation_id == organisation_id)
        .order_by(Server.id)
    )
    spots: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
    own: dict[int, OwnServer] = {}
    for row in await fetch(reader, query):
        made = row.discord_id if row.discord_id != PENDING else None
        if row.lc_id is None:
            what, of_lc, lc_id = (row.key or "").partition(":lc:")
            if of_lc and what in ("channel", "thread") and int(lc_id) in wanted:
                spot = spots[int(lc_id)].setdefault(row.id, {"guild": row.discord_guild_id, "since": row.absent_since})
                spot[what] = made
        elif row.lc_id in wanted and (row.lc_id not in own or row.key == ANNOUNCEMENTS):
            chosen = row.announcements_channel_id or (made if row.key == ANNOUNCEMENTS else None)
            own[row.lc_id] = OwnServer(row.discord_guild_id, chosen, row.absent_since)
    return {
        lc_id: Places(
            lc_id,
            tuple(
                Spot(server_id, spot["guild"], spot.get("channel"), spot.get("thread"), spot["since"])
                for server_id, spot in spots[lc_id].items()
            ),
            own.get(lc_id),
        )
        for lc_id in wanted
    }
