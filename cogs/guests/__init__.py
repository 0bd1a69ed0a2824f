"""People without an account: entered by an organiser, from names that were pasted. There is no command."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.guests import links, names

    for module in (links, names):
        bot.add_items(module)
