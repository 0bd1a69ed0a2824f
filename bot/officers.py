"""Naming a national officer from the host, for when nobody is left who could do it in Discord."""

from __future__ import annotations

from datetime import date

from bot import log
from bot.clock import SystemClock
from bot.db import Database
from bot.errors import StartError, UserError
from bot.features import Services
from bot.features.handovers.rescue import RescueService
from bot.i18n import words_for
from bot.runner import ready_for_use
from bot.settings import Settings
from bot.ui.replies import fill


async def add(
    settings: Settings,
    organisation: str | None,
    discord_user_id: int,
    name: str,
    starts_on: date | None,
    ends_on: date | None,
) -> None:
    """Name one, whether or not the bot is running, and say so. The bot announces it and gives the role.

    Raises:
        StartError: the database can't be used or is of another version, or the officer can't be named so.
    """
    log.configure(settings)
    database = Database(settings.database_url)
    try:
        await ready_for_use(settings, database)
        service = Services(database, SystemClock())[RescueService]
        try:
            found, first, last = await service.by_host(organisation, discord_user_id, name, starts_on, ends_on)
        except UserError as error:
            raise StartError(fill(error.message, error.params, words_for("en"), escape=False)) from None
    finally:
        await database.close()
    print(
        f"{name} is a national officer of {found} from {first} to {last}. All officers will see this in their channel."
    )
