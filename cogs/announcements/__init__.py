"""``/announce``: written together, shown first, sent once, acknowledged, and gone after."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.announcements import deliveries, drafting, planning, reading, status
    from cogs.announcements.cog import Announcements

    for module in (drafting, planning, reading, status):
        bot.add_items(module)
    bot.renderers.register("announcements:message", deliveries.message, deliveries.line)
    bot.renderers.register("announcements:missed", deliveries.missed)
    bot.renderers.register_job("announcements:send", deliveries.send)
    bot.renderers.register_job("announcements:occur", deliveries.occur)
    bot.home.contribute(30, reading.home_part)
    await bot.add_cog(Announcements())
