"""``/lc contacts``: how to reach an LC and who holds its posts; entering both."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.contacts import views
    from cogs.contacts.cog import Contacts

    bot.add_items(views)
    bot.lc.take_in(Contacts())
