from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.i18n import N_
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.events.pages import EventsButton


class Events(commands.Cog):
    @app_commands.command(name=named("command", "event"), description=N_("Events: find one, sign up, or create one"))
    async def event(self, interaction: Interaction) -> None:
        await EventsButton.show(await MemberRequest.open(interaction))
