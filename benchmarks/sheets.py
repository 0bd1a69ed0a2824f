"""A sheet of 5,000 rows: its preview, its import, and whether the bot answers meanwhile; on SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import re
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from benchmarks import Figure
from bot import schema
from bot.clock import SystemClock
from bot.features import Services
from bot.features.sheets.service import SheetService
from bot.features.sheets.values import Preview
from tests.support.clocks import FakeClock
from tests.support.databases import Databases, opened, postgres_url
from tests.support.loopback import on_loopback
from tests.support.people import GUILD, OFFICER, STUDENT, actor, found_organisation
from tests.support.postgres import Cluster
from tests.support.processes import bot_process
from tests.wire.discord import WireDiscord, guild, wire_discord
from tests.wire.discord.objects import message, snowflake

ROWS = 5_000
KIND = "local_committees"
#: How often a sheet is looked at and imported while others ask.
ROUNDS = 3


async def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        figures = await _timed("sqlite", f"sqlite+aiosqlite:///{folder}/sheets.db")
        figures += await _on_postgresql(Path(folder))
        figures += await _meanwhile(Path(folder))
    return figures


def sheet(prefix: str = "第") -> bytes:
    """Every cell is filled, every school new, every row with a representative."""
    lines = ["大学名,英語名,都道府県,略称,団体名,団体種別,状態,加盟日,決定,代表者名"]
    lines += [
        f"{prefix}{n}東部大学医学部,{prefix}University {n},東京都,{prefix}東{n}大、東部{n},東部{n}国際保健部,ESS,"
        f"正会員,2024/4/1,2024年総会 第{n}号議案,見本 {n}"
        for n in range(ROWS)
    ]
    return "\r\n".join(lines).encode("cp932")


async def _timed(name: str, url: str) -> list[Figure]:
    """Preview and import of new LCs, then the preview of the same file once all of it is there."""
    async with opened(url) as database:
        await schema.upgrade(database)
        services = Services(database, FakeClock())
        await found_organisation(services)
        officer, sheets = await actor(services, OFFICER), services[SheetService]
        begun = time.perf_counter()
        preview = await sheets.begin(officer, KIND, "lc.csv", sheet())
        looked = time.perf_counter()
        assert isinstance(preview, Preview)
        assert preview.plan.new == ROWS
        done = await sheets.carry_out(officer, preview.upload_id)
        written = time.perf_counter()
        assert len(done.handouts) == ROWS
        again = await sheets.begin(officer, KIND, "lc.csv", sheet())
        seen = time.perf_counter()
        assert isinstance(again, Preview)
        assert again.plan.unchanged == ROWS
    return [
        Figure(f"sheets.preview_5000_{name}", looked - begun, "s", 2.0),
        Figure(f"sheets.import_5000_{name}", written - looked, "s", 3.0),
        Figure(f"sheets.preview_5000_again_{name}", seen - written, "s", 2.0),
    ]


async def _on_postgresql(folder: Path) -> list[Figure]:
    """On a cluster of its own; nothing where PostgreSQL isn't installed."""
    cluster = Cluster.start() if postgres_url() is None else None
    if cluster is not None:
        os.environ["TSUNAGU_TEST_POSTGRES_URL"] = cluster.url
    try:
        if postgres_url() is None:
            return []
        return await _timed("postgresql", await Databases(folder, "bench").empty_postgres())
    finally:
        if cluster is not None:
            del os.environ["TSUNAGU_TEST_POSTGRES_URL"]
            cluster.stop()


