"""``/lc contacts``: how to reach an LC and who holds its posts; entering both."""

from bot.ui.host import Host
from cogs.contacts import pages


async def setup(bot: Host) -> None:
    from cogs.contacts.cog import Contacts

    bot.add_items(pages)
    bot.lc.take_in(Contacts())
