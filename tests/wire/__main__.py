"""``python -m tests.wire``: the stand-in in a process of its own, so that its work isn't that of whoever measures.

It prints its port as a line and then does what it is told at ``/control`` until its standard input ends; what can be
told stands in ``Control``, who tells it is ``tests.wire.apart``.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from typing import Any

from aiohttp import web

from tests.wire.discord import Fault, Limits, WireDiscord, guild, wire_discord
from tests.wire.discord.limits import PATIENCE
from tests.wire.discord.messages import Messages


class Control:
    def __init__(self, discord: WireDiscord) -> None:
        self._discord = discord

    async def serve(self, request: web.Request) -> web.Response:
        order = await request.json()
        return web.json_response(await getattr(self, f"do_{order.pop('do')}")(**order))

    async def do_seen(self) -> dict[str, Any]:
        """What happened so far."""
        discord = self._discord
        made = discord.messages.made_at
        return {
            "messages": discord.messages.count,
            "places": len([one for one in discord.messages.channels.values() if one]),
            "seconds": made[-1] - made[0] if made else 0.0,
            "made_at": made,
            "repeats": discord.messages.repeats,
            "statuses": dict(Counter(str(one.status) for one in discord.requests)),
            "problems": discord.problems,
            "identified": discord.gateway.identified,
        }

    async def do_count(self) -> int:
        return self._discord.messages.count

    async def do_forget(self, limits: bool) -> None:
        """Begin with nothing, with Discord's limits or without any."""
        discord = self._discord
        discord.requests.clear()
        kept = discord.messages.nonces_kept
        discord.messages.__init__(nonces_kept=kept)  # type: ignore[misc]
        discord.limits = Limits(answered_within=PATIENCE) if limits else None

    async def do_faults(self, faults: list[dict[str, Any]]) -> None:
        self._discord.faults.add(*(Fault(**one) for one in faults))

    async def do_ask(
        self, guild: int, count: int, name: str, options: list[dict[str, Any]], at_once: int
    ) -> list[float]:
        """Have members use a command: the seconds that each waited."""
        users = (guild + 10_000 + number % 80 for number in range(count))
        return await self._discord.ask_many(guild, users, name, options, at_once)


async def main() -> None:
    told = json.loads(sys.argv[1])
    guilds = [guild(one, f"Server {one}", members=84) for one in told.get("guilds", [])]
    messages = Messages(nonces_kept=told.get("nonces_kept", 180))
    limits = Limits(answered_within=PATIENCE) if told.get("limits") else None
    async with wire_discord(guilds=guilds, messages=messages, limits=limits) as discord:
        runner = web.AppRunner(web.Application(), access_log=None, shutdown_timeout=0.1)
        runner.app.router.add_post("/control", Control(discord).serve)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        print(json.dumps({"port": discord.port, "control": runner.addresses[0][1]}), flush=True)
        await asyncio.to_thread(sys.stdin.buffer.read)
        await runner.cleanup()
        discord.problems.clear()  # whoever asked has seen them


asyncio.run(main())
