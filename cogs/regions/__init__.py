"""``/manage lc regions``."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.regions import views
    from cogs.regions.views import RegionManagement

    bot.add_items(views)
    bot.home.contribute(40, views.home_part)
    bot.manage.lc.take_in(RegionManagement())
