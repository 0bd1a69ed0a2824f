"""``python -m bot healthy``: is the bot that runs here ready? The health check of the container."""

from __future__ import annotations

import sys

import aiohttp

from bot.settings import Settings


async def ask(settings: Settings) -> int:
    """0 if it is ready, else 1 with one line that says what is wrong."""
    address = f"http://{settings.http_host}:{settings.http_port}/readyz"
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=4)) as http,
            http.get(address) as answer,
        ):
            if answer.status == 200:
                return 0
            print(await answer.text(), file=sys.stderr)
    except (aiohttp.ClientError, TimeoutError) as error:
        print(f"no answer ({type(error).__name__})", file=sys.stderr)
    return 1
