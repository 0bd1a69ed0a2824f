"""Which servers are linked, for whoever runs the bot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from bot.features import Service
from bot.features.organisations.models import Organisation, Server, ServerPart


@dataclass(frozen=True, slots=True)
class KnownServer:
    """A linked server. ``parts``: key → Discord id of what the bot made there, 0 for what it was about to make."""

    guild_id: int
    name_ja: str
    name_en: str
    parts: Mapping[str, int] = field(default_factory=dict)
    #: An LC's own server, which has less in it.
    is_of_lc: bool = False


class ServerService(Service):
    async def known(self) -> list[KnownServer]:
        """Every linked server of every organisation."""
        async with self.database.reading() as connection:
            servers = await connection.execute(
                select(Server.id, Server.discord_guild_id, Server.lc_id, Organisation.name_ja, Organisation.name_en)
                .join(Organisation, Organisation.id == Server.organisation_id)
                .order_by(Server.id)
            )
            parts: dict[int, dict[str, int]] = {}
            found = await connection.execute(select(ServerPart.server_id, ServerPart.key, ServerPart.discord_id))
            for part in found:
                parts.setdefault(part.server_id, {})[part.key] = part.discord_id
        return [
            KnownServer(
                row.discord_guild_id, row.name_ja, row.name_en, parts.get(row.id, {}), is_of_lc=row.lc_id is not None
            )
            for row in servers
        ]
