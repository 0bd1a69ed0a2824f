"""``/manage lc channels``: a channel for each LC; ``/manage lc server-code``: an LC's own server."""

from bot.ui.host import Host
from cogs.channels import pages


async def setup(bot: Host) -> None:
    from cogs.channels.cog import ChannelManagement

    bot.add_items(pages)
    bot.home.contribute(50, pages.home_part)
    bot.manage.lc.take_in(ChannelManagement())
