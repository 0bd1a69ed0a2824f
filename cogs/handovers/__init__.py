"""``/officer handover``: who follows, what has to be done, what was agreed. ``/manage handover``: days, checklists."""

from bot.features.handovers.queries import handovers_offered
from bot.ui.host import Host
from cogs.handovers import notices


async def setup(bot: Host) -> None:
    from bot.features.handovers.asking import ASK_KIND, BEGINS_KIND, ENDS_KIND, FOLLOW_KIND, JOB_KIND, VACANT_KIND
    from bot.features.handovers.rescue import NAMED_KIND
    from cogs.handovers import management, views
    from cogs.handovers.cog import HandingOver, Handovers

    bot.add_items(views)
    bot.add_items(management)
    bot.renderers.register_job(JOB_KIND, notices.look)
    bot.renderers.register(ASK_KIND, notices.ask, notices.ask_line)
    bot.renderers.register(VACANT_KIND, notices.vacant, notices.vacant_line)
    bot.renderers.register(ENDS_KIND, notices.ends, notices.ends_line)
    bot.renderers.register(FOLLOW_KIND, notices.follow, notices.follow_line)
    bot.renderers.register(BEGINS_KIND, notices.begins, notices.begins_line)
    bot.renderers.register(NAMED_KIND, notices.named)
    bot.home.contribute(12, views.home_part, handovers_offered)
    bot.brief.contribute(41, notices.brief_part)
    bot.manage.take_in(management.HandoverManagement())
    bot.officer.take_in(HandingOver())
    await bot.add_cog(Handovers(bot))
