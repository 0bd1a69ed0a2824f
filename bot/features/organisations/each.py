"""Work for one organisation at a moment, or for all of them: a failure with one doesn't stop the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

import structlog
from sqlalchemy import Select, select

from bot.db import Database, Reader, fetch
from bot.features.organisations.models import Organisation
from bot.kit.moments import Moment

log = structlog.get_logger("tsunagu.organisations")

T = TypeVar("T")


def _zone(organisation_id: int) -> Select[str]:
    return select(Organisation.time_zone).where(Organisation.id == organisation_id)


async def zone_of(reader: Reader, organisation_id: int) -> str:
    """The time zone of an organisation to which a row belongs, so that it is there."""
    zone = await reader.scalar(_zone(organisation_id))
    assert zone is not None
    return zone


async def moment_of(reader: Reader, organisation_id: int, now: datetime) -> Moment | None:
    """The instant where the organisation is; None if there is no such one (any more)."""
    zone = await reader.scalar(_zone(organisation_id))
    return Moment(organisation_id, zone, now) if zone is not None else None


async def for_each(database: Database, what: str, work: Callable[[int, str], Awaitable[T]]) -> list[T]:
    """Do ``work`` with the id and the time zone of each organisation, in transactions of its own; what came of those
    where it went well. ``what`` stands in the log where it didn't."""
    async with database.reading() as connection:
        query = select(Organisation.id, Organisation.time_zone).order_by(Organisation.id)
        organisations = await fetch(connection, query)
    done = []
    for row in organisations:
        try:
            done.append(await work(row.id, row.time_zone))
        except Exception:  # the next caller tries it again
            log.exception(what, organisation=row.id)
    return done
