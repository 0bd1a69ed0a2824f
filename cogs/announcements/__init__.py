"""``/announce``: written together, shown first, sent once, acknowledged, and gone after."""

from functools import partial

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from bot.features.announcements import correcting as corrections
    from bot.features.announcements import notices, sending
    from bot.features.announcements import planning as plans
    from bot.features.announcements import reminding as reminders
    from cogs.announcements import (
        addressing,
        checking,
        correcting,
        deliveries,
        drafting,
        following,
        narrowing,
        options,
        outside,
        people,
        planning,
        reading,
        series,
        status,
        templates,
    )
    from cogs.announcements.cog import Announcements

    for module in (
        addressing, checking, correcting, drafting, following, narrowing, options, outside, people, planning, reading,
        series, status, templates,
    ):  # fmt: skip
        bot.add_items(module)
    renderers = bot.renderers
    renderers.register(sending.MESSAGE, deliveries.message, deliveries.line)
    renderers.register(notices.MISSED, deliveries.missed, deliveries.missed_line)
    renderers.register(reminders.REMINDER, following.reminder, following.reminder_line)
    renderers.register(reminders.OWN_REMINDER, following.own_reminder, following.own_reminder_line)
    renderers.register(reminders.SILENT, following.silent_message)
    renderers.register(notices.CHECK, checking.check_message, checking.check_line)
    renderers.register(notices.UNPINGED, deliveries.unpinged)
    renderers.register_job(plans.SEND, partial(deliveries.send, bot))
    renderers.register_job(plans.OCCUR, deliveries.occur)
    renderers.register_job(sending.REMIND, deliveries.remind)
    renderers.register_job(sending.FOLLOW_UP, deliveries.follow_up)
    renderers.register_job(sending.CLOSE, correcting.close_job)
    renderers.register_job(corrections.CORRECT, correcting.edit_job)
    renderers.register_job(corrections.WITHDRAW, correcting.delete_job)
    bot.brief.contribute(10, following.brief_part)
    bot.home.contribute(12, checking.home_part)
    bot.home.contribute(30, reading.home_part)
    await bot.add_cog(Announcements())
