from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.features.channels.servers import LcServerService
from bot.i18n import N_
from bot.ui.host import Host
from bot.ui.requests import Interaction, Request
from bot.ui.translator import named
from cogs.setups.pages import BeginPageButton


class Setups(commands.Cog):
    def __init__(self, bot: Host) -> None:
        self.bot = bot

    @app_commands.command(
        name=named("command", "setup"), description=N_("Set up this server or check its setup (needs Manage Server)")
    )
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def setup(self, interaction: Interaction) -> None:
        await BeginPageButton.show(await Request.open(interaction))

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        await self.bot.services[LcServerService].compare([guild.id for guild in self.bot.guilds])

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self.bot.services[LcServerService].note_here(guild.id)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self.bot.services[LcServerService].note_gone(guild.id)
