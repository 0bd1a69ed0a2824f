"""The process: start to ready against a bare client, and memory with 60 servers and 5,000 members."""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from benchmarks import Figure
from tests.support.processes import ROOT, bot_process, environment
from tests.wire.discord import WireDiscord, guild, wire_discord

#: Knows nothing but how to become ready, in the same address space and with the same intents.
_BARE = """
import os, discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL
Route.BASE = os.environ["TSUNAGU_DISCORD_API_URL"]
DiscordWebSocket.DEFAULT_GATEWAY = URL(os.environ["TSUNAGU_DISCORD_GATEWAY_URL"])
intents = discord.Intents(guilds=True, members=True)
class Bare(discord.Client):
    async def on_ready(self):
        print("ready", flush=True)
Bare(intents=intents, guild_ready_timeout=float(os.environ["TSUNAGU_GUILD_READY_TIMEOUT"])).run(
    os.environ["DISCORD_TOKEN"], log_handler=None)
"""
ROUNDS = 5


async def measure() -> list[Figure]:
    ours, bare = [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS):
            # Each start meets a Discord of its own: asked twice for the members of a server, it would make them wait.
            async with _discord() as discord:
                bare.append(await _bare(discord))
            async with _discord() as discord:
                seconds, megabytes = await _ours(discord, Path(folder))
            ours.append(seconds)
    return [
        Figure("process.start_ratio", statistics.median(ours) / statistics.median(bare), "x", 2.0),
        Figure("process.resident_memory", megabytes, "MiB", 256.0),
    ]


def _discord() -> AbstractAsyncContextManager[WireDiscord]:
    guilds = [guild(930_000_000_000_000_000 + n * 1_000_000, f"Server {n}", members=84) for n in range(60)]
    return wire_discord(guilds=guilds)


def _environment(discord: WireDiscord) -> dict[str, str]:
    # The same wait for servers on both sides, as in a real start.
    return {**discord.environment, "TSUNAGU_GUILD_READY_TIMEOUT": "2"}


async def _bare(discord: WireDiscord) -> float:
    begun = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _BARE, cwd=ROOT, env=environment(_environment(discord)),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    assert (await asyncio.wait_for(process.stdout.readline(), 60)).strip() == b"ready"
    seconds = time.perf_counter() - begun
    process.kill()
    await process.communicate()
    return seconds


async def _ours(discord: WireDiscord, folder: Path) -> tuple[float, float]:
    """Seconds to ready, and MiB that are resident then with all members known."""
    env = {
        **_environment(discord),
        "TSUNAGU_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/bench.db",
        "TSUNAGU_HTTP_PORT": "0",
        "TSUNAGU_LOG_FORMAT": "json",
    }
    begun = time.perf_counter()
    async with bot_process("run", env=env) as process:
        await process.logged("ready", "servers", 60)
        seconds = time.perf_counter() - begun
        await asyncio.sleep(1)
        status = await asyncio.to_thread(Path(f"/proc/{process.pid}/status").read_text)
        resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
        process.signal()
    return seconds, resident / 1024
