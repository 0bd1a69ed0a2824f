"""Four hundred people check in at the door of an event by the code, over the wire: how long each waits for the answer.

The real process answers, and the stand-in for Discord is in this one. Before that, the same people press a button with
a constant page at the same pace.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benchmarks import Figure
from bot import schema
from bot.clock import SystemClock
from bot.db import Database
from bot.deliveries.schedule import local_time
from bot.features import Services
from bot.features.attendance.desks import DeskService
from bot.features.attendance.models import CheckIn
from bot.features.events.service import EventService
from bot.features.members.models import Profile
from bot.features.members.rules import VERSION
from bot.features.people.models import Person as Record
from bot.features.people.terms import LC_REPRESENTATIVE
from bot.features.signups.models import Party, PartyMember, SignUp
from tests.support.databases import opened
from tests.support.people import REPRESENTATIVE, actor, appoint_to, found_organisation
from tests.support.postgres import Cluster
from tests.wire.discord import WireDiscord, guild, wire_discord
from tests.wire.discord.pages import text
from tests.wire.outbound import home, process_of
from tests.wire.people import Person

GUILD = 940_000_000_000_000_000
CHANNEL, FIRST = GUILD + 100, GUILD + 500_000
#: People, and presses a second: a hall of 400 comes within a minute, and not within ten.
PEOPLE, PACE = 400, 10
TITLE = "春の総会"


async def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        figures = await _measured("sqlite", f"sqlite+aiosqlite:///{folder}/door.db", Path(folder))
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
        services = Services(database, SystemClock())
        event_id = await _fill(services, database)
        made = guild(GUILD, "IFMSA-Japan", members=10)
        async with (
            wire_discord(guilds=[made]) as discord,
            process_of(discord, home(url), folder / f"{system}.log", "benchmarks._constant_button") as process,
        ):
            await process.until_logged("ready")
            post = await discord.until(partial(_post, discord))
            crowd = [Person(discord, GUILD, FIRST + number) for number in range(PEOPLE)]
            constant = {**post, "components": [_row("bench:constant")]}
            await _each(crowd[:50], lambda one: one.press("bench:constant", on=constant))
            bare = await _each(crowd, lambda one: one.press("bench:constant", on=constant))
            await _each(crowd, _open)
            maker = await actor(services, REPRESENTATIVE, GUILD)
            shown = await services[DeskService].code(maker, event_id, (0, 0), 0)
            took = await _each(crowd, lambda one: one.write(code=shown.code))
            assert await process.end() == 0
        assert "Traceback" not in process.said, process.said[-4_000:]
        async with database.reading() as connection:
            noted = await connection.scalar(select(func.count(CheckIn.id))) or 0
    wrong = sum("受付しました" not in one.reads for one in crowd) + abs(noted - PEOPLE)
    name = f"door.checkin_{system}"
    return [
        Figure(f"{name}_p99", _p99(took) * 1_000, "ms", None),
        Figure(f"{name}_p99_ratio", _p99(took) / _p99(bare), "x", 5.0),
        Figure(f"{name}_wrong", wrong, "", 0.0),
    ]


def _row(custom_id: str) -> dict[str, Any]:
    return {"type": 1, "id": 1, "components": [{"type": 2, "id": 2, "style": 2, "label": "?", "custom_id": custom_id}]}


def _post(discord: WireDiscord) -> dict[str, Any] | None:
    return next((one for one in discord.messages.channels[CHANNEL] if TITLE in text(one)), None)


async def _each(crowd: Sequence[Person], act: Callable[[Person], Awaitable[None]]) -> list[float]:
    """Seconds for which each waits; they begin one after the other, whoever still waits."""
    begun, tasks = time.perf_counter(), []

    async def timed(one: Person) -> float:
        at = time.perf_counter()
        await act(one)
        return time.perf_counter() - at

    for number, one in enumerate(crowd):
        await asyncio.sleep(max(0.0, begun + number / PACE - time.perf_counter()))
        tasks.append(asyncio.create_task(timed(one)))
    return await asyncio.gather(*tasks)


async def _open(one: Person) -> None:
    await one.use("event")
    await one.choose("events:one", TITLE)
    await one.press("attendance:check_in")


async def _fill(services: Services, database: Database) -> int:
    """An organisation, its people, and an event that begins in twenty minutes, in which all of them have a place."""
    now = services[EventService].clock.now()
    term = {"starts_on": now.date() - timedelta(days=30), "ends_on": now.date() + timedelta(days=300)}
    await found_organisation(services, guild=GUILD, **term)
    await appoint_to(services, REPRESENTATIVE, LC_REPRESENTATIVE, 1, guild=GUILD, **term)
    maker = await actor(services, REPRESENTATIVE, GUILD)
    begins = local_time(now + timedelta(minutes=20), "Asia/Tokyo")
    ends = begins + timedelta(days=2)
    line = f"{begins:%Y/%m/%d %H:%M}〜{ends:%Y/%m/%d %H:%M} A棟で{TITLE}、誰でも"
    event_id = await services[EventService].begin(maker, line, CHANNEL)
    draft = (await services[EventService].draft(maker, event_id)).event
    await services[EventService].post(maker, event_id, draft.version, CHANNEL)
    async with database.writing() as session:
        people = [
            Record(organisation_id=1, discord_user_id=FIRST + number, display_name=f"学生{number}", created_at=now)
            for number in range(PEOPLE)
        ]
        session.add_all(people)
        await session.flush()
        session.add_all(
            Profile(organisation_id=1, person_id=one.id, purpose_version=VERSION, consented_at=now) for one in people
        )
        signup_id = await session.scalar(select(SignUp.id).where(SignUp.title_ja == TITLE))
        parties = [Party(signup_id=signup_id, state="accepted", applied_at=now) for _ in people]
        session.add_all(parties)
        await session.flush()
        session.add_all(
            PartyMember(party_id=party.id, signup_id=signup_id, person_id=one.id, agreed_at=now, is_live=True)
            for party, one in zip(parties, people, strict=True)
        )
    maker = await actor(services, REPRESENTATIVE, GUILD)
    await services[DeskService].open(maker, event_id)
    return event_id


def _p99(waited: Sequence[float]) -> float:
    return statistics.quantiles(waited, n=100)[98]
