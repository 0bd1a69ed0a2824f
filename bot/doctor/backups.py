"""Are there copies, how old are they, and are there some off the machine?"""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

from bot.backups.places import PlaceError, place_of
from bot.backups.service import newest_elsewhere, newest_here
from bot.doctor.report import Report
from bot.settings import Settings

#: A night may be missed, two may not.
_HOURS = 50


async def check(report: Report, settings: Settings, now: datetime) -> None:
    words, folder = report.words, settings.backup_folder
    if settings.database_file is None and not (shutil.which("pg_dump") and shutil.which("pg_restore")):
        report.problem(
            words("pg_dump and pg_restore are not installed: no copies can be made."),
            words("Install PostgreSQL's client of the server's version, on Debian: apt install postgresql-client"),
        )
    if not os.access(_there(folder), os.W_OK):
        report.problem(
            words("The folder {folder} can't be written.", folder=folder.absolute()),
            words("Give it to the user that the bot runs as, or name another one in TSUNAGU_BACKUP_FOLDER."),
        )
    made = await newest_here(settings)
    if made is None:
        report.notice(
            words("There is no copy in {folder} yet.", folder=folder.absolute()),
            words(
                "The running bot makes one every night at 03:30 in Tokyo. You can make one now: python -m bot backup"
            ),
        )
    elif (hours := _hours(made, now)) > _HOURS:
        report.problem(
            words.plural("The newest copy is {n} hour old.", "The newest copy is {n} hours old.", hours),
            words("Look for “backup failed” in the log, and try it by hand: python -m bot backup"),
        )
    else:
        report.ok(words.plural("The newest copy is {n} hour old.", "The newest copy is {n} hours old.", hours))
    await _elsewhere(report, settings, now)


async def _elsewhere(report: Report, settings: Settings, now: datetime) -> None:
    words = report.words
    if settings.backup_copy_to is None:
        report.notice(
            words("Copies are kept on this machine alone."),
            words("If it breaks, they are gone with it. Set TSUNAGU_BACKUP_COPY_TO (docs/operations.md)."),
        )
        return
    if settings.backup_public_key is None:
        report.notice(
            words("The copies off the machine are not encrypted."),
            words("Anybody who gets hold of one reads all of it. “python -m bot key FILE” makes a pair of keys."),
        )
    try:
        place = place_of(settings)
        assert place is not None
        made = await newest_elsewhere(place)
    except PlaceError as error:
        report.problem(
            words("The copies off the machine can't be seen: {reason}", reason=words(error.message, **error.params)),
            words("Check the settings TSUNAGU_BACKUP_…, then try it by hand: python -m bot backup"),
        )
        return
    if made is None:
        report.notice(
            words("There is no copy off the machine yet."),
            words("The next night makes one. You can make one now: python -m bot backup"),
        )
    elif (hours := _hours(made, now)) > _HOURS:
        report.problem(
            words.plural(
                "The newest copy off the machine is {n} hour old.",
                "The newest copy off the machine is {n} hours old.",
                hours,
            ),
            words("Look for “copy off the machine failed” in the log, and try it by hand: python -m bot backup"),
        )
    else:
        report.ok(
            words.plural(
                "The newest copy off the machine is {n} hour old.",
                "The newest copy off the machine is {n} hours old.",
                hours,
            )
        )


def _there(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists: there it would be made."""
    folder = folder.absolute()
    return next(path for path in (folder, *folder.parents) if path.exists())


def _hours(made: datetime, now: datetime) -> int:
    return int((now - made).total_seconds() // 3600)
