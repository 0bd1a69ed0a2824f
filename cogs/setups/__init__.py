"""``/setup``: bring an organisation into being, or link a server to one or to an LC; safe to run again."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.setups import own, views
    from cogs.setups.cog import Setups

    bot.add_items(views)
    bot.add_items(own)
    bot.home.contribute(95, views.home_part)
    await bot.add_cog(Setups(bot))
