"""What people deleted stays deleted when a copy from before is put back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot import deletions, schema
from bot.backups import database as backups
from bot.db import Database
from bot.features import Services
from bot.features.members.mydata import Deleted, MyDataService
from bot.features.members.service import MemberService
from bot.maintenance import restore
from bot.settings import Settings
from tests.members.test_mydata import everything, somebody, traces
from tests.members.test_service import consent
from tests.support.clocks import FakeClock
from tests.support.databases import opened
from tests.support.people import STUDENT, actor, found_organisation


async def test_after_a_restore_who_deleted_themselves_is_gone_again(
    database_url: str, database: Database, services: Services, clock: FakeClock, tmp_path: Path
) -> None:
    await found_organisation(services)
    deletions.keep(database, tmp_path)
    who = await somebody(services, database)
    await consent(services, STUDENT + 1)
    copy = await backups.backup(database_url, tmp_path, clock.now())
    clock.go(days=1)
    await services[MyDataService].delete(who)
    assert (tmp_path / deletions.NAME).stat().st_mode & 0o077 == 0
    assert str(STUDENT) not in (tmp_path / deletions.NAME).read_text()
    await database.close()

    listed = await deletions.known(database_url, tmp_path, clock)
    await backups.restore(database_url, copy, clock.now())
    async with opened(database_url) as restored:
        await schema.upgrade(restored)
        assert traces(await everything(restored)), "the copy has them still"
        assert await deletions.apply(restored, clock, listed) == 1
        assert traces(await everything(restored)) == []
        again = Services(restored, clock)
        assert await again[MemberService].card(await actor(again, STUDENT + 1)) is not None
        assert await deletions.apply(restored, clock, listed) == 0


async def test_the_list_is_there_though_the_database_is_lost(tmp_path: Path, clock: FakeClock) -> None:
    now = clock.now()
    lines = f"1,7,{now.isoformat()}\n1,8,{(now + timedelta(days=1)).isoformat()}\n1,9,2026-1"
    (tmp_path / deletions.NAME).write_text(lines)
    damaged = tmp_path / "tsunagu.db"
    damaged.write_bytes(b"nothing of the kind")
    for file in (damaged, tmp_path / "missing.db"):
        listed = await deletions.known(f"sqlite+aiosqlite:///{file}", tmp_path, clock)
        assert listed == [Deleted(1, 7, now), Deleted(1, 8, now + timedelta(days=1))]
    assert not (tmp_path / "missing.db").exists()
    assert await deletions.known(f"sqlite+aiosqlite:///{damaged}", tmp_path / "empty", clock) == []


async def test_a_folder_that_cannot_be_written_to_holds_nobody_up(
    database: Database, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    await found_organisation(services)
    deletions.keep(database, Path("/dev/null/backups"))
    await services[MyDataService].delete(await consent(services))
    assert "deletion not written" in caplog.text


async def test_the_command_that_restores_deletes_again(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(database_url=sqlite_url, backup_folder=tmp_path / "backups")
    clock = FakeClock()
    async with opened(sqlite_url) as database:
        services = Services(database, clock)
        await found_organisation(services)
        who = await consent(services)
        copy = await backups.backup(sqlite_url, settings.backup_folder, clock.now())
        clock.go(hours=1)
        await services[MyDataService].delete(who)
    await restore(settings, str(copy), remote=False, key_file=None)
    assert "Deleted again at people's earlier request: 1." in capsys.readouterr().out
    async with opened(sqlite_url) as restored:
        again = Services(restored, clock)
        assert await again[MemberService].card(await actor(again, STUDENT)) is None
