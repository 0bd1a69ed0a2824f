from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.features.events.forgetting import ForgettingService
from bot.features.events.mirroring import MirrorService
from bot.features.events.news import NewsService
from bot.features.events.repeating import RepeatingService
from bot.features.events.weeks import WeekService
from bot.i18n import N_
from bot.ui.host import Host
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.events.lists import EventsButton


class Events(commands.Cog):
    def __init__(self, bot: Host) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        await self._bot.services[MirrorService].plan_all()
        await self._bot.services[RepeatingService].plan_all()
        await self._bot.services[NewsService].plan_all()
        await self._bot.services[WeekService].plan_all()
        await self._bot.services[ForgettingService].plan_all()

    @app_commands.command(name=named("command", "event"), description=N_("Events: find one, sign up, or create one"))
    async def event(self, interaction: Interaction) -> None:
        await EventsButton.show(await MemberRequest.open(interaction))
