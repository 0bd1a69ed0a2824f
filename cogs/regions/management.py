from __future__ import annotations

from discord import app_commands

from bot.i18n import N_
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.regions import views


class RegionManagement(app_commands.Group, name="regions"):
    @app_commands.command(
        name=named("command", "regions"), description=N_("Which regions there are, and which LCs are in each")
    )
    async def regions(self, interaction: Interaction) -> None:
        await views.show_regions(await MemberRequest.open(interaction))
