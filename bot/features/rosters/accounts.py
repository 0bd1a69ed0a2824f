"""A person's Discord account in every table: what one account did and gets is the other's once both are one person.

The columns are found by their name and not from a list, so that a table that comes later is not forgotten.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Column, Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Base, Snowflake
from bot.features.people.models import Person
from bot.features.rosters.repointing import move
from bot.personal import within

_ACCOUNT = re.compile(r"(^|_)discord_(user_)?id$")
#: Columns of that name that keep what they have, and why.
STAYS = {
    "people.discord_user_id": "it is the record itself; which of the two accounts stays is said where they are merged",
    "former_records.discord_user_id": "says which account it was",
    "audit_entries.actor_discord_id": "history says which account it was, and nothing changes it",
    "thread_guests.discord_user_id": "says which account is inside; it goes when the bot lets that account out",
    "server_parts.discord_id": "a role, channel or message",
}


def account_columns() -> list[Column[Any]]:
    """Every column that holds the Discord id of a user, besides those in ``STAYS`` and those of deliveries, which have
    their own way (``readdressing.py``)."""
    return [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.type is Snowflake and _ACCOUNT.search(column.name) and f"{table.name}.{column.name}" not in STAYS
    ]


async def hand_over(session: AsyncSession, organisation_id: int, old: int, new: int) -> None:
    """What stands under the account ``old`` in an organisation stands under ``new``. What an account has in all
    organisations goes along unless another one knows it."""
    elsewhere = await session.scalar(
        select(Person.id).where(Person.discord_user_id == old, Person.organisation_id != organisation_id).limit(1)
    )
    for column in account_columns():
        assert isinstance(column.table, Table)
        here = within(column.table, organisation_id)
        if here is not None:
            await move(session, column, old, new, here)
        elif elsewhere is None:
            await move(session, column, old, new)
