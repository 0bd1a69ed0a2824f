"""A thousand people come at once: everybody is welcomed once, in gathered messages, and whoever presses is answered.

``TSUNAGU_TEST_JOINS=1000`` has so many come within ``TSUNAGU_TEST_WITHIN`` seconds, ``TSUNAGU_TEST_WALKS=1000`` so many
of them go through the whole of ``/join`` at the same time, reading each page for ``TSUNAGU_TEST_READING`` seconds;
``TSUNAGU_TEST_SEED`` repeats the moments of the kills.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot.clock import SystemClock
from bot.features import Services
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.members.greetings import HOME_CHANNEL
from bot.features.members.models import Profile
from bot.features.members.rules import GREETED_TOGETHER
from bot.features.organisations.models import ServerPart
from bot.features.people.terms import LC_REPRESENTATIVE
from tests.support.databases import Databases, opened
from tests.support.people import OFFICER, REPRESENTATIVE, actor, appoint_to, found_organisation
from tests.wire.discord import Limits, WireDiscord, guild, member, role, wire_discord
from tests.wire.discord.server import LATE
from tests.wire.outbound import home, sending
from tests.wire.people import Person, join

JOINS = int(os.environ.get("TSUNAGU_TEST_JOINS", "300"))
WALKS = min(JOINS, int(os.environ.get("TSUNAGU_TEST_WALKS", "25")))
WITHIN = float(os.environ.get("TSUNAGU_TEST_WITHIN", "5"))
#: Seconds until an answer comes too late: Discord's own, where the pace is what somebody wants to know.
PATIENCE = 3.0 if "TSUNAGU_TEST_WALKS" in os.environ else 60.0
READING = float(os.environ.get("TSUNAGU_TEST_READING", "1"))
#: Of them so many are in the LC. Discord lets a bot give ten roles in ten seconds.
IN_LC = min(WALKS, 20)
SEED = int(os.environ.get("TSUNAGU_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)

GUILD = 920_000_000_000_000_000
HOME, BOT_ROLE, LC_ROLE = GUILD + 100, GUILD + 1, GUILD + 2
FIRST = GUILD + 500_000


def server() -> dict[str, Any]:
    """A server with the LC's role, which is below the bot's."""
    made = guild(GUILD, "IFMSA-Japan")
    made["roles"] += [role(BOT_ROLE, "Tsunagu", 2, permissions=8), role(LC_ROLE, "東京大学", 1)]
    made["members"][0]["roles"] = [str(BOT_ROLE)]
    made["members"].append(member(REPRESENTATIVE, "代表"))
    return made


async def found(url: str) -> None:
    """An organisation that is set up, with an LC and its representative in office."""
    async with opened(url) as database:
        services, now = Services(database, SystemClock()), SystemClock().now()
        term = {"starts_on": now.date() - timedelta(days=30), "ends_on": now.date() + timedelta(days=300)}
        await found_organisation(services, guild=GUILD, **term)
        lc = (await services[LocalCommitteeService].show(await actor(services, OFFICER, GUILD), "東京大学")).lc_id
        await appoint_to(services, REPRESENTATIVE, LC_REPRESENTATIVE, lc, guild=GUILD, **term)
        async with database.writing() as session:
            for key, noted in ((HOME_CHANNEL, HOME), (f"role:lc:{lc}", LC_ROLE)):
                session.add(ServerPart(server_id=1, key=key, discord_id=noted, made_at=now))


def settings(url: str) -> dict[str, str]:
    """The pace that everybody has who sets none."""
    return home(url, TSUNAGU_SEND_RATE="45", TSUNAGU_DIRECT_MESSAGE_RATE="0.5")


def welcomed(discord: WireDiscord) -> Counter[int]:
    """How often each person was mentioned."""
    said = " ".join(one["content"] for one in discord.messages.channels[HOME])
    return Counter(int(one) for one in re.findall(r"<@(\d+)>", said))


def in_lc(discord: WireDiscord) -> set[int]:
    """Who has the role of the LC."""
    (here,) = discord.servers.guilds
    return {int(one["user"]["id"]) for one in here["members"] if str(LC_ROLE) in one["roles"]}


def spread(values: list[float]) -> str:
    ordered = sorted(values)
    return f"half within {ordered[len(ordered) // 2]:.2f} s, all within {ordered[-1]:.2f} s"


async def confirm_all(representative: Person, count: int) -> None:
    """The LC's officer confirms who has come, 25 with one press, until so many are in."""
    done = 0
    while done < count:
        await representative.use("home")
        if "members:claims:0" not in str(representative.shown):
            await asyncio.sleep(0.5)
            continue
        await representative.press("members:claims:0")
        await representative.press("members:confirm:0")
        done += int(re.search(r"(\d+)人", representative.reads)[1])  # type: ignore[index]


