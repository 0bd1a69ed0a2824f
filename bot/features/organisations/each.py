"""Work for every organisation: what goes wrong with one doesn't end the others'."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from sqlalchemy import select

from bot.db import Database, fetch
from bot.features.organisations.models import Organisation

log = structlog.get_logger("tsunagu.organisations")

T = TypeVar("T")


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
        except Exception:  # whoever asks next tries it again
            log.exception(what, organisation=row.id)
    return done
