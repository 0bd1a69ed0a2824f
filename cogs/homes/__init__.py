"""``/home``."""

from bot.app import Bot
from bot.ui import home


async def setup(bot: Bot) -> None:
    from cogs.homes.cog import Homes

    bot.add_items(home)
    await bot.add_cog(Homes())
