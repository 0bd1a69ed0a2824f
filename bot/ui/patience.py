"""One thing at Discord among many: its failure must not end the others, and they don't wait for it for ever."""

from __future__ import annotations

import asyncio

import aiohttp
import discord

#: What may go wrong with one thing; that it took too long is an ``OSError``, too.
FAILURES = (discord.DiscordException, aiohttp.ClientError, OSError)
#: Seconds. discord.py waits as long as Discord says, which for one route may be an hour.
MOST = 60.0


def limited() -> asyncio.Timeout:
    """Around a single request of a pass over many."""
    return asyncio.timeout(MOST)
