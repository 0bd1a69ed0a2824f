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
            words("pg_dump and pg_restore aren't installed, so no backups can be made."),
            words(
                "Install the PostgreSQL client in the same version as the server. On Debian: apt install "
                "postgresql-client"
            ),
        )
    if not os.access(_there(folder), os.W_OK):
        report.problem(
            words("Can't write to the folder {folder}.", folder=folder.absolute()),
            words("Make the user that runs the bot its owner, or set another folder in TSUNAGU_BACKUP_FOLDER."),
        )
    made = await newest_here(settings)
    if made is None:
        report.notice(
            words("There's no backup in {folder} yet.", folder=folder.absolute()),
            words(
                "The bot makes one every night at 03:30 Tokyo time while it's running. To make one now: "
                "python -m bot backup"
            ),
        )
    elif (hours := _hours(made, now)) > _HOURS:
        report.problem(
            words.plural("The latest backup is {n} hour old.", "The latest backup is {n} hours old.", hours),
            words("Look for “backup failed” in the log, then try it yourself: python -m bot backup"),
        )
    else:
        report.ok(words.plural("The latest backup is {n} hour old.", "The latest backup is {n} hours old.", hours))
    await _elsewhere(report, settings, now)


async def _elsewhere(report: Report, settings: Settings, now: datetime) -> None:
    words = report.words
    if settings.backup_copy_to is None:
        report.notice(
            words("Backups are only kept on this machine."),
            words("If it breaks, you lose them too. Set TSUNAGU_BACKUP_COPY_TO (see docs/operations.md)."),
        )
        return
    if settings.backup_public_key is None:
        report.notice(
            words("The off-site backups aren't encrypted."),
            words(
                "Anyone who gets hold of one can read everything in it. Create a key pair with “python -m "
                "bot key FILE”."
            ),
        )
    try:
        place = place_of(settings)
        assert place is not None
        made = await newest_elsewhere(place)
    except PlaceError as error:
        report.problem(
            words("Can't check the off-site backups: {reason}", reason=words(error.message, **error.params)),
            words("Check the TSUNAGU_BACKUP_… settings, then try it yourself: python -m bot backup"),
        )
        return
    if made is None:
        report.notice(
            words("There's no off-site backup yet."),
            words("One will be made tonight. To make one now: python -m bot backup"),
        )
    elif (hours := _hours(made, now)) > _HOURS:
        report.problem(
            words.plural(
                "The latest off-site backup is {n} hour old.",
                "The latest off-site backup is {n} hours old.",
                hours,
            ),
            words("Look for “copy off the machine failed” in the log, then try it yourself: python -m bot backup"),
        )
    else:
        report.ok(
            words.plural(
                "The latest off-site backup is {n} hour old.",
                "The latest off-site backup is {n} hours old.",
                hours,
            )
        )


def _there(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists: there it would be made."""
    folder = folder.absolute()
    return next(path for path in (folder, *folder.parents) if path.exists())


def _hours(made: datetime, now: datetime) -> int:
    return int((now - made).total_seconds() // 3600)
