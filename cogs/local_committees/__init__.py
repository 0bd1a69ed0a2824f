"""``/lc find``, ``/lc show``, ``/lc coverage``."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.local_committees import views
    from cogs.local_committees.cog import LocalCommittees

    bot.add_items(views)
    bot.home.contribute(20, views.home_part)
    await bot.add_cog(LocalCommittees())
