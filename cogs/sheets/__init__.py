"""``/manage template``, ``export``, ``import``: LCs as CSV, with questions, preview and confirmation."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.sheets import views
    from cogs.sheets.cog import SheetManagement

    bot.add_items(views)
    bot.home.contribute(60, views.home_part)
    bot.manage.take_in(SheetManagement())
