"""``/audit``: who did what when."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.audits import views
    from cogs.audits.cog import Audits

    bot.add_items(views)
    await bot.add_cog(Audits())
