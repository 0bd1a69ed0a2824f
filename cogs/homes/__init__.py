"""``/home``."""

from bot.ui import home
from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.homes.cog import Homes

    bot.add_items(home)
    await bot.add_cog(Homes())
