"""Having all members of a server at hand, without waiting for them for ever.

Discord tells them once per 30 s and server. It answers a request that comes sooner with an event that discord.py
doesn't know: its caller would wait for ever, and so would everybody who asks later.
"""

from __future__ import annotations

import asyncio
from typing import Any
from weakref import WeakKeyDictionary

import discord
import structlog
from discord.state import ChunkRequest, ConnectionState

log = structlog.get_logger("tsunagu.members")

#: Seconds that an answer may take, and the longest rest before the next request.
CHUNK_WAIT = 60.0
#: Requests before it is left to the next look at the server.
TRIES = 30
_REQUEST_MEMBERS = 8
#: Requests that Discord wouldn't answer → seconds after which it answers again.
_refused: WeakKeyDictionary[ChunkRequest, float] = WeakKeyDictionary()


def hear_of_limits(connection: ConnectionState[Any]) -> None:
    """Let a request that Discord won't answer end at once, for those who wait for it."""

    def told(data: Any) -> None:
        meta = data.get("meta") or {}
        if data.get("opcode") != _REQUEST_MEMBERS or "guild_id" not in meta:
            return
        guild_id = int(meta["guild_id"])
        request = connection._chunk_requests.get(guild_id)
        if request is None or meta.get("nonce") not in (None, request.nonce):
            return
        log.info("members not told yet", server=guild_id, retry_after=data.get("retry_after"))
        _refused[request] = float(data.get("retry_after") or CHUNK_WAIT)
        del connection._chunk_requests[guild_id]
        request.done()  # with nobody: discord.py's own start doesn't expect an error here

    connection.parsers["RATE_LIMITED"] = told


async def all_members(guild: discord.Guild) -> bool:
    """Ask for the members if they aren't known; False if they didn't come. The caller then goes on with those it knows,
    and asks again at the next look."""
    return await _ask(guild) is None


async def all_members_at_last(guild: discord.Guild) -> bool:
    """Ask until they have come; False if that has no end."""
    for _ in range(TRIES):
        rest = await _ask(guild)
        if rest is None:
            return True
        await asyncio.sleep(min(rest, CHUNK_WAIT))
        if guild.unavailable or guild._state._get_guild(guild.id) is not guild:
            return False  # it is looked at when it is back
    return False


async def _ask(guild: discord.Guild) -> float | None:
    """None if all are known, else the seconds after which to ask again."""
    if guild.chunked:
        return None
    requests = guild._state._chunk_requests
    asking = asyncio.ensure_future(guild.chunk())  # at the start, some servers come late without their members
    await asyncio.sleep(0)
    own = requests.get(guild.id)  # a new one, or that of somebody else who asked before
    try:
        async with asyncio.timeout(CHUNK_WAIT):
            await asking
    except (TimeoutError, discord.DiscordException, OSError) as error:
        # Else the next one who asks would wait for the answer to this request, which never comes.
        if own is not None and requests.get(guild.id) is own:
            del requests[guild.id]
        log.warning("members not told", server=guild.id, why=type(error).__name__)
        return 0.0 if isinstance(error, TimeoutError) else CHUNK_WAIT
    return _refused.get(own) if own is not None else None
