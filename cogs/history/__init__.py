"""``/officer history``: who did what when."""

from bot.ui.host import Host
from cogs.history import pages


async def setup(bot: Host) -> None:
    from cogs.history.cog import History

    bot.add_items(pages)
    bot.home.contribute(80, pages.home_part)
    bot.officer.take_in(History())
