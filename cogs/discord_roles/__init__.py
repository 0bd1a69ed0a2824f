"""Discord roles follow the records; ``/manage roles``: which roles there are."""

from bot.features.discord_roles.service import own_server_here
from bot.ui.host import Host
from cogs.discord_roles import pages


async def setup(bot: Host) -> None:
    from bot.features.discord_roles.service import TROUBLE_KIND
    from cogs.discord_roles.cog import RoleKeeping, RoleManagement

    cog = RoleKeeping(bot)
    bot.add_items(pages)
    bot.home.contribute(51, pages.home_part, own_server_here)
    bot.manage.take_in(RoleManagement())
    bot.renderers.register(TROUBLE_KIND, cog.trouble_notice)
    await bot.add_cog(cog)
