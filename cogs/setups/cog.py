from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.i18n import N_
from bot.ui.requests import Interaction, Request
from bot.ui.translator import named
from cogs.setups.views import begin


class Setups(commands.Cog):
    @app_commands.command(
        name=named("command", "setup"), description=N_("Set up this server, or check how it stands (Manage Server)")
    )
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def setup(self, interaction: Interaction) -> None:
        await begin(await Request.open(interaction))
