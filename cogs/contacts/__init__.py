"""How to reach an LC and who holds its posts; entering both. Opened from the card of an LC, so there is no command."""

from bot.ui.host import Host
from cogs.contacts import pages


async def setup(bot: Host) -> None:
    bot.add_items(pages)
