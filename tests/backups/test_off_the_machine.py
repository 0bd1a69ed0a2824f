"""Copies off the machine and the way back, rehearsed: a mounted folder and S3, encrypted and not."""

from __future__ import annotations

import os
import stat
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage
import pytest
import structlog
from pydantic import SecretStr
from sqlalchemy import text

from bot.backups import database as backups
from bot.backups import encryption, service
from bot.backups.nightly import Newest, copy_tonight, look
from bot.db import Database
from bot.errors import StartError
from bot.features import Services
from bot.features.people.service import PeopleService
from bot.settings import Settings
from tests.support.clocks import FakeClock
from tests.support.databases import Databases, opened
from tests.support.people import caller, found_organisation
from tests.support.processes import run_bot
from tests.wire.s3 import ACCESS_KEY, REGION, SECRET_KEY, WireS3, wire_s3

NIGHT = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)


@pytest.fixture
async def s3() -> AsyncIterator[WireS3]:
    async with wire_s3() as stand_in:
        yield stand_in


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """The file of a private key, whose public one is ``public(key)``."""
    encryption.new_key(tmp_path / "key.txt")
    return tmp_path / "key.txt"


def public(key: Path) -> str:
    return key.read_text().split()[3]


def in_folder(url: str, tmp_path: Path, public_key: str | None = None) -> Settings:
    (tmp_path / "nas").mkdir(exist_ok=True)
    return Settings(
        database_url=url, backup_folder=tmp_path / "backups", backup_copy_to=str(tmp_path / "nas"),
        backup_public_key=public_key,
    )  # fmt: skip


def in_s3(url: str, tmp_path: Path, s3: WireS3, public_key: str | None = None, secret: str = SECRET_KEY) -> Settings:
    return Settings(
        database_url=url, backup_folder=tmp_path / "backups", backup_copy_to="s3://tsunagu/copies/bot",
        backup_s3_endpoint=f"http://127.0.0.1:{s3.port}", backup_s3_region=REGION, backup_s3_access_key=ACCESS_KEY,
        backup_s3_secret_key=SecretStr(secret), backup_public_key=public_key,
    )  # fmt: skip


async def rehearse(settings: Settings, database: Database, services: Services, key_file: Path | None) -> None:
    """Write, copy away, lose the data and the copies of this machine, and have everything back."""
    await found_organisation(services)
    await services[PeopleService].choose_language(caller(), "en")
    copy = await backups.backup(settings.database_url, settings.backup_folder, NIGHT)
    name = await service.copy_away(settings, copy)
    assert name == copy.name + (".age" if key_file else "")
    assert [copy] == list(settings.backup_folder.iterdir()), "nothing is left behind beside it"

    async with database.writing() as session:
        await session.execute(text("DELETE FROM terms"))
    await database.close()
    copy.unlink()

    key = str(key_file) if key_file else None
    async with service.to_restore(settings, None, remote=True, key_file=key) as ready:
        await backups.restore(settings.database_url, ready, NIGHT)
    async with opened(settings.database_url) as restored:
        assert await Services(restored, FakeClock())[PeopleService].language_of(caller()) == "en"
        async with restored.engine.connect() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM terms")) == 1
    assert list(settings.backup_folder.iterdir()) == [], "nor is the decrypted one"


async def test_a_restore_from_an_encrypted_folder(
    database_url: str, database: Database, services: Services, tmp_path: Path, key: Path
) -> None:
    settings = in_folder(database_url, tmp_path, public_key=public(key))
    await rehearse(settings, database, services, key)
    (kept,) = (tmp_path / "nas").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    content = kept.read_bytes()
    assert content.startswith(b"age-encryption.org/v1\n"), "the tool `age` opens it too"
    assert b"SQLite format" not in content
    assert b"PGDMP" not in content


async def test_a_restore_from_an_encrypted_bucket(
    database_url: str, database: Database, services: Services, tmp_path: Path, key: Path, s3: WireS3
) -> None:
    settings = in_s3(database_url, tmp_path, s3, public_key=public(key))
    await rehearse(settings, database, services, key)
    ((name, content),) = s3.buckets["tsunagu"].items()
    assert name.startswith("copies/bot/tsunagu-20261121-183000.")
    assert content.startswith(b"age-encryption.org/v1\n")


async def test_a_restore_from_a_plain_bucket(
    database_url: str, database: Database, services: Services, tmp_path: Path, s3: WireS3
) -> None:
    await rehearse(in_s3(database_url, tmp_path, s3), database, services, None)


async def test_a_large_copy_goes_up_in_parts_and_comes_back_whole(
    sqlite_url: str, tmp_path: Path, s3: WireS3, key: Path
) -> None:
    async with opened(sqlite_url) as database, database.writing() as session:
        await session.execute(text("CREATE TABLE filler (content BLOB)"))
        await session.execute(text("INSERT INTO filler VALUES (:content)"), {"content": os.urandom(12_000_000)})
    settings = in_s3(sqlite_url, tmp_path, s3, public_key=public(key))
    copy = await backups.backup(sqlite_url, settings.backup_folder, NIGHT)
    await service.copy_away(settings, copy)
    assert len([one for one in s3.requests if "partNumber" in one]) == 3
    async with service.to_restore(settings, None, remote=True, key_file=str(key)) as ready:
        assert ready.read_bytes() == copy.read_bytes()