async def test_a_thousand_come_at_once(databases: Databases, tmp_path: Path) -> None:
    url = await databases.sqlite_file(tmp_path / "tsunagu.db")
    await found(url)
    people = [FIRST + number for number in range(JOINS)]
    kept_waiting: dict[int, float] = {}
    waited: list[float] = []
    repeats = 0
    chance = random.Random(SEED)

    async def walk(user: int, *, in_lc: bool) -> None:
        nonlocal repeats
        person = Person(discord, GUILD, user, chance.uniform(0.5, 1.5) * READING)
        await join(person, f"新人{user - FIRST}", region="関東", school="東京大学", in_lc=in_lc)
        kept_waiting[user] = sum(person.waited)
        waited.extend(person.waited)
        repeats += person.repeats

    async with (
        wire_discord(guilds=[server()], limits=Limits(answered_within=PATIENCE)) as discord,
        sending(discord, settings(url), tmp_path / "log") as process,
    ):
        await process.until_logged("ready")
        walks: list[asyncio.Task[None]] = []
        for number, user in enumerate(people):
            await asyncio.sleep(WITHIN / JOINS)
            await discord.servers.join(GUILD, user)
            if number % (JOINS // WALKS) == 0 and len(walks) < WALKS:
                walks.append(asyncio.create_task(walk(user, in_lc=len(walks) < IN_LC)))
        representative = Person(discord, GUILD, REPRESENTATIVE)
        await asyncio.gather(*walks, confirm_all(representative, IN_LC))
        await discord.until(lambda: len(welcomed(discord)) == JOINS)
        await discord.until(lambda: len(in_lc(discord) & kept_waiting.keys()) == IN_LC)
        async with opened(url) as database, database.reading() as connection:
            cards = await connection.scalar(select(func.count()).where(Profile.joined_at.is_not(None)))
        assert await process.end() == 0
    welcomes = discord.messages.channels[HOME]
    given = Counter(int(one.path.split("/")[4]) for one in discord.sent("PUT", "/roles/"))
    statuses, answers = Counter(one.status for one in discord.requests), len(waited)
    print(
        f"\n{JOINS} joins: {len(welcomes)} welcomes. {WALKS} went through /join meanwhile: {answers} answers "
        f"({repeats} too late), {spread(waited)}, a person's waits together {spread(list(kept_waiting.values()))}. "
        f"HTTP {dict(statuses)}"
    )
    assert welcomed(discord) == Counter(people), "everybody once"
    assert JOINS // GREETED_TOGETHER <= len(welcomes) <= max(JOINS // 10, 3), "in gathered messages"
    assert {user: n for user, n in given.items() if user in kept_waiting} == dict.fromkeys(
        in_lc(discord) & kept_waiting.keys(), 1
    )
    assert repeats <= answers / 1_000
    assert cards == WALKS
    assert discord.sent("POST", "/users/@me/channels") == [], "nobody gets a direct message"
    assert statuses[429] == 0
    assert "Traceback" not in process.said
    assert not [entry for entry in process.log if entry["level"] == "error"]


async def test_the_process_is_killed_while_they_come(databases: Databases, tmp_path: Path) -> None:
    """Once while newcomers are only in its memory, once while welcomes go out, and the line breaks in between; people
    come all the time, also while nobody is there to notice."""
    url = await databases.sqlite_file(tmp_path / "tsunagu.db")
    await found(url)
    chance = random.Random(SEED)
    people = [FIRST + number for number in range(min(JOINS, 400))]
    coming = iter(people)
    print(f"\nTSUNAGU_TEST_SEED={SEED}")

    async def come(share: float) -> None:
        for _, user in zip(range(round(len(people) * share)), coming, strict=False):
            await discord.servers.join(GUILD, user)
            await asyncio.sleep(chance.uniform(0, 0.01))

    async with wire_discord(guilds=[server()], limits=Limits(answered_within=PATIENCE)) as discord:
        async with sending(discord, settings(url), tmp_path / "log") as process:
            await process.until_logged("ready")
            await come(0.15)
            await discord.gateway.close(4000)
            await come(0.15)
            await discord.until(lambda: discord.gateway.resumed)
            await asyncio.sleep(chance.uniform(0, 2))
            assert welcomed(discord) == {}
            await process.kill()
        await come(0.3)
        async with sending(discord, settings(url), tmp_path / "log") as process:
            await come(0.2)
            wanted = chance.randint(1, 4)
            await discord.until(lambda: discord.messages.count >= wanted)
            await process.kill()
        in_the_middle = len(welcomed(discord))
        await come(1)
        async with sending(discord, settings(url), tmp_path / "log") as process:
            await discord.until(lambda: len(welcomed(discord)) == len(people))
            assert await process.end() == 0
    print(f"{in_the_middle} of {len(people)} were welcomed before the second kill, {discord.messages.count} messages")
    assert 0 < in_the_middle < len(people)
    assert welcomed(discord) == Counter(people), "everybody once"
    assert discord.sent("POST", "/users/@me/channels") == []
    assert "Traceback" not in (tmp_path / "log").read_text()


async def test_an_answer_that_comes_too_late_is_one_line_and_no_fault(databases: Databases, tmp_path: Path) -> None:
    url = await databases.sqlite_file(tmp_path / "tsunagu.db")
    await found(url)
    async with (
        wire_discord(guilds=[server()], limits=Limits(answered_within=-1)) as discord,
        sending(discord, settings(url), tmp_path / "log") as process,
    ):
        await process.until_logged("ready")
        seen = await discord.ask(GUILD, REPRESENTATIVE, "home")
        assert seen[1] is LATE
        said = await process.until_logged("answered too late")
        assert await process.end() == 0
    assert (said["level"], said["origin"]) == ("warning", "/home")
    assert "Traceback" not in process.said
