from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.i18n import N_
from bot.ui.requests import Interaction, MemberRequest, host
from bot.ui.translator import named


class Homes(commands.Cog):
    @app_commands.command(
        name=named("command", "home"), description=N_("Your home: what needs you, and what you can do")
    )
    async def home(self, interaction: Interaction) -> None:
        request = await MemberRequest.open(interaction)
        await request.show(await host(interaction).home.page(request))
