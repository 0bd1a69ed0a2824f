from __future__ import annotations

from sqlalchemy import select, update

from bot.db import insert_if_absent
from bot.features import Service
from bot.features.command_sets.models import CommandSet


class CommandSetService(Service):
    async def is_known(self, application_id: int, digest: str) -> bool:
        """Was just this set the last one that Discord was told of?"""
        query = select(CommandSet.digest).where(CommandSet.application_id == application_id)
        async with self.database.reading() as connection:
            return bool(await connection.scalar(query) == digest)

    async def note_sent(self, application_id: int, digest: str) -> None:
        now = self.clock.now()
        async with self.database.writing() as session:
            await insert_if_absent(session, CommandSet, application_id=application_id, digest=digest, sent_at=now)
            await session.execute(
                update(CommandSet).where(CommandSet.application_id == application_id).values(digest=digest, sent_at=now)
            )