async def _meanwhile(folder: Path) -> list[Figure]:
    """How long slash commands take, one that reads (a card) and one that writes (a language), while the process looks
    at a sheet and while it imports it: from the gateway's event to the answer's request, at the other end of the wire.
    """
    url = f"sqlite+aiosqlite:///{folder}/meanwhile.db"
    async with opened(url) as database:
        await schema.upgrade(database)
        # Wire and real clock: the officer's term has to be one of today.
        today = SystemClock().now().date()
        await found_organisation(
            Services(database, SystemClock()), starts_on=today - timedelta(days=30), ends_on=today + timedelta(days=30)
        )
    files = web.Application()
    number = 0

    async def serve(_request: web.Request) -> web.Response:
        return web.Response(body=sheet(f"第{number}回"))

    files.router.add_get("/lc.csv", serve)
    idle: list[float] = []
    looking: list[float] = []
    writing: list[float] = []
    async with on_loopback(files) as port:
        address = f"http://127.0.0.1:{port}/lc.csv"
        async with wire_discord(guilds=[guild(GUILD, "Kansai")]) as discord:
            env = {**discord.environment, "TSUNAGU_DATABASE_URL": url, "TSUNAGU_HTTP_PORT": "0"}
            async with bot_process("run", env={**env, "TSUNAGU_LOG_FORMAT": "json"}) as process:
                await process.logged("ready", "servers", 60)
                for _ in range(60):
                    idle += await _asked(discord)
                for number in range(ROUNDS):  # noqa: B007 - read by serve
                    begun = len(discord.requests)
                    await _choose_file(discord, address)
                    looking += await _until(discord, begun, "sheets:import")
                    pressed = len(discord.requests)
                    await _press(discord, begun)
                    writing += await _until(discord, pressed, "codes.csv")
    return [
        Figure("sheets.answer_idle_p99", _p99(idle), "ms", 250.0),
        Figure("sheets.answer_while_looking_p99", _p99(looking), "ms", 250.0),
        Figure("sheets.answer_while_importing_p99", _p99(writing), "ms", 250.0),
    ]


async def _asked(discord: WireDiscord) -> list[float]:
    """Milliseconds until a card and a change of language are answered."""
    show = [{"type": 3, "name": "lc", "value": "東京大学"}]
    language = [{"type": 3, "name": "language", "value": "ja"}]
    return [
        await _answered(discord, "lc", show),
        await _answered(discord, "language", language),
    ]


async def _answered(discord: WireDiscord, name: str, options: list[dict[str, Any]]) -> float:
    start, known = time.perf_counter(), len(discord.requests)
    interaction = await discord.slash(GUILD, GUILD + 100, STUDENT, name, options)
    async with asyncio.timeout(30):
        while not any(f"/{interaction}/" in one.path for one in discord.requests[known:]):  # noqa: ASYNC110
            await asyncio.sleep(0.0005)
    return (time.perf_counter() - start) * 1000


async def _until(discord: WireDiscord, begun: int, word: str) -> list[float]:
    """Ask one thing after the other until an answer has ``word`` in it."""
    times: list[float] = []
    async with asyncio.timeout(60):
        while not any("@original" in one.path and word in str(one.body) for one in discord.requests[begun:]):
            times += await _asked(discord)
    return times


async def _choose_file(discord: WireDiscord, address: str) -> None:
    attachment = {
        "id": "77", "filename": "lc.csv", "size": len(sheet("")), "url": address, "proxy_url": address,
        "content_type": "text/csv",
    }  # fmt: skip
    command = {"type": 1, "name": "lc-import", "options": [{"type": 11, "name": "file", "value": "77"}]}
    command = {"type": 2, "name": "sheet", "options": [command]}
    await discord.interact(
        GUILD, GUILD + 100, OFFICER, 2,
        {
            "id": str(snowflake()), "name": "manage", "type": 1, "options": [command],
            "resolved": {"attachments": {"77": attachment}},
        },
    )  # fmt: skip


async def _press(discord: WireDiscord, begun: int) -> None:
    """Press the button that came with the preview."""
    preview = next(one for one in reversed(discord.requests[begun:]) if "sheets:import" in str(one.body))
    match = re.search(r"sheets:import:\d+", str(preview.body))
    assert match
    shown = {**message(snowflake(), GUILD + 100, {}), "components": preview.body["components"]}
    await discord.interact(
        GUILD, GUILD + 100, OFFICER, 3, {"custom_id": match.group(), "component_type": 2}, source=shown
    )


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]
