from __future__ import annotations

from discord.ext import commands

from bot.features.tasks.reminding import TaskWatch
from bot.ui.host import Host


class Tasks(commands.Cog):
    def __init__(self, bot: Host) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        await self._bot.services[TaskWatch].plan_all()
