"""What goes wrong at Discord or on the way there: nothing is lost, nothing comes twice, the state tells the truth."""

from __future__ import annotations

import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.deliveries.models import RecipientKind
from bot.deliveries.values import Recipient
from tests.wire.discord import Fault, WireDiscord, guild, wire_discord
from tests.wire.discord.faults import storm
from tests.wire.outbound import (
    CHANNEL,
    Sending,
    add,
    arrived,
    channel,
    fill,
    home,
    row,
    rows,
    sending,
    until_states,
)

GUILD = 920_000_000_000_000_000
SEED = int(os.environ.get("TSUNAGU_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)


@dataclass(frozen=True)
class Case:
    """``fault`` meets the messages to a channel; in the end there are ``messages`` of them, and the row is in
    ``state`` with ``code``. ``tries``: requests at least and at most."""

    name: str
    fault: Fault
    state: str = "sent"
    messages: int = 1
    code: str | None = None
    tries: tuple[int, int] = (2, 2)


#: discord.py itself tries 500 and 502 five times; what comes after that is ours.
CASES = [
    Case("500 after creating", Fault(status=500, after=True)),
    Case("500 after creating, each time it tries", Fault(status=500, after=True, times=5), tries=(6, 6)),
    Case("502", Fault(status=502)),
    Case("502 each time it tries", Fault(status=502, times=5), tries=(6, 6)),
    Case("503", Fault(status=503)),
    Case("503 after creating", Fault(status=503, after=True)),
    Case("504 after creating", Fault(status=504, after=True)),
    Case("429 with Via", Fault(status=429)),
    Case("429 without Via", Fault(status=429, via=False)),
    Case("global 429", Fault(status=429, is_global=True)),
    Case("global 429 without Via", Fault(status=429, is_global=True, via=False, retry_after=1)),
    Case("line closed before it was made", Fault(drop="close")),
    Case("line closed after it was made", Fault(drop="close", after=True)),
    Case("line reset before it was made", Fault(drop="reset")),
    Case("line reset after it was made", Fault(drop="reset", after=True)),
    Case("silence before it was made", Fault(delay=20, drop="close")),
    Case("silence after it was made", Fault(delay=20, drop="close", after=True)),
    Case("slow", Fault(delay=8), tries=(1, 1)),
    Case("deleted channel", Fault(status=404, code=10003, times=99), "failed", 0, "10003", (1, 1)),
    Case("missing permission", Fault(status=403, code=50013, times=99), "failed", 0, "50013", (1, 1)),
    Case("missing access", Fault(status=403, code=50001, times=99), "failed", 0, "50001", (1, 1)),
]


@pytest.fixture
async def discord() -> AsyncIterator[WireDiscord]:
    async with wire_discord(guilds=[guild(GUILD, "Kansai")]) as discord:
        yield discord


async def test_each_fault_alone(discord: WireDiscord, sqlite_url: str, tmp_path: Path) -> None:
    """Every fault meets a channel of its own; they don't disturb each other, so that they may happen side by side."""
    for number, case in enumerate(CASES):
        case.fault.part = f"/channels/{CHANNEL + number}/messages"
        discord.faults.add(case.fault)
    await fill(sqlite_url, [row(f"case-{n}") for n in range(len(CASES))])
    notices = 3  # to the officers, in a minute
    wanted = {"sent": len(CASES) - 3, "failed": 3, "pending": notices}
    async with sending(discord, home(sqlite_url), tmp_path / "log") as process:
        await process.until_logged("ready")
        await until_states(sqlite_url, wanted)
        assert await process.end() == 0
    found, counts = await rows(sqlite_url), arrived(discord)
    for number, case in enumerate(CASES):
        one = found[f"case-{number}"]
        tries = len(discord.sent("POST", f"/channels/{CHANNEL + number}/messages"))
        assert (case.name, one.state, counts[CHANNEL + number]) == (case.name, case.state, case.messages)
        assert (case.name, one.error_code) == (case.name, case.code)
        assert case.tries[0] <= tries <= case.tries[1], f"{case.name}: {tries} requests"
        if case.messages:
            assert discord.messages.find(one.channel_id, one.message_id)
    causes = {key.split(":")[3] for key in found if key.startswith("deliveries:trouble")}
    assert causes == {"10003", "50013", "50001"}, "the officers hear of each cause"
    assert "Traceback" not in process.said


async def test_a_closed_direct_message_goes_the_way_round(
    discord: WireDiscord, sqlite_url: str, tmp_path: Path
) -> None:
    closed, open_ = (Recipient(RecipientKind.PERSON, 950_000_000_000_000_000 + n) for n in range(2))
    discord.messages.closed.add(closed.id)
    await fill(
        sqlite_url,
        [row("closed", closed), row("round", closed, fallback=channel(7)), row("open", open_, fallback=channel(8))],
    )
    async with sending(discord, home(sqlite_url), tmp_path / "log") as process:
        await until_states(sqlite_url, {"unreachable": 2, "sent": 2})
        await process.until_logged("ready")
    found = await rows(sqlite_url)
    assert found["closed"].error_code == found["round"].error_code == "50007"
    assert found["round:fallback"].state == "sent"
    assert arrived(discord) == {CHANNEL + 7: 1, discord.messages.direct(open_.id): 1}


async def test_a_storm_of_all_faults(discord: WireDiscord, sqlite_url: str, tmp_path: Path) -> None:
    print(f"\nTSUNAGU_TEST_SEED={SEED}")
    discord.faults.weather = storm(random.Random(SEED), 0.25)
    await fill(sqlite_url, [row(f"storm-{n}") for n in range(300)])
    async with sending(discord, home(sqlite_url), tmp_path / "log") as process:
        await until_states(sqlite_url, {"sent": 300})
        assert await process.end() == 0
    assert len(discord.faults.happened) > 50
    assert set(arrived(discord).values()) == {1}
    assert len(arrived(discord)) == 300


async def _answers(discord: WireDiscord) -> None:
    _, shown = await discord.ask(GUILD, GUILD + 10_000, "home")
    assert shown["embeds"]


async def _again(discord: WireDiscord, process: Sending, before: tuple[int, int]) -> None:
    """Wait until the session has been taken up or begun again."""
    now = discord.gateway
    await discord.until(lambda: (now.identified, now.resumed) > before or now.resumed > before[1])
    assert process.process.returncode is None


async def _more(discord: WireDiscord, count: int) -> None:
    await discord.until(lambda: discord.messages.count > count)


async def test_the_gateway_breaks_in_every_way_while_it_sends(sqlite_url: str, tmp_path: Path) -> None:
    await fill(sqlite_url, [row(f"gateway-{n}") for n in range(300)], guild=GUILD)
    settings = home(sqlite_url, TSUNAGU_SEND_RATE="10")
    async with (
        wire_discord(guilds=[guild(GUILD, "Kansai")], beat_ms=400) as discord,
        # discord.py itself waits five seconds before it begins a new session, and doesn't listen meanwhile.
        sending(discord, settings, tmp_path / "log", heartbeat_timeout=7) as process,
    ):
        gateway = discord.gateway
        await process.until_logged("ready")
        await _answers(discord)

        incidents: list[tuple[Callable[[], Awaitable[None]], bool]] = [
            (lambda: gateway.close(4000), True),
            (lambda: gateway.close(4009, forget=True), False),
            (lambda: gateway.say(7), True),
            (lambda: gateway.say(9, True), True),
            (lambda: gateway.say(9, False), False),
            (gateway.fall_silent, True),
        ]
        for incident, resumes in incidents:
            before = (gateway.identified, gateway.resumed)
            count = discord.messages.count
            await incident()
            await _again(discord, process, before)
            assert (gateway.resumed > before[1]) == resumes
            await _answers(discord)
            await _more(discord, count)
        await until_states(sqlite_url, {"sent": 300})
        assert await process.end() == 0
    assert set(arrived(discord).values()) == {1}
    assert len(process.logged("ready")) >= 3


async def test_what_is_added_while_discord_is_away_goes_out_when_it_is_back(
    discord: WireDiscord, sqlite_url: str, tmp_path: Path
) -> None:
    await fill(sqlite_url, [])
    discord.faults.weather = lambda method, path: Fault(status=503) if path.endswith("/messages") else None
    async with sending(discord, home(sqlite_url), tmp_path / "log") as process:
        await process.until_logged("ready")
        await add(sqlite_url, *(row(f"away-{n}") for n in range(20)))
        await process.tell(wake=True)
        await discord.until(lambda: len(discord.sent("POST", "/messages")) >= 20)
        discord.faults.weather = None
        await until_states(sqlite_url, {"sent": 20})
    assert set(arrived(discord).values()) == {1}
    assert len(discord.sent("POST", "/messages")) <= 60, "it didn't hammer"
