from __future__ import annotations

from datetime import date

from discord.ext import commands

from bot.deliveries.models import Action
from bot.deliveries.values import Due
from bot.features.briefs.service import JOB_KIND, MESSAGE_KIND, BriefService
from bot.ui.dates import long_date
from bot.ui.home import home_button
from bot.ui.host import Host
from bot.ui.pages import Page
from bot.ui.renderers import Message, Occasion


class Briefs(commands.Cog):
    def __init__(self, bot: Host) -> None:
        self._bot = bot
        bot.renderers.register(MESSAGE_KIND, self._message)
        bot.renderers.register_job(JOB_KIND, _make)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        await self._bot.services[BriefService].plan_all()

    async def _message(self, occasion: Occasion, due: Due) -> Message | None:
        day = date.fromisoformat(due.payload["day"])
        page = await self._bot.brief.page(occasion, day)
        if page is not None:
            return Message(page)
        if due.action is Action.POST:
            return None
        words = occasion.words  # yesterday's lines must not stay as if they were today's
        return Message(
            Page(
                title=words("This morning, {date}", date=long_date(day, words)),
                text=words("Nothing is waiting for the officers today."),
                rows=[[home_button(words)]],
            )
        )


async def _make(occasion: Occasion, due: Due) -> None:
    await occasion.services[BriefService].make(due.organisation_id, date.fromisoformat(due.payload["day"]))
