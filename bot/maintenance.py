"""Work at the terminal with copies of the database: make one, restore one, make a pair of keys."""

from __future__ import annotations

import sys
from pathlib import Path

from bot import deletions, log
from bot.backups import database as backups
from bot.backups import encryption
from bot.backups import service as copies
from bot.clock import SystemClock
from bot.db import Database
from bot.runner import bring_up_to_date, only_process
from bot.settings import Settings


async def back_up(settings: Settings) -> None:
    """Copy the database now, whether or not the bot is running, and say where; also off the machine, where there is a
    place for it.

    Raises:
        StartError: one of the two failed; that the first was made is printed before.
    """
    log.configure(settings)
    copy = await backups.backup(settings.database_url, settings.backup_folder, SystemClock().now())
    print(copy, flush=True)
    if name := await copies.copy_away(settings, copy):
        print(f"{settings.backup_copy_to}: {name}")


async def restore(settings: Settings, source: str | None, *, remote: bool, key_file: str | None) -> None:
    """Put a copy (the newest, if none is named) in the place of the database. The bot has to be stopped.

    Raises:
        StartError: the bot is running, or the copy can't be used; nothing has been changed then.
    """
    log.configure(settings)
    clock = SystemClock()
    with only_process(settings.database_file):
        async with copies.to_restore(settings, source, remote=remote, key_file=key_file) as copy:
            deleted = await deletions.known(settings.database_url, settings.backup_folder, clock)
            aside = await backups.restore(settings.database_url, copy, clock.now())
        database = Database(settings.database_url)
        try:
            await bring_up_to_date(database)
            count = await deletions.apply(database, clock, deleted)
        finally:
            await database.close()
    print(f"Restored {copy.name}." + (f" The previous database is now {aside}." if aside else ""))
    if count:
        print(f"Deleted again at people's earlier request: {count}.")


def make_key(file: Path) -> None:
    """Make a pair of keys for copies off the machine and say what to do with them.

    Raises:
        StartError: the file is there already, or can't be written.
    """
    public = encryption.new_key(file)
    print(f"TSUNAGU_BACKUP_PUBLIC_KEY={public}")
    print(
        f"The private key is in {file}. Keep it in two places other than this machine, then delete it here. "
        "Without it, nobody can read the backups.",
        file=sys.stderr,
    )
