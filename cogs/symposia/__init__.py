"""Series of numbered editions: opened from `/event`, so there is no command."""

from bot.features.symposia.speakers import WITHDRAWN
from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.symposia import editions, notices, owners, pages, planning, slots

    for module in (pages, planning, editions, slots, owners):
        bot.add_items(module)
    bot.renderers.register_line(WITHDRAWN, notices.withdrawn)
