"""A start with a great backlog: the bot answers people all the while."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from tests.wire.apart import wire_apart
from tests.wire.outbound import channel, fill, home, later, row, sending, states

GUILD = 920_000_000_000_000_000
OVERDUE, CHANNELS = 20_000, 1_000


async def test_twenty_thousand_overdue_rows_hold_no_answer_up(sqlite_url: str, tmp_path: Path) -> None:
    """Every answer within a second, though nothing paces the sending.

    To a thousand channels: with a channel for each row, discord.py would look through 20,000 limits at every message.
    """
    overdue = later(hours=-2)
    await fill(
        sqlite_url, [row(f"overdue-{n}", channel(n % CHANNELS), due_at=overdue) for n in range(OVERDUE)], guild=GUILD
    )
    async with wire_apart(guilds=[GUILD]) as discord:
        async with sending(discord, home(sqlite_url), tmp_path / "log") as process:
            await process.until_logged("ready")
            times: list[float] = []
            begun = time.monotonic()
            while (sent := (await states(sqlite_url))["sent"]) < OVERDUE:
                assert time.monotonic() - begun < 240, f"{sent} of {OVERDUE} were sent"
                times += await discord.ask_many(GUILD, 10, "lc show", {"lc": "1"}, at_once=1)
                await asyncio.sleep(0.1)
            seconds = time.monotonic() - begun
            assert await process.end() == 0
        seen = await discord.seen()
    print(
        [(round(t, 3), i) for i, t in sorted(enumerate(times), key=lambda x: -x[1])[:14]]
        if 0
        else sorted(((round(t, 3), i) for i, t in enumerate(times)), reverse=True)[:14]
    )
    print(f"\n{len(times)} answers, the slowest after {max(times):.3f} s; {OVERDUE / seconds:.0f} messages a second")
    assert max(times) < 1
    assert (seen.messages, seen.places, seen.problems) == (OVERDUE, CHANNELS, [])
