"""Where copies are kept off the machine: a folder that is mounted from elsewhere, or an S3-compatible address."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from bot.errors import StartError
from bot.i18n import N_
from bot.settings import Settings

if TYPE_CHECKING:
    from obstore.store import S3Store

_STATUS = re.compile(r"status code: (\d{3})")


class PlaceError(StartError):
    """The place can't be used. Carries a message id and its parameters, as both a log and a person may read it."""

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message.format(**params))
        self.message = message
        self.params = params


class Place(Protocol):
    """A flat collection of files. Everything raises ``PlaceError``."""

    async def names(self) -> Sequence[str]:
        """The names of what is there, whosever it is."""

    async def put(self, file: Path, name: str) -> None:
        """Keep a file under a name, all of it or nothing."""

    async def fetch(self, name: str, target: Path) -> None:
        """Write what is kept under a name into ``target``."""

    async def remove(self, name: str) -> None: ...


def place_of(settings: Settings) -> Place | None:
    """The place that ``TSUNAGU_BACKUP_COPY_TO`` names, if it names one.

    Raises:
        PlaceError: S3 is not part of this installation.
    """
    if settings.backup_copy_to is None:
        return None
    address = urlsplit(settings.backup_copy_to)
    if address.scheme != "s3":
        return Folder(Path(settings.backup_copy_to))
    return Bucket(settings, address.netloc, address.path.strip("/"))


class Folder:
    """A folder. It has to exist: if nothing is mounted there, a new one would be on this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def names(self) -> Sequence[str]:
        found: list[str] = await self._do(lambda: [file.name for file in self._folder.iterdir()])
        return found

    async def put(self, file: Path, name: str) -> None:
        def copy() -> None:
            unfinished = self._folder / f"{name}.part"
            try:
                shutil.copyfile(file, unfinished)
                unfinished.chmod(0o600)
                unfinished.replace(self._folder / name)
            finally:
                with suppress(OSError):
                    unfinished.unlink(missing_ok=True)

        await self._do(copy)

    async def fetch(self, name: str, target: Path) -> None:
        if name not in await self.names():
            raise PlaceError(N_("There's no backup called {name} among the off-site backups."), name=name)
        await self._do(lambda: shutil.copyfile(self._folder / name, target))

    async def remove(self, name: str) -> None:
        await self._do(lambda: (self._folder / name).unlink(missing_ok=True))

    async def _do(self, work: Any) -> Any:
        try:
            return await asyncio.to_thread(work)
        except OSError as error:
            raise PlaceError(
                N_("Can't use the folder {folder} ({reason}). Check that it's mounted and that the bot can "
                   "write to it."),
                folder=self._folder, reason=error.strerror,
            ) from None  # fmt: skip


class Bucket:
    """A bucket of an S3-compatible service, under a prefix."""

    def __init__(self, settings: Settings, bucket: str, prefix: str) -> None:
        try:
            from obstore.store import S3Store
        except ModuleNotFoundError:
            raise PlaceError(N_("S3 needs an extra package: pip install -r requirements/s3.txt")) from None
        assert settings.backup_s3_access_key is not None
        assert settings.backup_s3_secret_key is not None
        endpoint = settings.backup_s3_endpoint or f"https://s3.{settings.backup_s3_region}.amazonaws.com"
        self._host = urlsplit(endpoint).hostname
        self._bucket = bucket
        # Everything is said here, so that no AWS_… variable of the machine's has a part in it.
        self._store: S3Store = S3Store(
            bucket,
            prefix=prefix or None,
            endpoint=endpoint,
            aws_endpoint_url_s3=endpoint,
            region=settings.backup_s3_region,
            access_key_id=settings.backup_s3_access_key,
            secret_access_key=settings.backup_s3_secret_key.get_secret_value(),
            virtual_hosted_style_request=False,
            disable_bulk_delete=True,  # not every compatible service knows it
            client_options={"allow_http": endpoint.startswith("http://"), "timeout": timedelta(minutes=5)},
            retry_config={"max_retries": 3, "retry_timeout": timedelta(minutes=3)},
        )

    async def names(self) -> Sequence[str]:
        import obstore

        async with self._trouble():
            found = await obstore.list_with_delimiter_async(self._store)
            return [meta["path"].rsplit("/", 1)[-1] for meta in found["objects"]]

    async def put(self, file: Path, name: str) -> None:
        import obstore

        async with self._trouble():
            # In parts of 5 MB, two at a time: it fits a machine with little memory.
            await obstore.put_async(self._store, name, file, max_concurrency=2)

    async def fetch(self, name: str, target: Path) -> None:
        import obstore

        async with self._trouble(name):
            answer = await obstore.get_async(self._store, name)
            with target.open("wb") as file:
                async for piece in answer.stream():
                    await asyncio.to_thread(file.write, piece)

    async def remove(self, name: str) -> None:
        import obstore

        async with self._trouble():
            await obstore.delete_async(self._store, name)

    @asynccontextmanager
    async def _trouble(self, name: str = "") -> AsyncIterator[None]:
        """Say in one line what the library's errors say in many."""
        from obstore import exceptions

        try:
            yield
        except (exceptions.BaseError, FileNotFoundError) as error:
            # The kind of error tells little: a refused listing is a “generic” one. The status stands in its text.
            found = _STATUS.search(str(error))
            status = int(found[1]) if found else None
            if status in (401, 403):
                raise PlaceError(
                    N_("{host} rejected the access key for the bucket {bucket}."), host=self._host, bucket=self._bucket
                ) from None
            if status == 404 and name:
                raise PlaceError(N_("There's no backup called {name} among the off-site backups."), name=name) from None
            if status == 404:
                raise PlaceError(
                    N_("There's no bucket {bucket} at {host}."), bucket=self._bucket, host=self._host
                ) from None
            raise PlaceError(
                N_("{host} isn't available right now ({reason})."),
                host=self._host, reason=f"HTTP {status}" if status else type(error).__name__,
            ) from None  # fmt: skip
