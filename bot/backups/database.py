"""Copies of the database: made while the bot runs, checked, and put back.

SQLite goes through its own backup interface, in one step: with its write-ahead log a reader holds nobody up, while a
copy in several steps begins again whenever somebody writes, and beside a busy bot it never ends. PostgreSQL goes
through ``pg_dump`` and ``pg_restore``, which have to be installed.
"""

from __future__ import annotations

import asyncio
import glob
import os
import re
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy.engine import URL, make_url

from bot import schema
from bot.errors import StartError

KEEP = 14
#: In the name of the database that a restore has replaced, before the time.
ASIDE = "-before-restore-"
STAMP = re.compile(r"\d{8}-\d{6}")


async def backup(url: str, folder: Path, at: datetime, keep: int = KEEP) -> Path:
    """Copy the database into ``folder`` and return the file; only the newest ``keep`` copies stay. A database that a
    restore has put aside goes once there are that many newer copies.

    The copy has its final name only once it is whole and has been checked.

    Raises:
        StartError: the folder can't be used, the copy isn't sound, or PostgreSQL's tools are missing or fail.
    """
    address = make_url(url)
    ending = "db" if address.get_backend_name() == "sqlite" else "dump"
    target = folder / f"tsunagu-{at:%Y%m%d-%H%M%S}.{ending}"
    # A name of its own: a copy by hand may be made in the same second as the one at the start.
    unfinished = target.with_name(f"{target.stem}-{uuid4().hex}.part")
    try:
        await asyncio.to_thread(_begin, unfinished)
        if ending == "db":
            await asyncio.to_thread(_copy_sqlite, Path(str(address.database)), unfinished)
        else:
            await _postgres(["pg_dump", "--format=custom", f"--file={unfinished}", "--no-owner"], address)
        await asyncio.to_thread(_finish, unfinished, target, keep)
        if ending == "db":
            await asyncio.to_thread(_tidy_aside, Path(str(address.database)), folder, keep)
    except OSError as error:
        raise StartError(f"The backup in {folder} failed ({error.strerror}).") from None
    finally:
        with suppress(OSError):
            await asyncio.to_thread(unfinished.unlink, missing_ok=True)
    return target


def _begin(unfinished: Path) -> None:
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    unfinished.unlink(missing_ok=True)


def _finish(unfinished: Path, target: Path, keep: int) -> None:
    unfinished.chmod(0o600)
    unfinished.replace(target)
    for old in copies(target.parent)[keep:]:
        old.unlink(missing_ok=True)


def _tidy_aside(database: Path, folder: Path, keep: int) -> None:
    """Delete databases that restores have put aside and that are older than all copies that stay: people who have
    deleted themselves are still in them."""
    kept = copies(folder)[:keep]
    if len(kept) < keep:
        return
    oldest = kept[-1].stem.removeprefix("tsunagu-")
    for aside in database.parent.glob(f"{glob.escape(database.stem)}{ASIDE}*{database.suffix}"):
        made_at = aside.stem.rpartition(ASIDE)[2]
        if STAMP.fullmatch(made_at) and made_at < oldest:
            aside.unlink()


def copies(folder: Path) -> Sequence[Path]:
    """The copies in a folder, the newest first."""
    return sorted([*folder.glob("tsunagu-*.db"), *folder.glob("tsunagu-*.dump")], reverse=True)


async def restore(url: str, source: Path, at: datetime) -> Path | None:
    """Put a copy in the place of the database, which has to be out of use. The schema is brought up to date at the
    next start.

    Returns where the database that was there has been put aside (SQLite), or None.

    Raises:
        StartError: the copy is not there, not sound, of a newer program, or of the other kind of database; or there is
            no room for it.
    """
    address = make_url(url)
    if not await asyncio.to_thread(source.is_file):
        raise StartError(f"There's no backup {source}.")
    is_sqlite = address.get_backend_name() == "sqlite"
    if is_sqlite != (source.suffix == ".db"):
        raise StartError(f"{source.name} is a backup of another kind of database than the one in TSUNAGU_DATABASE_URL.")
    if not is_sqlite:
        await _postgres(
            ["pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(source)], address
        )
        return None
    return await asyncio.to_thread(_restore_sqlite, Path(str(address.database)), source, at)


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.is_file():
        raise StartError(f"There's no database {source} to back up.")
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(target)) as here:
        there.backup(here)
        here.execute("PRAGMA journal_mode=DELETE")  # one file, without a journal beside it
    _check_sqlite(target)


def _check_sqlite(file: Path) -> None:
    """Raises StartError unless the file is a sound database of a version that this program knows."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise StartError(f"{file.name} isn't a sound copy of the bot's database ({error}).") from None
    if sound != "ok":
        raise StartError(f"{file.name} is damaged ({sound}). Use another backup.")
    if revision not in schema.revisions():
        raise StartError(f"{file.name} ({revision}) is newer than this program. Restore it with the newer program.")


def _restore_sqlite(database: Path, source: Path, at: datetime) -> Path | None:
    _check_sqlite(source)
    database.parent.mkdir(parents=True, exist_ok=True)
    fresh = database.with_suffix(".restoring")
    aside = None
    try:
        shutil.copyfile(source, fresh)
        if database.exists():
            aside = database.with_name(f"{database.stem}{ASIDE}{at:%Y%m%d-%H%M%S}{database.suffix}")
            # Take in what still stands in the journal beside it, so that the one file is the whole database.
            with closing(sqlite3.connect(database)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            os.replace(database, aside)
        for journal in ("-wal", "-shm"):
            database.with_name(database.name + journal).unlink(missing_ok=True)
        os.replace(fresh, database)
    except OSError as error:
        raise StartError(f"{source.name} can't replace {database} ({error.strerror}).") from None
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
    return aside


async def _postgres(command: Sequence[str], address: URL) -> None:
    """Run one of PostgreSQL's tools on the database. The password goes by the environment: a command line is seen."""
    options = ["--host", address.host, "--port", str(address.port or 5432), "--username", address.username]
    arguments = [*command[1:], *(str(option) for option in options if option is not None), "--dbname", address.database]
    environment = {**os.environ, "PGPASSWORD": str(address.password or "")}
    try:
        process = await asyncio.create_subprocess_exec(
            command[0], *map(str, arguments), env=environment, stderr=asyncio.subprocess.PIPE
        )
    except FileNotFoundError:
        raise StartError(f"{command[0]} isn't installed. On Debian: apt install postgresql-client") from None
    _, errors = await process.communicate()
    if process.returncode:
        raise StartError(f"{command[0]} failed: {errors.decode(errors='replace').strip().splitlines()[-1]}")
