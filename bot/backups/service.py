"""The copies of one installation: which there are, the way off the machine, and the way back."""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import structlog

from bot.backups import database, encryption
from bot.backups.places import Place, PlaceError, place_of
from bot.errors import StartError
from bot.settings import Settings

log = structlog.get_logger("tsunagu.backups")

_NAME = re.compile(r"tsunagu-(\d{8}-\d{6})\.(db|dump)(\.age)?")


def made_at(name: str) -> datetime | None:
    """When a copy was made, as its name says; None if it isn't one of ours."""
    found = _NAME.fullmatch(name)
    return datetime.strptime(found[1], "%Y%m%d-%H%M%S").replace(tzinfo=UTC) if found else None


def copies_among(names: Iterable[str]) -> Sequence[str]:
    """Those that are copies of ours, the newest first."""
    return sorted((name for name in names if made_at(name)), reverse=True)


async def copy_away(settings: Settings, copy: Path) -> str | None:
    """Keep a copy off the machine too, encrypted if there is a public key; the newest 14 stay. Returns its name there,
    or None if there is no such place.

    Raises:
        StartError: the place can't be used, or there is no room to encrypt the copy.
    """
    place = place_of(settings)
    if place is None:
        return None
    async with _ready_to_leave(settings, copy) as file:
        await place.put(file, file.name)
    try:
        for old in copies_among(await place.names())[database.KEEP :]:
            await place.remove(old)
    except PlaceError as error:  # the copy is there; the next night removes what is too old
        log.warning("old copies off the machine not removed", reason=str(error))
    return file.name


@asynccontextmanager
async def _ready_to_leave(settings: Settings, copy: Path) -> AsyncIterator[Path]:
    if settings.backup_public_key is None:
        yield copy
        return
    keys = encryption.public_keys(settings.backup_public_key)
    try:
        # Beside the copies: /tmp is small on many machines, and in a container it is memory.
        with tempfile.TemporaryDirectory(prefix="leaving-", dir=copy.parent) as folder:
            hidden = Path(folder) / (copy.name + encryption.ENDING)
            await asyncio.to_thread(encryption.encrypt, copy, hidden, keys)
            yield hidden
    except OSError as error:
        raise StartError(f"The copy in {copy.parent} can't be encrypted ({error.strerror}).") from None


async def newest_elsewhere(place: Place) -> datetime | None:
    """When the newest copy off the machine was made.

    Raises:
        PlaceError: the place can't be used.
    """
    found = copies_among(await place.names())
    return made_at(found[0]) if found else None


async def newest_here(settings: Settings) -> datetime | None:
    """When the newest copy in the backup folder was made."""
    found = await asyncio.to_thread(database.copies, settings.backup_folder)
    named = copies_among(file.name for file in found)
    return made_at(named[0]) if named else None


@asynccontextmanager
async def to_restore(
    settings: Settings, source: str | None, *, remote: bool, key_file: str | None
) -> AsyncIterator[Path]:
    """A copy, ready to be put in the place of the database: fetched and decrypted as far as it has to be.

    ``source`` is a file, with ``remote`` the name of a copy off the machine; the newest if it is None. ``key_file``
    is the file with the private key, ``-`` for standard input.

    Raises:
        StartError: there is no such copy, it can't be fetched, or the key is missing or not the right one.
    """
    folder = settings.backup_folder
    if not remote and (source is None or not source.endswith(encryption.ENDING)):
        yield Path(source) if source else await _newest_file(folder)
        return
    private_keys = await asyncio.to_thread(_read_key, key_file) if key_file else None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="restoring-", dir=folder) as room:
            copy = await _fetched(settings, source, Path(room)) if remote else Path(str(source))
            if copy.suffix == encryption.ENDING:
                if private_keys is None:
                    raise StartError(f"{copy.name} is encrypted. Give the file with the private key: --key FILE")
                plain = Path(room) / copy.stem
                await asyncio.to_thread(encryption.decrypt, copy, plain, private_keys)
                copy = plain
            yield copy
    except OSError as error:
        raise StartError(f"The backup can't be prepared in {folder} ({error.strerror}).") from None


async def _newest_file(folder: Path) -> Path:
    found = await asyncio.to_thread(database.copies, folder)
    if not found:
        raise StartError(f"There's no backup in {folder}.")
    return found[0]


async def _fetched(settings: Settings, name: str | None, room: Path) -> Path:
    place = place_of(settings)
    if place is None:
        raise StartError("There's no place for off-site backups: TSUNAGU_BACKUP_COPY_TO isn't set.")
    if name is None:
        found = copies_among(await place.names())
        if not found:
            raise StartError(f"There's no backup in {settings.backup_copy_to}.")
        name = found[0]
    elif made_at(name) is None:
        raise StartError(f"{name} isn't the name of a backup such as tsunagu-20261121-183000.db.age.")
    await place.fetch(name, room / name)
    return room / name


def _read_key(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text("utf-8", "replace")
    except OSError as error:
        raise StartError(f"The key file {file} can't be read ({error.strerror}).") from None
