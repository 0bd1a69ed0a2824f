"""``/audit``: who did what when."""

from bot.ui.host import Host
from cogs.history import pages


async def setup(bot: Host) -> None:
    from cogs.history.cog import Audits

    bot.add_items(pages)
    await bot.add_cog(Audits())
