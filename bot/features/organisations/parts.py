"""Servers that are linked, and what the bot makes in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import insert_if_absent
from bot.features import Service
from bot.features.audit.service import add_entry
from bot.features.organisations.models import Organisation, OrganisationKind, Server, ServerPart

#: Marks a part that is about to be made: if its row still says so later, a run was cut off just there.
PENDING = 0
#: The role of the national officers, which other parts lean on.
OFFICER_ROLE = "role:national_officers"
#: That of the officers of LCs: of all of them, in an LC's own server of its own.
LC_OFFICER_ROLE = "role:lc_officers"
#: Where national officers are told of something.
OFFICER_CHANNEL = "channel:officers"
#: Where a server hears the nation's announcements, unless it has chosen a channel of its own.
ANNOUNCEMENTS = "channel:announcements"


async def note(
    session: AsyncSession, server: Server, key: str, discord_id: int, *, at: datetime, by_discord_id: int, origin: str
) -> None:
    """Remember what the bot is about to make (``PENDING``) or has made; what was made stands in the audit."""
    await insert_if_absent(session, ServerPart, server_id=server.id, key=key, discord_id=discord_id, made_at=at)
    await session.execute(
        update(ServerPart)
        .where(ServerPart.server_id == server.id, ServerPart.key == key)
        .values(discord_id=discord_id, made_at=at)
    )
    if discord_id != PENDING:
        add_entry(
            session,
            at=at,
            organisation_id=server.organisation_id,
            actor_discord_id=by_discord_id,
            origin=origin,
            action="server.part",
            subject_kind="server",
            subject_id=server.id,
            fields=(key,),
        )


@dataclass(frozen=True, slots=True)
class KnownServer:
    """A linked server. ``parts``: key → Discord id of what the bot made there, 0 for what it was about to make."""

    guild_id: int
    name_ja: str
    name_en: str
    parts: Mapping[str, int] = field(default_factory=dict)
    kind: OrganisationKind = OrganisationKind.ASSOCIATION
    #: An LC's own server, which has less in it.
    is_of_lc: bool = False


class ServerService(Service):
    async def known(self) -> list[KnownServer]:
        """Every linked server of every organisation."""
        async with self.database.reading() as connection:
            servers = await connection.execute(
                select(
                    Server.id,
                    Server.discord_guild_id,
                    Server.lc_id,
                    Organisation.name_ja,
                    Organisation.name_en,
                    Organisation.kind,
                )
                .join(Organisation, Organisation.id == Server.organisation_id)
                .order_by(Server.id)
            )
            parts: dict[int, dict[str, int]] = {}
            found = await connection.execute(select(ServerPart.server_id, ServerPart.key, ServerPart.discord_id))
            for part in found:
                parts.setdefault(part.server_id, {})[part.key] = part.discord_id
        return [
            KnownServer(
                row.discord_guild_id,
                row.name_ja,
                row.name_en,
                parts.get(row.id, {}),
                OrganisationKind(row.kind),
                is_of_lc=row.lc_id is not None,
            )
            for row in servers
        ]
