"""Taking along and deleting, from the host, what is held about somebody who can't do it in Discord."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot import deletions, log
from bot.clock import SystemClock
from bot.db import Database
from bot.errors import StartError, UserError
from bot.features import Services
from bot.features.members.mydata import RequestService, Somebody, as_csv, as_json
from bot.i18n import words_for
from bot.runner import ready_for_use
from bot.settings import Settings
from bot.ui.replies import fill


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is meant, as it was typed."""

    organisation: str | None
    discord_user_id: int | None
    person_id: int | None


async def export(settings: Settings, wanted: Wanted, folder: Path) -> None:
    """Write all that is held about somebody into two new files that only this user of the host can read.

    Raises:
        StartError: there is no such person, or the files can't be written or are there already.
    """
    async with _at_hand(settings, wanted) as (service, somebody):
        held = await service.export(somebody)
        if not held:
            print(f"Nothing is held about {_named(somebody)}.")
            return
        stem = f"person-{somebody.person_id}" if somebody.person_id is not None else f"user-{somebody.discord_user_id}"
        for name, content in ((f"{stem}.json", as_json(held)), (f"{stem}.csv", as_csv(held))):
            print(_write(folder / name, content))


async def delete(settings: Settings, wanted: Wanted, *, is_sure: bool) -> None:
    """Take somebody out of every table, after a second question unless ``is_sure``.

    Raises:
        StartError: there is no such person, they hold an officer's post, or the answer wasn't yes.
    """
    async with _at_hand(settings, wanted) as (service, somebody):
        await service.require_deletable(somebody)
        if not is_sure:
            _ask(somebody)
        await service.delete(somebody)
    print(f"Everything about {_named(somebody)} has been deleted. It stays deleted when a backup is restored.")


@asynccontextmanager
async def _at_hand(settings: Settings, wanted: Wanted) -> AsyncIterator[tuple[RequestService, Somebody]]:
    log.configure(settings)
    database = Database(settings.database_url)
    deletions.keep(database, settings.backup_folder)
    try:
        await ready_for_use(settings, database)
        service = Services(database, SystemClock())[RequestService]
        try:
            yield service, await service.find(wanted.organisation, wanted.discord_user_id, wanted.person_id)
        except UserError as error:
            raise StartError(fill(error.message, error.params, words_for("en"), escape=False)) from None
    finally:
        await database.close()


def _named(somebody: Somebody) -> str:
    if somebody.person_id is None:
        return f"Discord user {somebody.discord_user_id} in {somebody.organisation} (no record)"
    return f"{somebody.name} (record {somebody.person_id} of {somebody.organisation})"


def _ask(somebody: Somebody) -> None:
    print(f"This permanently deletes everything held about {_named(somebody)}. Type “delete” to go on: ", end="")
    sys.stdout.flush()
    if sys.stdin.readline().strip() != "delete":
        raise StartError("Nothing was deleted.")


def _write(file: Path, content: bytes) -> Path:
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
    except FileExistsError:
        raise StartError(f"{file} already exists. Move it away, or choose another folder with --to.") from None
    except OSError as error:
        raise StartError(f"{file} can't be written ({error.strerror}). Choose another folder with --to.") from None
    return file
