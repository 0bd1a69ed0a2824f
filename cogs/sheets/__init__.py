"""``/manage sheet``: LCs, people and transfers as sheets, with questions, preview and confirmation."""

from bot.features.sheets.uploads import upload_waiting
from bot.ui.host import Host
from cogs.sheets import pages


async def setup(bot: Host) -> None:
    from cogs.sheets.cog import SheetManagement

    bot.add_items(pages)
    bot.home.contribute(60, pages.home_part, upload_waiting)
    bot.manage.sheet.take_in(SheetManagement())
