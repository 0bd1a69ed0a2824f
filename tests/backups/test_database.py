from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot import schema
from bot.backups import database as backups
from bot.db import Database
from bot.errors import StartError
from bot.features import Services
from bot.features.people.service import PeopleService
from tests.support.clocks import FakeClock
from tests.support.databases import Databases, opened
from tests.support.people import actor, caller, found_organisation
from tests.support.processes import bot_process, run_bot
from tests.support.waiting import HANG
from tests.wire.discord import wire_discord

NIGHT = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)


async def language(url: str) -> str:
    async with opened(url) as database:
        return await Services(database, FakeClock())[PeopleService].language_of(caller())


async def test_last_nights_copy_brings_everything_back(
    database_url: str, database: Database, services: Services, tmp_path: Path
) -> None:
    await found_organisation(services)
    await services[PeopleService].choose_language(caller(), "en")
    copy = await backups.backup(database_url, tmp_path / "backups", NIGHT)
    assert copy.stat().st_mode & 0o077 == 0, "nobody else reads it"

    await services[PeopleService].choose_language(caller(), "ja")
    async with database.writing() as session:
        await session.execute(text("DELETE FROM terms"))
    await database.close()

    aside = await backups.restore(database_url, copy, NIGHT)
    assert await language(database_url) == "en"
    async with opened(database_url) as restored:
        assert not await schema.upgrade(restored)
        assert (await actor(Services(restored, FakeClock()))).organisation.name_en == "IFMSA-Japan"
        async with restored.engine.connect() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM terms")) == 1
    if aside is not None:
        assert await language(f"sqlite+aiosqlite:///{aside}") == "ja", "what was there before is kept aside"


async def test_two_copies_of_one_second_dont_spoil_each_other(
    database_url: str, services: Services, tmp_path: Path
) -> None:
    await found_organisation(services)
    made = await asyncio.gather(*(backups.backup(database_url, tmp_path / "backups", NIGHT) for _ in range(4)))
    assert list((tmp_path / "backups").iterdir()) == [made[0]]


async def test_fourteen_nights_are_kept(sqlite_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    made = [await backups.backup(sqlite_url, folder, NIGHT + timedelta(days=n)) for n in range(17)]
    assert list(backups.copies(folder)) == made[:2:-1]
    assert sorted(folder.iterdir()) == sorted(made[3:]), "and nothing unfinished is left"


async def test_what_a_restore_put_aside_goes_once_fourteen_newer_copies_are_there(
    sqlite_url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    first = await backups.backup(sqlite_url, folder, NIGHT)
    aside = await backups.restore(sqlite_url, first, NIGHT + timedelta(hours=1))
    assert aside is not None
    foreign = aside.with_name(aside.name.replace("-before-restore-", "-before-restore-of-mine-"))
    foreign.write_bytes(b"")
    for n in range(1, 14):
        await backups.backup(sqlite_url, folder, NIGHT + timedelta(days=n))
        assert aside.exists()
    await backups.backup(sqlite_url, folder, NIGHT + timedelta(days=14))
    assert not aside.exists(), "who has deleted themselves was still in it"
    assert foreign.exists(), "what the bot didn't make stays"


async def test_a_copy_comes_to_its_end_and_is_whole_though_others_write_meanwhile(
    sqlite_url: str, tmp_path: Path
) -> None:
    """A copy in small steps would begin anew at each write and never end; large enough a database shows it."""
    with closing(sqlite3.connect(sqlite_url.split("///")[1])) as connection, connection:
        connection.execute("CREATE TABLE filler (content BLOB)")
        connection.executemany("INSERT INTO filler VALUES (zeroblob(1000000))", [()] * 30)
    async with opened(sqlite_url) as database:
        services = Services(database, FakeClock())
        await found_organisation(services)
        done = asyncio.Event()

        async def keep_writing() -> int:
            number = 0
            while not done.is_set():
                number += 1
                await services[PeopleService].choose_language(caller(user=number), "en")
            return number

        writing = asyncio.create_task(keep_writing())
        async with asyncio.timeout(HANG):
            copy = await backups.backup(sqlite_url, tmp_path / "backups", NIGHT)
        done.set()
        assert await writing > 0
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM local_committees").fetchone() == (82,)


async def test_what_is_no_sound_copy_changes_nothing(sqlite_url: str, tmp_path: Path) -> None:
    file = Path(sqlite_url.split("///")[1])
    before = file.read_bytes()
    newer, damaged, other = tmp_path / "tsunagu-newer.db", tmp_path / "tsunagu-damaged.db", tmp_path / "tsunagu-x.dump"
    newer.write_bytes(before)
    with closing(sqlite3.connect(newer)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    damaged.write_bytes(before[: len(before) // 2])
    other.write_bytes(b"PGDMP")
    for source, said in (
        (tmp_path / "missing.db", "no backup"),
        (newer, "newer than this program"),
        (damaged, "sound|damaged"),
        (other, "another kind"),
    ):
        with pytest.raises(StartError, match=said):
            await backups.restore(sqlite_url, source, NIGHT)
        assert file.read_bytes() == before


async def test_the_command_line_backs_up_a_running_bot_and_refuses_to_restore_under_it(tmp_path: Path) -> None:
    home = {
        "TSUNAGU_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/tsunagu.db",
        "TSUNAGU_BACKUP_FOLDER": str(tmp_path / "backups"),
        "TSUNAGU_HTTP_PORT": "0",
    }
    nothing = await run_bot("restore", env=home)
    assert (nothing.code, nothing.err) == (2, f"There's no backup in {tmp_path}/backups.\n")
    async with wire_discord() as discord, bot_process("run", env={**home, **discord.environment}):
        await asyncio.wait_for(discord.identified.wait(), HANG)
        made = await run_bot("backup", env=home)
        assert made.code == 0
        assert Path(made.out.strip()).is_file()
        refused = await run_bot("restore", env=home)
        assert refused.code == 2
        assert "Another process is using" in refused.err
    restored = await run_bot("restore", env=home)
    assert restored.code == 0
    assert restored.out.startswith("Restored tsunagu-")


async def test_a_folder_that_cannot_be_used_is_said(sqlite_url: str, databases: Databases) -> None:
    with pytest.raises(StartError, match="failed"):
        await backups.backup(sqlite_url, Path("/dev/null/backups"), NIGHT)