@pytest.mark.parametrize("kind", ["folder", "bucket"])
async def test_fourteen_stay_off_the_machine_and_nobody_elses_files_are_touched(
    sqlite_url: str, tmp_path: Path, s3: WireS3, kind: str
) -> None:
    settings = in_folder(sqlite_url, tmp_path) if kind == "folder" else in_s3(sqlite_url, tmp_path, s3)
    bucket = s3.buckets["tsunagu"]
    (tmp_path / "nas" / "holiday.jpg").write_bytes(b"") if kind == "folder" else bucket.update(
        {"copies/bot/holiday.jpg": b"", "tsunagu-20200101-000000.db": b"somebody else's, not under the prefix"}
    )
    for number in range(17):
        copy = await backups.backup(sqlite_url, settings.backup_folder, NIGHT + timedelta(days=number))
        await service.copy_away(settings, copy)
    if kind == "folder":
        there = {file.name for file in (tmp_path / "nas").iterdir()}
    else:
        assert "tsunagu-20200101-000000.db" in bucket
        there = {name.removeprefix("copies/bot/") for name in bucket} - {"tsunagu-20200101-000000.db"}
    assert there == {"holiday.jpg", *(f"tsunagu-{NIGHT + timedelta(days=n):%Y%m%d-%H%M%S}.db" for n in range(3, 17))}


async def test_an_old_copy_that_cannot_be_removed_keeps_no_new_one(sqlite_url: str, tmp_path: Path) -> None:
    settings, clock, newest = in_folder(sqlite_url, tmp_path), FakeClock(NIGHT), Newest()
    for number in range(14):
        (tmp_path / "nas" / f"tsunagu-20250101-0000{number:02}.db").mkdir()  # no file, so it can't be removed as one
    with structlog.testing.capture_logs() as logged:
        await copy_tonight(settings, clock, newest)
    assert newest == Newest(NIGHT, NIGHT)
    assert "copy off the machine made" in [entry["event"] for entry in logged]
    assert [entry["event"] for entry in logged if entry["log_level"] == "warning"] == [
        "old copies off the machine not removed"
    ]


async def test_a_copy_that_cannot_be_made_here_hides_nothing_of_what_is_elsewhere(
    sqlite_url: str, tmp_path: Path
) -> None:
    settings, clock, newest = in_folder(sqlite_url, tmp_path), FakeClock(NIGHT), Newest()
    (tmp_path / "nas" / f"tsunagu-{NIGHT:%Y%m%d-%H%M%S}.db").touch()
    (tmp_path / "file").touch()
    with structlog.testing.capture_logs() as logged:
        await copy_tonight(settings.model_copy(update={"backup_folder": tmp_path / "file"}), clock, newest)
    assert [entry["event"] for entry in logged if entry["log_level"] == "error"] == ["backup failed"]
    assert newest.elsewhere == NIGHT


async def test_one_of_several_keys_is_enough(sqlite_url: str, tmp_path: Path, key: Path) -> None:
    second = tmp_path / "second.txt"
    both = f"{public(key)}, {encryption.new_key(second)}"
    settings = in_folder(sqlite_url, tmp_path, public_key=both)
    copy = await backups.backup(sqlite_url, settings.backup_folder, NIGHT)
    await service.copy_away(settings, copy)
    for one in (key, second):
        async with service.to_restore(settings, None, remote=True, key_file=str(one)) as ready:
            assert ready.read_bytes() == copy.read_bytes()


async def test_the_command_line_copies_away_and_restores_by_name_and_only_with_the_right_key(
    databases: Databases, tmp_path: Path, s3: WireS3
) -> None:
    url = await databases.sqlite_file(tmp_path / "tsunagu.db")
    key, wrong, empty = (str(tmp_path / name) for name in ("key.txt", "wrong.txt", "empty.txt"))
    made = await run_bot("key", key, env={})
    again = await run_bot("key", key, env={})
    assert (again.code, again.out) == (2, "")
    assert "never overwritten" in again.err
    assert "AGE-SECRET-KEY" not in made.out + made.err
    assert stat.S_IMODE(Path(key).stat().st_mode) == 0o600
    variable, _, value = made.out.strip().partition("=")
    env = {
        **s3.environment, "TSUNAGU_DATABASE_URL": url, "TSUNAGU_BACKUP_FOLDER": str(tmp_path / "backups"),
        variable: value,
    }  # fmt: skip
    backed_up = await run_bot("backup", env=env)
    local, remote = backed_up.out.splitlines()
    name = remote.removeprefix("s3://tsunagu/copies/bot: ")
    assert (backed_up.code, name) == (0, f"{Path(local).name}.age")

    before = (tmp_path / "tsunagu.db").read_bytes()
    await run_bot("key", wrong, env={})
    Path(empty).write_text("# nothing here\n")
    for arguments, said in (
        (["--remote"], "is encrypted. Give the file with the private key: --key FILE"),
        (["--remote", "--key", wrong], f"This key doesn't open {name}: it was encrypted for another key."),
        (["--remote", "--key", empty], "The file in --key has no private key"),
        (["--remote", "--key", "/nowhere"], "The key file /nowhere can't be read (No such file or directory)."),
        (
            ["--remote", "--key", key, "tsunagu-20200101-000000.db.age"],
            "no backup called tsunagu-20200101-000000.db.age",
        ),
        (["--remote", "--key", key, "../x"], "../x isn't the name of a backup"),
    ):
        refused = await run_bot("restore", *arguments, env=env)
        assert (refused.code, refused.out) == (2, "")
        assert said in refused.err
        assert len(refused.err.splitlines()) == 1
        assert (tmp_path / "tsunagu.db").read_bytes() == before
        assert list((tmp_path / "backups").iterdir()) == [Path(local)]

    restored = await run_bot("restore", "--remote", "--key", key, name, env=env)
    assert (restored.code, restored.err) == (0, "")
    assert restored.out.startswith(f"Restored {Path(local).name}. The previous database is now ")


