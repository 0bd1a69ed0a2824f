"""A copy of a 200 MB database, kept encrypted in a second place too: how long it takes, and whether the bot answers
meanwhile."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path

from benchmarks import Figure
from bot import schema
from bot.backups import database as backups
from bot.backups import encryption
from bot.backups.service import copy_away
from bot.features import Services
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.people.service import PeopleService
from bot.settings import Settings
from tests.support.clocks import FakeClock
from tests.support.databases import opened
from tests.support.people import actor, caller, found_organisation

MEGABYTES = 200


async def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "large.db"
        async with opened(f"sqlite+aiosqlite:///{file}") as database:
            await schema.upgrade(database)
            services = Services(database, FakeClock())
            await found_organisation(services)
            await asyncio.to_thread(_fill, file)
            begun = time.perf_counter()
            copying = asyncio.create_task(_copy(str(database.url), Path(folder)))
            times = []
            while not copying.done():
                start = time.perf_counter()
                asking = await actor(services)
                await services[LocalCommitteeService].show(asking, "東京大学")
                await services[PeopleService].choose_language(caller(), "en")
                times.append((time.perf_counter() - start) * 1000)
                await asyncio.sleep(0.005)
            await copying
            seconds = time.perf_counter() - begun
    p99 = statistics.quantiles(times, n=100)[98]
    return [Figure("backup.answer_p99", p99, "ms", 250.0), Figure("backup.200_mb", seconds, "s", 30.0)]


async def _copy(url: str, folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    settings = Settings(
        database_url=url,
        backup_folder=folder / "b",
        backup_copy_to=str(folder / "elsewhere"),
        backup_public_key=encryption.new_key(folder / "key.txt"),
    )
    copy = await backups.backup(url, settings.backup_folder, FakeClock().now())
    assert await copy_away(settings, copy)


def _fill(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE filler (id INTEGER PRIMARY KEY, content BLOB)")
        for _ in range(MEGABYTES):
            connection.execute("INSERT INTO filler (content) VALUES (?)", (os.urandom(1024 * 1024),))
