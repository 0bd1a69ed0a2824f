"""A broadcast while ``kill -9`` hits its process again and again: every recipient gets exactly one message.

``TSUNAGU_TEST_KILLS=500`` has it hit more often, ``TSUNAGU_TEST_SEED`` repeats a run's choices.
"""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path

import pytest

from bot.deliveries.models import RecipientKind
from bot.deliveries.values import Recipient
from tests.support.databases import Databases, postgres_url
from tests.support.waiting import until
from tests.wire.discord import Fault, WireDiscord, guild, wire_discord
from tests.wire.discord.messages import Messages
from tests.wire.outbound import arrived, fill, home, row, rows, sending, states, until_states

KILLS = int(os.environ.get("TSUNAGU_TEST_KILLS", "30"))
SEED = int(os.environ.get("TSUNAGU_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)
RECIPIENTS, PERSONS = 1_000, 100
#: Messages per second, 0 for no limit: with many kills it goes slower, so that the broadcast outlasts them.
RATE = 20 if KILLS > 100 else 0
GUILD = 920_000_000_000_000_000


async def _moment(discord: WireDiscord, chance: random.Random, kills_left: int) -> None:
    """Wait for the moment of a kill: while it starts, or some messages later, with a little more on top."""
    if chance.random() < 0.1:
        await asyncio.sleep(chance.uniform(0, 1.5))
        return
    count = discord.messages.count
    wanted = count + chance.randint(0, max(2, 2 * (RECIPIENTS - count) // (kills_left + 1)))
    await until(lambda: discord.messages.count >= min(wanted, RECIPIENTS))
    await asyncio.sleep(chance.expovariate(1 / 0.02))


@pytest.mark.parametrize("saved_by", ["its nonces", "its history"])
async def test_every_recipient_gets_exactly_one_message_whenever_it_is_killed(
    saved_by: str, databases: Databases, tmp_path: Path
) -> None:
    """Once Discord remembers nonces, as it does for minutes; once it forgets them before the process is back, so that
    only looking through the channels can help."""
    forgets = saved_by == "its history"
    if forgets and postgres_url() is not None:
        url = await databases.postgres()
    else:
        url = await databases.sqlite_file(tmp_path / "tsunagu.db")
    print(f"\nTSUNAGU_TEST_SEED={SEED} TSUNAGU_TEST_KILLS={KILLS}, saved by {saved_by}, {url.split(':')[0]}")
    chance = random.Random(SEED)
    people = [row(f"person-{n}", Recipient(RecipientKind.PERSON, 950_000_000_000_000_000 + n)) for n in range(PERSONS)]
    await fill(url, [*people, *(row(f"channel-{n}") for n in range(RECIPIENTS - PERSONS))])

    def slow(method: str, path: str) -> Fault | None:
        """Answers take their time, so that a kill finds messages at every stage."""
        is_message = method == "POST" and path.endswith("/messages")
        return Fault(delay=chance.uniform(0, 0.05), after=chance.random() < 0.5) if is_message else None

    own = home(url, TSUNAGU_SEND_RATE=str(RATE))
    messages = Messages(nonces_kept=0.1 if forgets else 180)
    options = {"nonce_trusted": 0.0} if forgets else {}
    async with wire_discord(guilds=[guild(GUILD, "Kansai")], messages=messages) as discord:
        discord.faults.weather = slow
        in_the_middle = 0
        kills = KILLS // 2 if forgets and KILLS <= 30 else KILLS  # each look through the channels takes its time
        for number in range(kills):
            async with sending(discord, own, tmp_path / "log", **options) as process:
                await _moment(discord, chance, kills - number)
                await process.kill()
            in_the_middle += (await states(url))["claimed"] > 0
        async with sending(discord, own, tmp_path / "log", **options) as process:
            await process.until_logged("ready")
            await until_states(url, {"sent": RECIPIENTS})
            assert await process.end() == 0
        looked = len(discord.sent("GET", "/messages"))
        print(f"{in_the_middle} kills with rows in hand, {messages.repeats} repeats known by nonce, {looked} look-ups")
    log = (tmp_path / "log").read_text()
    assert "Traceback" not in log
    counts = arrived(discord)
    assert len(counts) == RECIPIENTS
    assert set(counts.values()) == {1}, f"{sum(n - 1 for n in counts.values())} messages too many"
    found = await rows(url)
    assert all(discord.messages.find(one.channel_id, one.message_id) for one in found.values())
    if KILLS >= 30:
        assert in_the_middle > kills // 4, "it was hit while it worked"
        assert looked > 0 if forgets else messages.repeats > 0, "something had to be saved"
