"""Several processes on one PostgreSQL database, and a process that only sends."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.support.databases import Databases, postgres_url
from tests.support.processes import bot_process, run_bot
from tests.wire.discord import WireDiscord, guild, wire_discord
from tests.wire.outbound import add, arrived, fill, home, row, rows, sending, until_states

GUILD = 920_000_000_000_000_000
COUNT = 10_000
LEASE = 5


@pytest.fixture
async def url(databases: Databases) -> str:
    if postgres_url() is None:
        pytest.skip("PostgreSQL is not installed, and TSUNAGU_TEST_POSTGRES_URL names none")
    return await databases.postgres()


@pytest.fixture
async def discord() -> AsyncIterator[WireDiscord]:
    async with wire_discord(guilds=[guild(GUILD, "Kansai")]) as discord:
        yield discord


def senders(discord: WireDiscord) -> Counter[str]:
    """How many messages each process made."""
    found = (one for messages in discord.messages.channels.values() for one in messages)
    return Counter(one["embeds"][0]["footer"]["text"].split()[0] for one in found)


async def _is_well(port: int) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/readyz") as answer:
        assert (answer.status, await answer.json()) == (200, {"status": "ok"})


async def test_two_processes_share_the_work_and_one_goes_on_when_the_other_is_killed(
    url: str, discord: WireDiscord, tmp_path: Path
) -> None:
    await fill(url, [row(f"share-{n}") for n in range(COUNT)])
    second_home = home(url, TSUNAGU_PROCESS_NAME="second")
    async with (
        sending(discord, home(url), tmp_path / "first", lease=LEASE) as first,
        sending(discord, second_home, tmp_path / "second", lease=LEASE, worker=True) as second,
    ):
        await discord.until(lambda: discord.messages.count >= COUNT // 2)
        await second.kill()
        left = [one.key for one in (await rows(url)).values() if one.claimed_by == "second"]
        assert left, "it had rows in hand"
        await until_states(url, {"sent": COUNT})
        assert await first.end() == 0
    print(f"\n{dict(senders(discord))}; {len(left)} rows taken over")
    assert set(arrived(discord).values()) == {1}
    assert len(arrived(discord)) == COUNT
    assert min(senders(discord).values()) > COUNT // 20, "both took their part"
    assert discord.gateway.identified == 1, "the second has no gateway session"


async def test_a_process_that_only_sends_has_no_gateway_session(url: str, discord: WireDiscord, tmp_path: Path) -> None:
    await fill(url, [row(f"worker-{n}") for n in range(20)])
    async with sending(discord, home(url), tmp_path / "log", worker=True) as process:
        await until_states(url, {"sent": 20})
        await add(url, *(row(f"worker-{n}") for n in range(20, 30)))
        await until_states(url, {"sent": 30})
        await _is_well((await process.until_logged("health server"))["port"])
        assert await process.end() == 0
    assert discord.gateway.identified == 0
    assert set(arrived(discord).values()) == {1}


async def test_run_with_worker_is_that_process_and_its_name_belongs_to_it_alone(url: str, discord: WireDiscord) -> None:
    settings = {**home(url), **discord.environment}
    async with bot_process("run", "--worker", env=settings) as first:
        await _is_well(await first.logged("health server", "port"))
        for arguments in (("run", "--worker"), ("run",)):
            second = await run_bot(*arguments, env=settings)
            assert second.code == 2
            assert second.err.splitlines()[-1].startswith("Another process called bot is using this database.")
        other = {**settings, "TSUNAGU_PROCESS_NAME": "other"}
        async with bot_process("run", "--worker", env=other) as third:
            await _is_well(await third.logged("health server", "port"))
            third.signal()
            assert (await third.finished()).code == 0
        first.signal()
        ended = await first.finished()
    assert ended.code == 0
    assert "Traceback" not in ended.err
    assert discord.gateway.identified == 0
    # Its name is free again at once.
    async with bot_process("run", "--worker", env=settings) as again:
        await _is_well(await again.logged("health server", "port"))


async def test_a_worker_needs_postgresql(sqlite_url: str) -> None:
    ended = await run_bot("run", "--worker", env={**home(sqlite_url), "DISCORD_TOKEN": "a.b.c"})
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.strip().startswith("Running several processes needs PostgreSQL")
