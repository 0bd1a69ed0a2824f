"""Events: `/event` shows what is coming, and everything else is a button there."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from bot.features.events import following, series
    from bot.features.events.mirroring import MIRROR
    from bot.features.events.queries import called_off, this_week
    from cogs.events import arriving, making, organising, outside, pages, placing, repeating
    from cogs.events.cog import Events
    from cogs.events.mirroring import Mirroring

    for module in (pages, organising, outside, making, placing, repeating):
        bot.add_items(module)
    renderers = bot.renderers
    renderers.register(following.POST, arriving.post)
    renderers.register(following.CHANGED, arriving.changed, arriving.changed_line)
    renderers.register(following.CANCELLED, arriving.cancelled, arriving.cancelled_line)
    renderers.register(following.REMINDER, arriving.reminder, arriving.reminder_line)
    renderers.register_job(following.SHOW, arriving.show)
    renderers.register_job(following.TELL, arriving.tell)
    renderers.register_job(following.REMIND, arriving.remind)
    renderers.register_job(MIRROR, Mirroring(bot).run)
    renderers.register_job(series.SERIES, arriving.look_at_series)
    bot.home.contribute(5, pages.home_part, this_week, called_off)
    await bot.add_cog(Events(bot))
