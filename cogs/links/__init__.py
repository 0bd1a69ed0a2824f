"""Useful links: opened from ``/home``, so there is no command."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.links import pages

    bot.add_items(pages)
    bot.home.contribute(35, pages.home_part)
