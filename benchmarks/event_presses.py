"""A crowd presses "sign up" under one event, over the wire: how long each waits, and whether the answers are right.

The real process answers, and the stand-in for Discord is in this one. A thousand come at 50 a second, and press a
button with a constant page before that at the same pace. Then 400 press within one second.
"""

from __future__ import annotations

import asyncio
import os
import re
import statistics
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benchmarks import Figure
from bot import schema
from bot.clock import SystemClock
from bot.db import Database, fetch
from bot.features import Services
from bot.features.events.service import EventService
from bot.features.members.models import Profile
from bot.features.members.rules import VERSION
from bot.features.people.models import Person
from bot.features.people.terms import LC_REPRESENTATIVE
from bot.features.signups.models import Party, SignUp
from tests.support.databases import opened
from tests.support.people import REPRESENTATIVE, actor, appoint_to, found_organisation
from tests.support.postgres import Cluster
from tests.wire.discord import WireDiscord, guild, wire_discord
from tests.wire.discord.pages import items, text
from tests.wire.outbound import home, process_of

GUILD = 930_000_000_000_000_000
CHANNEL, FIRST = GUILD + 100, GUILD + 500_000
#: People, presses a second, places.
STREAM, PACE, STREAM_PLACES = 1_000, 50, 600
BURST, BURST_PLACES = 400, 150
TITLES = ("症例勉強会", "縫合の練習会")
#: Presses before anything is measured.
WARM = 100


@dataclass(frozen=True)
class Pressed:
    """Seconds until the bot acknowledged, and until the answer was there."""

    acknowledged: float
    answered: float
    says: str


@dataclass(frozen=True)
class Measured:
    """``work``: seconds for which the bot computed for each press."""

    presses: list[Pressed]
    work: float


async def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        figures = await _measured("sqlite", f"sqlite+aiosqlite:///{folder}/events.db", Path(folder))
        cluster = Cluster.start()
        if cluster is not None:
            try:
                figures += await _measured("postgresql", cluster.url, Path(folder))
            finally:
                cluster.stop()
    return figures


async def _measured(system: str, url: str, folder: Path) -> list[Figure]:
    async with opened(url) as database:
        await schema.upgrade(database)
        await _fill(database)
        made = guild(GUILD, "IFMSA-Japan", members=10)
        async with (
            wire_discord(guilds=[made]) as discord,
            process_of(discord, home(url), folder / f"{system}.log", "benchmarks._constant_button") as process,
        ):
            await process.until_logged("ready")
            posts = [await discord.until(partial(_post, discord, title)) for title in TITLES]
            crowd = _Crowd(discord, process.process.pid)
            constant = {**posts[0], "components": [_row("bench:constant")]}
            await crowd.press(constant, range(WARM), 1 / PACE)
            bare = await crowd.press(constant, range(STREAM), 1 / PACE)
            stream = await crowd.press(posts[0], range(STREAM), 1 / PACE)
            burst = await crowd.press(posts[1], range(BURST), 1 / BURST)
            assert await process.end() == 0
        assert "Traceback" not in process.said, process.said[-4_000:]
        wrong = [
            await _wrong(database, title, measured, places)
            for title, measured, places in zip(TITLES, (stream, burst), (STREAM_PLACES, BURST_PLACES), strict=True)
        ]
    _tell(system, constant=bare, stream=stream, burst=burst)
    acknowledged = max(one.acknowledged for one in burst.presses)
    name = f"events.press_{system}"
    return [
        Figure(f"{name}_p99", _p99(stream) * 1_000, "ms", None),
        Figure(f"{name}_p99_ratio", _p99(stream) / _p99(bare), "x", 5.0),
        Figure(f"{name}_work_ratio", stream.work / bare.work if bare.work else 0.0, "x", None),
        Figure(f"{name}_wrong", wrong[0], "", 0.0),
        Figure(f"{name}_burst_acknowledged", acknowledged, "s", 2.0),
        Figure(f"{name}_burst_answered", max(one.answered for one in burst.presses), "s", None),
        Figure(f"{name}_burst_wrong", wrong[1], "", 0.0),
    ]


def _row(custom_id: str) -> dict[str, Any]:
    return {"type": 1, "id": 1, "components": [{"type": 2, "id": 2, "style": 2, "label": "?", "custom_id": custom_id}]}


def _post(discord: WireDiscord, title: str) -> dict[str, Any] | None:
    return next((one for one in discord.messages.channels[CHANNEL] if title in text(one)), None)


