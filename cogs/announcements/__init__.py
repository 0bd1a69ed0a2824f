"""Announcements: officers write them together, preview them, send them once, and follow up on missing replies."""

from functools import partial

from bot.ui.host import Host
from cogs.announcements import arriving, following, options, planning, status


async def setup(bot: Host) -> None:
    from bot.features.announcements import correcting as corrections
    from bot.features.announcements import notices, sending
    from bot.features.announcements import planning as plans
    from bot.features.announcements import reminding as reminders
    from bot.features.announcements.inbox import (
        latest_announcements,
        unanswered_by_lcs,
        unread_by_lcs,
        waiting_for_lcs,
        waiting_for_person,
    )
    from bot.features.announcements.planning import to_check
    from bot.features.questionnaires.progress import ANSWERED
    from cogs.announcements import drafting, outside
    from cogs.announcements.cog import Announcements, Announcing

    for module in (options, planning, following, drafting, outside, status, arriving):  # fmt: skip
        bot.add_items(module)
    renderers = bot.renderers
    renderers.register(sending.MESSAGE, arriving.message, arriving.line)
    renderers.register_line(notices.MISSED, arriving.missed)
    renderers.register(reminders.REMINDER, following.reminder, following.reminder_line)
    renderers.register(reminders.OWN_REMINDER, following.own_reminder, following.own_reminder_line)
    renderers.register(reminders.SILENT, following.silent_message)
    renderers.register(notices.CHECK, planning.check_message, planning.check_line)
    renderers.register(notices.UNPINGED, arriving.unpinged)
    renderers.register_job(plans.SEND, partial(arriving.send, bot))
    renderers.register_job(plans.OCCUR, arriving.occur)
    renderers.register_job(ANSWERED, arriving.show_answers)
    renderers.register_job(sending.REMIND, arriving.remind)
    renderers.register_job(sending.FOLLOW_UP, arriving.follow_up)
    renderers.register_job(sending.CLOSE, following.close_job)
    renderers.register_job(corrections.CORRECT, following.edit_job)
    renderers.register_job(corrections.WITHDRAW, following.delete_job)
    bot.brief.contribute(10, following.brief_part)
    bot.home.contribute(12, planning.home_part, to_check)
    bot.home.contribute(30, arriving.home_part, waiting_for_person, waiting_for_lcs, latest_announcements)
    bot.home.contribute(31, status.home_part, unanswered_by_lcs, unread_by_lcs)
    bot.officer.take_in(Announcing())
    await bot.add_cog(Announcements())
