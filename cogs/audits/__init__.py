"""``/audit``: who did what when."""

from bot.ui.host import Host
from cogs.audits import pages


async def setup(bot: Host) -> None:
    from cogs.audits.cog import Audits

    bot.add_items(pages)
    await bot.add_cog(Audits())
