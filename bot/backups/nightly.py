"""The copy of each night, and how old the newest ones are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from bot.backups import database, service
from bot.backups.places import place_of
from bot.clock import Clock
from bot.errors import StartError
from bot.settings import Settings

log = structlog.get_logger("tsunagu.backups")


@dataclass(slots=True)
class Newest:
    """When the newest copy was made, here and off the machine; None where there is none, or nobody has looked yet."""

    here: datetime | None = None
    elsewhere: datetime | None = None


async def copy_tonight(settings: Settings, clock: Clock, newest: Newest) -> None:
    """Make the copy of the night. One that fails is an error in the log; the next night tries again."""
    try:
        file = await database.backup(settings.database_url, settings.backup_folder, clock.now())
        log.info("backup made", file=str(file), bytes=file.stat().st_size)
    except (StartError, OSError) as error:
        log.error("backup failed", reason=str(error))
    else:
        await _copy_away(settings, file)
    await look(settings, newest)


async def _copy_away(settings: Settings, file: Path) -> None:
    try:
        if name := await service.copy_away(settings, file):
            log.info("copy off the machine made", name=name)
    except (StartError, OSError) as error:
        log.error("copy off the machine failed", reason=str(error))


async def look(settings: Settings, newest: Newest) -> None:
    """Learn how old the copies are. A place that can't be asked keeps the age it had, which goes on growing."""
    newest.here = await service.newest_here(settings)
    try:
        if place := place_of(settings):
            newest.elsewhere = await service.newest_elsewhere(place)
    except StartError as error:
        log.warning("copies off the machine can't be seen", reason=str(error))
