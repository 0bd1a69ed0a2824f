"""Useful links: opened from ``/home``, so there is no command."""

from bot.features.links.service import links_kept
from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.links import pages

    bot.add_items(pages)
    bot.home.contribute(35, pages.home_part, links_kept)