class _Crowd:
    def __init__(self, discord: WireDiscord, pid: int) -> None:
        self._discord, self._stat = discord, Path(f"/proc/{pid}/stat")

    def _worked(self) -> float:
        """Seconds of the bot since its start, as Linux counts them; 0 elsewhere."""
        if not self._stat.exists():
            return 0.0
        fields = self._stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def press(self, post: dict[str, Any], people: range, every: float) -> Measured:
        """Each person presses the first button under the post, one after ``every`` seconds, whoever still waits."""
        button, before = next(items(post)), self._worked()
        begun = time.perf_counter()
        presses = []
        for number in people:
            await asyncio.sleep(max(0.0, begun + number * every - time.perf_counter()))
            presses.append(asyncio.create_task(self._press(post, button["custom_id"], FIRST + number)))
        done = await asyncio.gather(*presses)
        work = (self._worked() - before) / len(done)
        first = {one.path.split("/")[3]: one.at for one in self._discord.sent("POST", "/callback")}
        pressed = [Pressed(first[token] - at, answered - at, text(shown)) for token, at, answered, shown in done]
        return Measured(pressed, work)

    async def _press(self, post: dict[str, Any], custom_id: str, user: int) -> tuple[str, float, float, dict[str, Any]]:
        data, at = {"component_type": 2, "custom_id": custom_id}, time.time()
        token = await self._discord.interact(GUILD, CHANNEL, user, 3, data, source=post)
        shown = await self._discord.interactions.tokens[token].answer
        return token, at, time.time(), shown


async def _fill(database: Database) -> None:
    """An organisation, its people, and two events that wait to be posted."""
    clock = SystemClock()
    services, now = Services(database, clock), clock.now()
    term = {"starts_on": now.date() - timedelta(days=30), "ends_on": now.date() + timedelta(days=300)}
    await found_organisation(services, guild=GUILD, **term)
    await appoint_to(services, REPRESENTATIVE, LC_REPRESENTATIVE, 1, guild=GUILD, **term)
    maker = await actor(services, REPRESENTATIVE, GUILD)
    begins = now + timedelta(days=40)
    async with database.writing() as session:
        people = [
            Person(organisation_id=1, discord_user_id=FIRST + number, display_name=f"学生{number}", created_at=now)
            for number in range(STREAM)
        ]
        session.add_all(people)
        await session.flush()
        session.add_all(
            Profile(organisation_id=1, person_id=one.id, purpose_version=VERSION, consented_at=now) for one in people
        )
    # The second is at another time, so that nobody is asked whether they want both.
    for hour, title, places in zip((17, 20), TITLES, (STREAM_PLACES, BURST_PLACES), strict=True):
        line = f"{begins.month}/{begins.day} {hour}時〜{hour + 1}時 Zoomで{title}、誰でも 定員{places}名"
        event_id = await services[EventService].begin(maker, line, CHANNEL)
        draft = (await services[EventService].draft(maker, event_id)).event
        await services[EventService].post(maker, event_id, draft.version, CHANNEL)


async def _wrong(database: Database, title: str, measured: Measured, places: int) -> int:
    """Answers that aren't right: exactly the places are given, the others stand in the line from 1 on, each with the
    number that they were told."""
    pressed = measured.presses
    expected = Counter({"place": places}) + Counter(str(one) for one in range(1, len(pressed) - places + 1))
    said = Counter(_said(one.says) for one in pressed)
    query = select(Party.state, func.count().label("n")).join(SignUp).where(SignUp.title_ja == title)
    async with database.reading() as connection:
        kept = {row.state: row.n for row in await fetch(connection, query.group_by(Party.state))}
    assert kept == {"accepted": places, "waiting": len(pressed) - places}, kept
    return sum((said - expected).values())


def _said(answer: str) -> str:
    if "申し込みました。" in answer:
        return "place"
    found = re.search(r"キャンセル待ちの(\d+)番目", answer)
    return found[1] if found else answer


def _p99(measured: Measured) -> float:
    return statistics.quantiles([one.answered for one in measured.presses], n=100)[98]


def _tell(system: str, **measured: Measured) -> None:
    for name, found in measured.items():
        pressed = found.presses
        print(
            f"  {system} {name}: acknowledged {_spread([one.acknowledged for one in pressed])} ms, "
            f"answered {_spread([one.answered for one in pressed])} ms (half, 99 of 100, all), "
            f"{found.work * 1_000:.1f} ms of work each"
        )


def _spread(values: list[float]) -> str:
    shown = (statistics.median(values), statistics.quantiles(values, n=100)[98], max(values))
    return " / ".join(f"{one * 1_000:.0f}" for one in shown)
