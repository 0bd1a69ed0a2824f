"""Who is written to directly. The one place that knows it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from bot.db import Reader, fetch
from bot.features.members.models import Contact, Profile
from bot.features.people.models import Person


async def asked_for_messages(reader: Reader, organisation_id: int, discord_user_ids: Iterable[int]) -> set[int]:
    """Those of them who chose to be reached by direct message about what they take part in. Nobody else is written to;
    announcements have a choice of their own."""
    wanted = set(discord_user_ids)
    if not wanted:
        return set()
    query = (
        select(Person.discord_user_id)
        .join(Profile, Profile.person_id == Person.id)
        .where(
            Person.organisation_id == organisation_id,
            Person.discord_user_id.in_(wanted),
            Profile.contact == Contact.DIRECT,
        )
    )
    return {row.discord_user_id for row in await fetch(reader, query)}
