"""What is offered while somebody types. Where no organisation is meant, nothing: the command itself explains."""

from __future__ import annotations

from discord import app_commands

from bot.errors import UserError
from bot.features.local_committees.service import LocalCommitteeService
from bot.ui.requests import Interaction, MemberRequest


async def complete_lc(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """At most 25 LCs by name, in the reader's language."""
    try:
        request = await MemberRequest.open(interaction)
    except UserError:
        return []
    hits = await request.services[LocalCommitteeService].complete(request.actor, current)
    return [
        app_commands.Choice(name=request.words.either(hit.name_ja, hit.name_en)[:100], value=f"#{hit.lc_id}")
        for hit in hits
    ]
