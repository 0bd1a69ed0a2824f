"""Pictures that people send with a form."""

from __future__ import annotations

import discord

from bot.errors import Invalid
from bot.features.events.photos import NO_PICTURE, check_size
from bot.i18n import N_

NOT_FETCHED = N_("Discord didn't hand the file over. Please choose it once more.")


async def fetched(file: discord.Attachment | None) -> bytes:
    """What somebody sent. Raises Invalid: nothing, too large, or Discord didn't hand it over."""
    if file is None:
        raise Invalid(NO_PICTURE)
    check_size(file.size)
    try:
        return await file.read()
    except discord.HTTPException:
        raise Invalid(NOT_FETCHED) from None
