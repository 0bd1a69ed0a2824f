"""``/setup``: bring an organisation into being, or link a server to one or to an LC; safe to run again."""

from bot.ui.host import Host
from cogs.setups import pages


async def setup(bot: Host) -> None:
    from cogs.setups import rescue
    from cogs.setups.cog import Setups

    bot.add_items(pages)
    bot.add_items(rescue)
    bot.home.contribute(95, pages.home_part)
    await bot.add_cog(Setups(bot))
