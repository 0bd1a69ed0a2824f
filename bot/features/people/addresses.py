"""Where to reach an organisation and its people, and in which language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from bot.db import fetch
from bot.features import Service
from bot.features.organisations.models import Organisation, Server, ServerPart
from bot.features.organisations.parts import OFFICER_CHANNEL, PENDING
from bot.features.people.models import Preference
from bot.i18n import pick_language


@dataclass(frozen=True, slots=True)
class Address:
    """``language``: the person's, or the organisation's where nobody in particular reads it. ``officers_channel``:
    Discord's id, None if there is none (any more)."""

    organisation_id: int
    name_ja: str
    name_en: str
    time_zone: str
    language: str
    officers_channel: int | None


class AddressService(Service):
    async def look_up(self, organisation_id: int, discord_user_id: int | None = None) -> Address:
        """One statement."""
        parameters = {"organisation": organisation_id, "user": discord_user_id}
        async with self.database.reading() as connection:
            row = (await fetch(connection, _ADDRESS, parameters))[0]
        return Address(
            organisation_id=organisation_id,
            name_ja=row.name_ja,
            name_en=row.name_en,
            time_zone=row.time_zone,
            language=pick_language(row.chosen, None, row.language),
            officers_channel=row.officers_channel,
        )


_USER: Any = bindparam("user")
_ADDRESS = select(
    Organisation.name_ja,
    Organisation.name_en,
    Organisation.time_zone,
    Organisation.language,
    select(Preference.language).where(Preference.discord_user_id == _USER).scalar_subquery().label("chosen"),
    select(ServerPart.discord_id)
    .join(Server, Server.id == ServerPart.server_id)
    .where(
        Server.organisation_id == Organisation.id,
        ServerPart.key == OFFICER_CHANNEL,
        ServerPart.discord_id != PENDING,
    )
    .order_by(Server.id)
    .limit(1)
    .scalar_subquery()
    .label("officers_channel"),
).where(Organisation.id == bindparam("organisation"))
