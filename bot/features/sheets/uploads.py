"""Files between being chosen and being imported: helpers that join somebody else's transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Reader
from bot.errors import NotAllowed, NotFound
from bot.features.homes.facts import Query
from bot.features.people.actors import Actor
from bot.features.people.askers import ASKER, NOW
from bot.features.people.lifecycles import Lifecycle
from bot.features.people.rules import Right
from bot.features.sheets.models import SheetUpload, UploadState
from bot.i18n import N_

#: How long an upload waits for its import. It has names in it, so not long.
KEPT = timedelta(hours=1)
GONE = N_("This import has expired or was replaced by a newer one. Nothing was changed. Please choose the file again.")
UPLOADS = Lifecycle(UploadState.OPEN)
IMPORT = UPLOADS.step(
    [UploadState.OPEN], UploadState.IMPORTED, N_("This file has already been imported. Nothing was imported twice.")
)


async def take_in(
    session: AsyncSession,
    actor: Actor,
    kind: str,
    filename: str,
    content: bytes,
    columns: list[str | None],
    now: datetime,
) -> SheetUpload:
    """Keep a file for a while. An earlier one of the same person and kind goes, and with it what has expired."""
    await session.execute(delete(SheetUpload).where(SheetUpload.expires_at <= now))
    await session.execute(
        delete(SheetUpload).where(
            SheetUpload.organisation_id == actor.organisation.id,
            SheetUpload.discord_user_id == actor.caller.discord_user_id,
            SheetUpload.kind == kind,
        )
    )
    upload = SheetUpload(
        organisation_id=actor.organisation.id,
        discord_user_id=actor.caller.discord_user_id,
        kind=kind,
        filename=filename[:100],
        content=content,
        columns=columns,
        answers={},
        state=UploadState.OPEN.value,
        created_at=now,
        expires_at=now + KEPT,
    )
    session.add(upload)
    await session.flush()
    return upload


_WAITING = (
    select(SheetUpload.id)
    .where(
        SheetUpload.organisation_id == ASKER.organisation_id,
        SheetUpload.discord_user_id == ASKER.discord_user_id,
        SheetUpload.state == UploadState.OPEN,
        SheetUpload.expires_at > NOW,
    )
    .order_by(SheetUpload.id.desc())
    .limit(1)
)


def upload_waiting(actor: Actor) -> Query | None:
    """For home: the actor's latest file (``id``) that waits to be imported."""
    return _WAITING if actor.may(Right.USE_SHEETS) else None


async def opened(reader: Reader, actor: Actor, upload_id: int, now: datetime, *, lock: bool = False) -> SheetUpload:
    """A file that waits.

    Raises:
        NotFound: it has expired.
        NotAllowed: somebody else chose it.
        Conflict: it was imported already.
    """
    query = select(SheetUpload).where(SheetUpload.id == upload_id, SheetUpload.organisation_id == actor.organisation.id)
    if isinstance(reader, AsyncSession):
        upload = await reader.scalar(query.with_for_update() if lock else query)
    else:
        row: Any = (await reader.execute(query)).one_or_none()
        upload = SheetUpload(**row._mapping) if row is not None else None
    if upload is None or upload.expires_at <= now:
        raise NotFound(GONE)
    if upload.discord_user_id != actor.caller.discord_user_id:
        raise NotAllowed(
            N_("Someone else chose this file, so only they can import it. You can also choose the file yourself.")
        )
    IMPORT.require(upload.state)
    return upload
