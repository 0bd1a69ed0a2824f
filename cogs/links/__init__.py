"""Useful links: opened from ``/home``, so there is no command."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from bot.features.links.service import LOOK, REVIEW
    from cogs.links import pages

    bot.add_items(pages)
    bot.renderers.register_job(LOOK, pages.look)
    bot.renderers.register_line(REVIEW, pages.review)
    bot.home.contribute(35, pages.home_part)
