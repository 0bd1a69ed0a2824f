"""Deliveries over the wire: how fast a broadcast goes out, how late what is due together, and who waits meanwhile.

The stand-in for Discord runs in a process of its own, so that its work isn't counted as ours.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from benchmarks import Figure
from bot import schema
from bot.clock import SystemClock
from tests.support.databases import opened
from tests.support.processes import ROOT, environment
from tests.wire.apart import Seen, WireApart, wire_apart
from tests.wire.outbound import CHANNEL, add, fill, home, row, sending

GUILD = 930_000_000_000_000_000
CHANNELS = 1_000
RATE = 45.0
ROUNDS = 5
#: discord.py alone: the same message to the same channels at once, and nothing else.
_BARE = """
import asyncio, os, sys, time, discord
from discord.http import Route
Route.BASE = os.environ["TSUNAGU_DISCORD_API_URL"]
async def main():
    client = discord.Client(intents=discord.Intents.none())
    await client.login(os.environ["DISCORD_TOKEN"])
    def send(number):
        embed = discord.Embed(title="お知らせ", description=f"bare-{number}").set_footer(text="#1k9x")
        return client.get_partial_messageable(int(sys.argv[1]) + number).send(embed=embed, nonce=f"{number}")
    begun = time.perf_counter()
    await asyncio.gather(*(send(number) for number in range(int(sys.argv[2]))))
    print(time.perf_counter() - begun)
    await client.close()
asyncio.run(main())
"""


async def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with wire_apart(guilds=[GUILD]) as discord:
            return [
                *await _with_limits(discord, folder),
                await _without_limits(discord, folder),
                await _lateness(discord, folder),
                await _answers(discord, folder),
            ]


async def _new(folder: Path) -> str:
    """A new database with an organisation."""
    url = f"sqlite+aiosqlite:///{folder}/{time.monotonic_ns()}.db"
    async with opened(url) as database:
        await schema.upgrade(database)
    await fill(url, [], guild=GUILD)
    return url


async def _with_limits(discord: WireApart, folder: Path) -> list[Figure]:
    url = await _new(folder)
    await add(url, *(row(f"limits-{n}") for n in range(CHANNELS)))
    await discord.tell("forget", limits=True)
    async with sending(discord, home(url, TSUNAGU_SEND_RATE=str(RATE)), folder / "log"):
        seen = await _broadcast(discord)
    rate = (seen.messages - 1) / seen.seconds
    return [
        Figure("deliveries.share_of_limiter_rate", rate / RATE, "x", 0.9, at_least=True),
        Figure("deliveries.refused_429", seen.statuses.get("429", 0), "", 0.0),
    ]


async def _without_limits(discord: WireApart, folder: Path) -> Figure:
    """Ours from the instant at which all rows are due to the last message; the other from the first call to its last
    answer."""
    ours, bare = [], []
    for _ in range(ROUNDS):
        await discord.tell("forget", limits=False)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _BARE, str(CHANNEL), str(CHANNELS),
            cwd=ROOT, env=environment(discord.environment), stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        said, _ = await process.communicate()
        await _broadcast(discord)
        bare.append(float(said))
        ours.append(max(await _late(discord, folder, CHANNELS)))
    return Figure("deliveries.rate_against_bare", min(bare) / min(ours), "x", 0.6, at_least=True)


async def _broadcast(discord: WireApart) -> Seen:
    await discord.until(CHANNELS)
    seen = await discord.seen()
    assert (seen.messages, seen.places, seen.problems) == (CHANNELS, CHANNELS, [])
    return seen


async def _lateness(discord: WireApart, folder: Path) -> Figure:
    return Figure("deliveries.lateness_500_p99", _p99(await _late(discord, folder, 500)), "s", 1.0)


async def _late(discord: WireApart, folder: Path, count: int) -> list[float]:
    """So many rows are due at the same instant, without a pace: how many seconds after it each arrived."""
    url = await _new(folder)
    await discord.tell("forget", limits=False)
    ahead = 5.0
    due, due_at = time.monotonic() + ahead, SystemClock().now() + timedelta(seconds=ahead)
    await add(url, *(row(f"late-{n}", due_at=due_at) for n in range(count)))
    async with sending(discord, home(url), folder / "log") as process:
        await process.until_logged("ready")
        assert time.monotonic() < due - 0.5
        await discord.until(count)
        late = [at - due for at in (await discord.seen()).made_at]
    assert len(late) == count
    assert min(late) >= 0
    return late


async def _answers(discord: WireApart, folder: Path) -> Figure:
    """``/lc``, 16 at once, while a broadcast goes out at its pace."""
    url = await _new(folder)
    await add(url, *(row(f"answers-{n}") for n in range(5_000)))
    await discord.tell("forget", limits=True)
    async with sending(discord, home(url, TSUNAGU_SEND_RATE=str(RATE)), folder / "log") as process:
        await process.until_logged("ready")
        await discord.ask_many(GUILD, 50, "lc", {"lc": "1"}, at_once=4)
        times = await discord.ask_many(GUILD, 2_000, "lc", {"lc": "1"}, at_once=16)
        assert (await discord.tell("count")) < 5_000, "the broadcast was over too early"
    return Figure("deliveries.lc_show_p99_in_broadcast", _p99(times) * 1000, "ms", 150.0)


def _p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98]
