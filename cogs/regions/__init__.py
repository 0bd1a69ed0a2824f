"""``/manage regions``."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.regions import views
    from cogs.regions.management import RegionManagement

    bot.add_items(views)
    bot.manage.take_in(RegionManagement())
