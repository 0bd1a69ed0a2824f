"""``/handover``: who follows, what has to be done, what was agreed; ``/manage handover``: days and checklists."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from bot.features.handovers.asking import ASK_KIND, JOB_KIND, VACANT_KIND
    from bot.features.handovers.direct import BEGINS_KIND, ENDS_KIND, FOLLOW_KIND
    from bot.features.handovers.rescue import NAMED_KIND
    from cogs.handovers import direct, management, notices, views
    from cogs.handovers.cog import Handovers

    bot.add_items(views)
    bot.add_items(management)
    bot.renderers.register_job(JOB_KIND, notices.look)
    bot.renderers.register(ASK_KIND, notices.ask, notices.ask_line)
    bot.renderers.register(VACANT_KIND, notices.vacant, notices.vacant_line)
    bot.renderers.register(ENDS_KIND, direct.ends, direct.ends_line)
    bot.renderers.register(FOLLOW_KIND, direct.follow, direct.follow_line)
    bot.renderers.register(BEGINS_KIND, direct.begins, direct.begins_line)
    bot.renderers.register(NAMED_KIND, notices.named)
    bot.home.contribute(12, views.home_part)
    bot.brief.contribute(41, notices.brief_part)
    bot.manage.take_in(management.HandoverManagement())
    await bot.add_cog(Handovers(bot))
