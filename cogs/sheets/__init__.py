"""``/manage template``, ``export``, ``import``: LCs as CSV, with questions, preview and confirmation."""

from bot.ui.host import Host
from cogs.sheets import pages


async def setup(bot: Host) -> None:
    from cogs.sheets.cog import SheetManagement

    bot.add_items(pages)
    bot.home.contribute(60, pages.home_part)
    bot.manage.take_in(SheetManagement())
