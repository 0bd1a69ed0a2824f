"""The officers' morning brief, in their channel at 8:00."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.briefs.cog import Briefs

    await bot.add_cog(Briefs(bot))
