"""The stand-in in a process of its own, seen from outside."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.support.processes import ROOT
from tests.support.waiting import HANG
from tests.wire.discord import TOKEN


@dataclass(frozen=True)
class Seen:
    """``seconds``: from the first message to the last. ``places``: channels that have messages."""

    messages: int
    places: int
    seconds: float
    made_at: list[float]
    repeats: int
    statuses: dict[str, int]
    problems: list[str]
    identified: int


class WireApart:
    def __init__(self, port: int, control: int, http: aiohttp.ClientSession) -> None:
        self.port, self._control, self._http = port, control, http

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DISCORD_TOKEN": TOKEN,
            "TSUNAGU_DISCORD_API_URL": f"http://127.0.0.1:{self.port}/api/v10",
            "TSUNAGU_DISCORD_GATEWAY_URL": f"ws://127.0.0.1:{self.port}/gateway",
            "TSUNAGU_GUILD_READY_TIMEOUT": "0",
        }

    async def tell(self, do: str, **order: Any) -> Any:
        """See ``Control`` in ``tests.wire.__main__``."""
        async with self._http.post(f"http://127.0.0.1:{self._control}/control", json={"do": do, **order}) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def seen(self) -> Seen:
        return Seen(**await self.tell("seen"))

    async def until(self, messages: int, seconds: float = HANG) -> None:
        async with asyncio.timeout(seconds):
            while await self.tell("count") < messages:  # noqa: ASYNC110 - it happens in another process
                await asyncio.sleep(0.05)

    async def ask_many(
        self, guild: int, count: int, command: str, options: Mapping[str, str], at_once: int
    ) -> list[float]:
        """Have ``count`` members use a command, such as ``lc``: the seconds that each waited."""
        values = [{"name": key, "type": 3, "value": value} for key, value in options.items()]
        times: list[float] = await self.tell(
            "ask", guild=guild, count=count, name=command, options=values, at_once=at_once
        )
        return times


@asynccontextmanager
async def wire_apart(**options: Any) -> AsyncIterator[WireApart]:
    """``guilds``: their ids; ``limits``: Discord's, or none; ``nonces_kept``: seconds."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.wire", json.dumps(options),
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        ports = json.loads(await asyncio.wait_for(process.stdout.readline(), HANG))
        async with aiohttp.ClientSession() as http:
            yield WireApart(ports["port"], ports["control"], http)
    finally:
        process.kill()
        await process.communicate()
