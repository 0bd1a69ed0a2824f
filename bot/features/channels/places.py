"""LC → where it can be reached on Discord: what whoever sends something to LCs asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from bot.db import Reader, fetch
from bot.features.channels.records import OwnServer, Places, Spot
from bot.features.organisations.models import Server, ServerPart
from bot.features.organisations.parts import ANNOUNCEMENTS, PENDING


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
