"""Tasks: opened from ``/home``, so there is no command."""

from bot.features.tasks.queries import tasks_waiting
from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from bot.features.tasks.reminding import BUNDLE, LOOK
    from cogs.tasks import notices, pages
    from cogs.tasks.cog import Tasks

    bot.add_items(pages)
    bot.renderers.register_job(LOOK, notices.look)
    bot.renderers.register(BUNDLE, notices.bundle, notices.bundle_line)
    bot.home.contribute(11, pages.home_part, tasks_waiting)
    await bot.add_cog(Tasks(bot))
