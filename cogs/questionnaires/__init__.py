"""Answering questions for an LC or for oneself, and the board of all answers."""

from bot.ui.host import Host
from cogs.questionnaires import pages


async def setup(bot: Host) -> None:
    bot.add_items(pages)