async def test_a_damaged_copy_is_said_to_be_damaged(sqlite_url: str, tmp_path: Path, key: Path) -> None:
    settings = in_folder(sqlite_url, tmp_path, public_key=public(key))
    await service.copy_away(settings, await backups.backup(sqlite_url, settings.backup_folder, NIGHT))
    (kept,) = (tmp_path / "nas").iterdir()
    whole = kept.read_bytes()
    for broken in (whole[:-1000], whole[:50], whole[:-5] + b"xxxxx"):
        kept.write_bytes(broken)
        with pytest.raises(StartError, match="is damaged"):
            async with service.to_restore(settings, str(kept), remote=False, key_file=str(key)):
                pass


async def test_what_is_in_the_way_is_one_line_without_the_secret(sqlite_url: str, tmp_path: Path, s3: WireS3) -> None:
    copy = await backups.backup(sqlite_url, tmp_path / "backups", NIGHT)
    gone = in_folder(sqlite_url, tmp_path).model_copy(update={"backup_copy_to": str(tmp_path / "not-mounted")})
    refused = in_s3(sqlite_url, tmp_path, s3, secret="hunter2")
    absent = in_s3(sqlite_url, tmp_path, s3).model_copy(update={"backup_copy_to": "s3://other/x"})
    for settings, said in (
        (gone, "Check that it's mounted"),
        (refused, "127.0.0.1 rejected the access key for the bucket tsunagu."),
        (absent, "There's no bucket other at 127.0.0.1."),
    ):
        with pytest.raises(StartError) as caught:
            await service.copy_away(settings, copy)
        assert said in str(caught.value)
        assert "hunter2" not in str(caught.value)
        assert "\n" not in str(caught.value)
        with pytest.raises(StartError, match=said):
            async with service.to_restore(settings, None, remote=True, key_file=None):
                pass
    assert not (tmp_path / "not-mounted").exists()
    s3.broken = True
    with pytest.raises(StartError, match=r"^127\.0\.0\.1 isn't available right now \(HTTP 503\)\.$"):
        await service.copy_away(in_s3(sqlite_url, tmp_path, s3), copy)


async def test_a_night_that_fails_is_an_error_and_the_age_goes_on_growing(
    sqlite_url: str, tmp_path: Path, s3: WireS3
) -> None:
    settings, clock, newest = in_s3(sqlite_url, tmp_path, s3), FakeClock(NIGHT), Newest()
    await look(settings, newest)
    assert newest == Newest(None, None)
    await copy_tonight(settings, clock, newest)
    assert newest == Newest(NIGHT, NIGHT)
    clock.go(days=1)
    s3.buckets.clear()
    with structlog.testing.capture_logs() as logged:
        await copy_tonight(settings, clock, newest)
    assert newest == Newest(NIGHT + timedelta(days=1), NIGHT)  # a copy's name tells whole seconds
    failed = next(entry for entry in logged if entry["log_level"] == "error")
    assert failed["event"] == "copy off the machine failed"
    assert failed["reason"] == "There's no bucket tsunagu at 127.0.0.1."


def test_age_itself_would_open_what_we_write(tmp_path: Path, key: Path) -> None:
    """The library's own words, without ours in between: our files are plain age files, and theirs are ours."""
    source, hidden, plain = tmp_path / "a", tmp_path / "a.age", tmp_path / "b"
    source.write_bytes(b"tsunagu" * 100_000)
    encryption.encrypt(source, hidden, encryption.public_keys(public(key)))
    identity = pyrage.x25519.Identity.from_str(key.read_text().splitlines()[1])
    assert pyrage.decrypt(hidden.read_bytes(), [identity]) == source.read_bytes()
    hidden.write_bytes(pyrage.encrypt(b"theirs", [pyrage.x25519.Recipient.from_str(public(key))]))
    encryption.decrypt(hidden, plain, key.read_text())
    assert plain.read_bytes() == b"theirs"
