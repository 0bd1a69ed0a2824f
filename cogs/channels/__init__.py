"""``/manage channels``: a channel for each LC; ``/manage server-code``: an LC's own server."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.channels import servers, views
    from cogs.channels.cog import ChannelManagement

    bot.add_items(views)
    bot.add_items(servers)
    bot.manage.take_in(ChannelManagement())
