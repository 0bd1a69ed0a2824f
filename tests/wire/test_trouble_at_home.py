"""What goes wrong at home, with the database and the clock, while a broadcast runs."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from tests.support.databases import Databases
from tests.support.waiting import until
from tests.wire.discord import Fault, WireDiscord, guild, wire_discord
from tests.wire.discord.messages import Messages
from tests.wire.outbound import Sending, arrived, fill, home, later, row, sending, states, until_states

GUILD = 920_000_000_000_000_000
COUNT = 300


@pytest.fixture
async def discord() -> AsyncIterator[WireDiscord]:
    async with wire_discord(guilds=[guild(GUILD, "Kansai")], messages=Messages()) as discord:
        yield discord


def everybody_got_one(discord: WireDiscord) -> None:
    assert len(arrived(discord)) == COUNT
    assert set(arrived(discord).values()) == {1}


async def _it_tries_again(process: Sending) -> None:
    """Wait until it has met the trouble with its database once more: both kinds of messages, or one of them twice."""
    seen = len(process.logged("deliveries wait for the database"))
    await until(lambda: len(process.logged("deliveries wait for the database")) >= seen + 2)


async def test_a_full_disk_stops_it_and_room_lets_it_go_on(
    discord: WireDiscord, sqlite_url: str, tmp_path: Path
) -> None:
    await fill(sqlite_url, [row(f"full-{n}") for n in range(COUNT)], guild=GUILD)
    async with (
        sending(discord, home(sqlite_url, TSUNAGU_SEND_RATE="40"), tmp_path / "log") as process,
        aiohttp.ClientSession() as http,
    ):
        port = (await process.until_logged("health server"))["port"]
        await discord.until(lambda: discord.messages.count >= 20)
        await process.tell(pages=1)
        stopped = await process.until_logged("deliveries wait for the database")
        assert stopped["reason"] == "OperationalError"
        async with http.get(f"http://127.0.0.1:{port}/readyz") as answer:
            assert answer.status == 503
            assert (await answer.json())["trouble"]["worker"] == "waits for the database (OperationalError)"
        _, shown = await discord.ask(GUILD, GUILD + 10_000, "home")
        assert shown["embeds"], "it still answers"
        await _it_tries_again(process)  # by then, what was on its way has arrived
        count = discord.messages.count
        await _it_tries_again(process)
        assert discord.messages.count == count < COUNT, "what can't be written down isn't sent"
        await process.tell(pages=0)
        await until_states(sqlite_url, {"sent": COUNT})
        async with http.get(f"http://127.0.0.1:{port}/readyz") as answer:
            assert answer.status == 200
        assert await process.end() == 0
    everybody_got_one(discord)


async def test_a_database_locked_longer_than_it_waits(discord: WireDiscord, sqlite_url: str, tmp_path: Path) -> None:
    await fill(sqlite_url, [row(f"locked-{n}") for n in range(COUNT)], guild=GUILD)
    async with sending(discord, home(sqlite_url, TSUNAGU_SEND_RATE="40"), tmp_path / "log") as process:
        await discord.until(lambda: discord.messages.count >= 20)
        with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite+aiosqlite:///"), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await process.until_logged("deliveries wait for the database")
            other.execute("COMMIT")
        await until_states(sqlite_url, {"sent": COUNT})
        assert await process.end() == 0
    everybody_got_one(discord)


async def test_a_clock_set_back_an_hour_while_it_sends(discord: WireDiscord, sqlite_url: str, tmp_path: Path) -> None:
    overdue = later(hours=-2)
    await fill(sqlite_url, [row(f"clock-{n}", due_at=overdue) for n in range(COUNT)])
    async with sending(discord, home(sqlite_url, TSUNAGU_SEND_RATE="40"), tmp_path / "log") as process:
        await discord.until(lambda: discord.messages.count >= 50)
        await process.tell(clock=-3600)
        await until_states(sqlite_url, {"sent": COUNT})
        assert await process.end() == 0
    everybody_got_one(discord)


async def test_a_clock_set_back_an_hour_between_a_crash_and_the_start(
    discord: WireDiscord, sqlite_url: str, tmp_path: Path
) -> None:
    """The attempts seem to lie ahead then, and Discord's own clock knows nothing of it; nor does it know the nonces."""
    await fill(sqlite_url, [row(f"clock-{n}", due_at=later(hours=-2)) for n in range(COUNT)])
    discord.messages.nonces_kept = 0
    discord.faults.weather = lambda method, path: Fault(delay=0.1, after=True) if path.endswith("/messages") else None
    async with sending(discord, home(sqlite_url), tmp_path / "log") as process:
        await process.tell(clock=3600)  # wrong by an hour, and set right afterwards
        await discord.until(lambda: discord.messages.count >= 100)
        await process.kill()
    assert (await states(sqlite_url))["claimed"] > 0
    async with sending(discord, home(sqlite_url), tmp_path / "log") as process:
        await until_states(sqlite_url, {"sent": COUNT})
    everybody_got_one(discord)
    assert discord.sent("GET", "/messages")


async def test_claims_of_a_clock_that_was_ahead_do_not_hold_for_hours(
    discord: WireDiscord, databases: Databases, tmp_path: Path
) -> None:
    url = await databases.sqlite_file(tmp_path / "tsunagu.db")
    await fill(url, [row(f"ahead-{n}", due_at=later(hours=-2)) for n in range(COUNT)])
    async with sending(discord, home(url, TSUNAGU_SEND_RATE="20"), tmp_path / "log") as process:
        await process.tell(clock=3600)
        await discord.until(lambda: discord.messages.count >= 20)
        await process.kill()
    # Another name: it has no claims of its own to take up, only those that hold until an hour from now.
    other = home(url, TSUNAGU_PROCESS_NAME="other")
    assert timedelta(hours=1) > timedelta(seconds=2 * 5)
    async with sending(discord, other, tmp_path / "log", lease=5, nonce_trusted=0) as process:
        await until_states(url, {"sent": COUNT})
    everybody_got_one(discord)
