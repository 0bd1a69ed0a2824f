from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.i18n import N_
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.delivery_reports.pages import DeliveriesButton


class Deliveries(commands.Cog):
    @app_commands.command(
        name=named("command", "deliveries"), description=N_("What I sent unasked, and what did not arrive (officers)")
    )
    @app_commands.default_permissions(view_guild_insights=True)
    @app_commands.guild_only()
    async def deliveries(self, interaction: Interaction) -> None:
        await DeliveriesButton.show(await MemberRequest.open(interaction))
