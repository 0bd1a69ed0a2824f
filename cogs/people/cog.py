from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.i18n import N_
from bot.ui.requests import Interaction, Request
from bot.ui.translator import named
from cogs.people.pages import choose_language


class People(commands.Cog):
    @app_commands.command(name=named("command", "language"), description=N_("Choose the bot's language"))
    @app_commands.rename(language=named("option", "language"))
    @app_commands.describe(language=N_("日本語 or English"))
    @app_commands.choices(
        language=[app_commands.Choice(name="日本語", value="ja"), app_commands.Choice(name="English", value="en")]
    )
    async def language(self, interaction: Interaction, language: app_commands.Choice[str]) -> None:
        await choose_language(await Request.open(interaction), language.value)
