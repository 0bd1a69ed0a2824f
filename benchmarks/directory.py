"""The LC directory: a card against a constant answer, and completion in a small and a very large database."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

from benchmarks import Figure
from benchmarks._constant import to_constant
from bot import schema
from bot.features import Services
from bot.features.local_committees.acting import add_local_committees
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.people.actors import Actor
from bot.features.schools.models import Region, School
from bot.features.setups.service import Start
from tests.support.clocks import FakeClock
from tests.support.databases import opened
from tests.support.people import GUILD, actor, found_organisation
from tests.support.worlds import open_world

ROUNDS = 150


async def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        return [await _show(Path(folder)), *await _completion(Path(folder))]


async def _show(folder: Path) -> Figure:
    """`/lc` and a command that answers a constant, in turn, in one process."""
    async with open_world(f"sqlite+aiosqlite:///{folder}/show.db") as world:
        with world.env.time_context():
            server = world.server()
            await server.set_up(server.admin())
            student = server.person("student")
            choices = await student.autocomplete(server.channel, "lc", "lc", "東大")
            ratio = await to_constant(world, server, student, "lc", lc=choices[0]["value"])
    return Figure("directory.show_ratio", ratio, "x", 6.0)


async def _completion(folder: Path) -> list[Figure]:
    figures = []
    async with opened(f"sqlite+aiosqlite:///{folder}/complete.db") as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await found_organisation(services, starts_on=date(2026, 4, 1))
        asking = await actor(services)
        figures.append(Figure("directory.complete_82_p99", await _p99(services, asking), "ms", 20.0))
        for number in range(129):
            await _large_organisation(services, GUILD + 1 + number, number)
        asking = await actor(services, guild=GUILD + 64)
        figures.append(Figure("directory.complete_20000_p99", await _p99(services, asking), "ms", 20.0))
    return figures


async def _large_organisation(services: Services, guild: int, number: int) -> None:
    """One of 129 other organisations, with 155 LCs (20,000 in all)."""
    linked = await found_organisation(services, guild=guild, start=Start.ASSOCIATION, name_en=f"NMO {number}")
    clock = FakeClock()
    async with services[LocalCommitteeService].database.writing() as session:
        region = Region(
            organisation_id=linked.organisation_id, code="all", name_ja="全国", name_en="Everywhere", position=0
        )
        session.add(region)
        await session.flush()
        schools = [
            School(
                organisation_id=linked.organisation_id,
                code=f"school-{n}",
                name_ja=f"第{n}東部大学医学部",
                name_en=f"Tokai Eastern University {n} of Country {number}",
                aliases=f"東{n}大",
                kind="national",
                region_id=region.id,
                position=n,
            )
            for n in range(155)
        ]
        session.add_all(schools)
        await session.flush()
        add_local_committees(session, schools, clock.now())


async def _p99(services: Services, asking: Actor) -> float:
    """Milliseconds within which 99 of 100 completions are there, with the look-up of who asks, as in a real one."""
    typed = ["", "東", "東京", "大", "to", "tokai", "univ", "医", "3", "xyz"]

    async def once(text: str) -> None:
        who = await actor(services, guild=asking.caller.guild_id)
        await services[LocalCommitteeService].complete(who, text)

    times = await _timed(once, typed * 50)
    return statistics.quantiles(times, n=100)[98] * 1000


async def _timed(run: Callable[[str], Awaitable[None]], inputs: list[str]) -> list[float]:
    times = []
    for text in inputs:
        begun = time.perf_counter()
        await run(text)
        times.append(time.perf_counter() - begun)
    return times
