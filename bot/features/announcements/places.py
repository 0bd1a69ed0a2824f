"""Where LCs and the organisation can be reached on Discord."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from bot.db import Reader, fetch
from bot.features.organisations.models import Server, ServerPart

ANNOUNCEMENTS = "channel:announcements"


@dataclass(frozen=True, slots=True)
class Spot:
    """An LC's channel and its officers' private thread in a server of the organisation, as far as they were made."""

    guild_id: int
    channel_id: int | None
    officers_thread_id: int | None
    role_id: int | None


@dataclass(frozen=True, slots=True)
class Places:
    lc_id: int
    spots: tuple[Spot, ...] = ()


async def places(reader: Reader, organisation_id: int, lc_ids: Collection[int]) -> dict[int, Places]:
    """The places of these LCs; an LC that has none is there too. One statement."""
    wanted = set(lc_ids)
    spots: dict[int, dict[int, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for guild_id, key, discord_id in await _parts(reader, organisation_id):
        what, of_lc, lc_id = key.partition(":lc:")
        if of_lc and discord_id and int(lc_id) in wanted:
            spots[int(lc_id)][guild_id][what] = discord_id
    return {
        lc_id: Places(
            lc_id,
            tuple(
                Spot(guild_id, made.get("channel"), made.get("thread"), made.get("role"))
                for guild_id, made in spots[lc_id].items()
                if "channel" in made or "thread" in made
            ),
        )
        for lc_id in wanted
    }


async def announcement_channels(reader: Reader, organisation_id: int) -> list[tuple[int, int]]:
    """(server, channel) for each of the organisation's own announcements channels."""
    return [
        (guild_id, discord_id)
        for guild_id, key, discord_id in await _parts(reader, organisation_id)
        if key == ANNOUNCEMENTS and discord_id
    ]


async def _parts(reader: Reader, organisation_id: int) -> list[tuple[int, str, int]]:
    query = (
        select(Server.discord_guild_id, ServerPart.key, ServerPart.discord_id)
        .join(ServerPart, ServerPart.server_id == Server.id)
        .where(Server.organisation_id == organisation_id)
        .order_by(Server.id, ServerPart.id)
    )
    return [(row.discord_guild_id, row.key, row.discord_id) for row in await fetch(reader, query)]
