"""The one file that touches internals of discord.py: where its requests go, how long it waits for an answer, and which
of its tasks are handlers.

A REST proxy, or the tests' stand-in, is reached by other addresses than Discord's own; the library offers no setting
for them.
"""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot.settings import Settings

_API, _GATEWAY = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY


def point(settings: Settings) -> None:
    """Send REST and gateway where the settings say, or back to Discord where they say nothing."""
    assert discord.version_info[:2] == (2, 7), "look at these two names again before moving to another version"
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody here speaks; no need to warn
    Route.BASE = settings.discord_api_url or _API
    DiscordWebSocket.DEFAULT_GATEWAY = URL(settings.discord_gateway_url) if settings.discord_gateway_url else _GATEWAY


#: Seconds without a word from the other side, after which a request counts as lost (aiohttp's own is 300).
SILENCE = 15.0


def limit_silence(client: discord.Client) -> None:
    """Don't wait for ever for an answer. To be called after the login, which makes the session.

    Uploads may take longer: it is silence that is limited, not the whole.
    """
    session: aiohttp.ClientSession = client.http._HTTPClient__session  # type: ignore[attr-defined]
    session._timeout = aiohttp.ClientTimeout(total=None, sock_connect=SILENCE, sock_read=SILENCE)


#: How discord.py names the tasks in which commands, components and forms run.
_HANDLERS = ("CommandTree-invoker", "discord-ui-dynamic-item-", "discord-ui-modal-dispatch-")


def handlers_in_hand() -> set[asyncio.Task[Any]]:
    """The handlers of interactions that are running now."""
    return {task for task in asyncio.all_tasks() if task.get_name().startswith(_HANDLERS) and not task.done()}
