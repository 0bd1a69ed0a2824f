"""Where discord.py's requests go. The one file that touches these internals of discord.py.

A REST proxy, or the tests' stand-in, is reached by other addresses than Discord's own; the library offers no setting
for them.
"""

from __future__ import annotations

import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot.settings import Settings

_API, _GATEWAY = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY


def point(settings: Settings) -> None:
    """Send REST and gateway where the settings say, or back to Discord where they say nothing."""
    assert discord.version_info[:2] == (2, 7), "look at these two names again before moving to another version"
    Route.BASE = settings.discord_api_url or _API
    DiscordWebSocket.DEFAULT_GATEWAY = URL(settings.discord_gateway_url) if settings.discord_gateway_url else _GATEWAY
