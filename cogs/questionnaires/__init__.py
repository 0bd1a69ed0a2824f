"""Answering questions for an LC or for oneself, and the board of all answers."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.questionnaires import answering, board

    bot.add_items(answering)
    bot.add_items(board)
