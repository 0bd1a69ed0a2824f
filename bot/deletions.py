"""The list of deletions beside the backups: numbers only, so that a copy from before doesn't bring anybody back."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.db import Database
from bot.features import Services
from bot.features.members.mydata import DELETED, Deleted, MyDataService

log = structlog.get_logger("tsunagu.deletions")

NAME = "deletions.csv"


def keep(database: Database, folder: Path) -> None:
    """From now on, write down each deletion in ``folder`` once it is committed."""

    def listener(info: Mapping[Any, Any]) -> None:
        for entry in info.get(DELETED, ()):
            _append(folder, entry)

    database.on_commit.append(listener)


def _append(folder: Path, entry: Deleted) -> None:
    file = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("a", newline="") as text:
            csv.writer(text).writerow([entry.organisation_id, entry.person_id, entry.deleted_at.isoformat()])
        file.chmod(0o600)
    except OSError as error:  # the database has it, too
        log.error("deletion not written beside the backups", file=str(file), reason=error.strerror)


def _written(folder: Path) -> list[Deleted]:
    """The entries in ``folder``, without a line that was cut off."""
    found = []
    try:
        with (folder / NAME).open(newline="") as text:
            for line in csv.reader(text):
                try:
                    organisation, person, at = line
                    found.append(Deleted(int(organisation), int(person), datetime.fromisoformat(at)))
                except ValueError:
                    log.warning("a line of the deletions can't be read", file=NAME)
    except FileNotFoundError:
        pass
    return found


async def known(url: str, folder: Path, clock: Clock) -> list[Deleted]:
    """All that stands beside the backups or in the database that is to be replaced."""
    entries = {*_written(folder), *await _in_database(url, clock)}
    return sorted(entries, key=lambda entry: (entry.deleted_at, entry.person_id))


async def _in_database(url: str, clock: Clock) -> list[Deleted]:
    """As far as it can be read: it may be what is broken."""
    database = Database(url)
    try:
        if database.is_sqlite and not await asyncio.to_thread(Path(str(database.url.database)).exists):
            return []  # looking into it would make it
        return await Services(database, clock)[MyDataService].deletions()
    except (OSError, SQLAlchemyError) as error:
        log.warning("the present list of deletions can't be read", reason=type(error).__name__)
        return []
    finally:
        await database.close()


async def apply(database: Database, clock: Clock, entries: list[Deleted]) -> int:
    """Delete people again whom the restored copy still has; returns how many there were."""
    return await Services(database, clock)[MyDataService].delete_again(entries)
