"""A start with a great backlog: the bot answers people all the while."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.support.waiting import HANG
from tests.wire.apart import wire_apart
from tests.wire.outbound import channel, fill, home, later, row, sending, states

GUILD = 920_000_000_000_000_000
OVERDUE, CHANNELS = 20_000, 1_000


async def test_twenty_thousand_overdue_rows_hold_no_answer_up(sqlite_url: str, tmp_path: Path) -> None:
    """People are answered between the messages, though nothing paces the sending. How fast: see ``make bench``.

    To a thousand channels: with a channel for each row, discord.py would look through 20,000 limits at every message.
    """
    overdue = later(hours=-2)
    await fill(
        sqlite_url, [row(f"overdue-{n}", channel(n % CHANNELS), due_at=overdue) for n in range(OVERDUE)], guild=GUILD
    )
    async with wire_apart(guilds=[GUILD]) as discord:
        async with sending(discord, home(sqlite_url), tmp_path / "log") as process:
            await process.until_logged("ready")
            during = answers = 0
            async with asyncio.timeout(10 * HANG):
                while (await states(sqlite_url))["sent"] < OVERDUE:
                    answers += len(await discord.ask_many(GUILD, 10, "lc", {"lc": "1"}, at_once=1))
                    if await discord.tell("count") < OVERDUE:
                        during = answers
                    await asyncio.sleep(0.1)
            assert await process.end() == 0
        seen = await discord.seen()
    print(f"\n{during} answers while {OVERDUE} messages went out")
    assert during >= 20, "nobody waits for the end of it"
    assert (seen.messages, seen.places, seen.problems) == (OVERDUE, CHANNELS, [])
