"""Having all members of a server at hand, without waiting for them for ever."""

from __future__ import annotations

import asyncio

import discord
import structlog

log = structlog.get_logger("tsunagu.members")

#: Seconds. Discord answers such a request once per 30 s and server, else by an event that discord.py doesn't know.
CHUNK_WAIT = 60.0


async def all_members(guild: discord.Guild) -> bool:
    """Ask for the members if they aren't known; False if they didn't come: whoever needs them goes on with those that
    are known, and asks again at the next look."""
    if guild.chunked:
        return True
    try:
        async with asyncio.timeout(CHUNK_WAIT):
            await guild.chunk()  # over the gateway: at the start, some servers come late without their members
    except (TimeoutError, discord.DiscordException, OSError) as error:
        # Else the next one who asks would wait for the answer to this request, which never comes.
        guild._state._chunk_requests.pop(guild.id, None)
        log.warning("members not told", server=guild.id, why=type(error).__name__)
        return False
    return True
