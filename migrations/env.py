"""Alembic's environment. ``bot.schema`` gives the connection; ``alembic check`` takes the one of the settings."""

from __future__ import annotations

import asyncio
from typing import Literal

from alembic import context
from sqlalchemy import Connection

from bot import settings
from bot.db import Base, Database, Instant
from bot.features import import_models

import_models()


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write a migration with plain types: it has to mean the same when our own type has long changed."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_on_own_connection() -> None:
    database = Database(settings.load().database_url)
    try:
        async with database.writing() as session:
            await (await session.connection()).run_sync(run)
    finally:
        await database.close()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(run_on_own_connection())
