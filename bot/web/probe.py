"""``python -m bot healthy``: is the bot that runs here ready? The health check of the container."""

from __future__ import annotations

import sys

import aiohttp

from bot.settings import Settings


def local_address(settings: Settings) -> str:
    """The address at which the bot that runs here is asked. Not every system can connect to an address that stands for
    all of the machine's own, but each can connect to loopback."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.http_host, settings.http_host)  # noqa: S104 - compared
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.http_port}"


async def ask(settings: Settings) -> int:
    """0 if it is ready, else 1 with one line that says what is wrong."""
    address = f"{local_address(settings)}/readyz"
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
