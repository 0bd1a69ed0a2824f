"""What the bot makes in servers: noting it, within somebody else's transaction (docs/decisions/0009)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import insert_if_absent
from bot.features.audit.service import record
from bot.features.organisations.models import Server, ServerPart

#: Stands for a part that is about to be made: if its row still says so later, a run was cut off just there.
PENDING = 0

#: The role of the national officers, which other parts lean on.
OFFICER_ROLE = "role:national_officers"
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
        record(
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
