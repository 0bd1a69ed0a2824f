"""Events: `/event` shows what is coming, and everything else is a button there."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from bot.features.events import following, invitations, news, series, weeks
    from bot.features.events.forgetting import FORGET
    from bot.features.events.hosts import ASKED, hosts_asked
    from bot.features.events.invitations import invited
    from bot.features.events.mirroring import MIRROR
    from bot.features.events.news import may_subscribe
    from bot.features.events.on_home import called_off, lately, questions_open, this_week
    from cogs.events import (
        arriving,
        choosing,
        copies,
        hosts,
        inviting,
        joining,
        lists,
        making,
        moving,
        naming,
        organisers,
        organising,
        outside,
        own_answers,
        pages,
        picturing,
        placing,
        poster,
        questions,
        repeating,
        replies,
        reporting,
        threads,
    )
    from cogs.events import news as told
    from cogs.events import weeks as weekly
    from cogs.events.cog import Events
    from cogs.events.mirroring import Mirroring
    from cogs.events.posting import Posting

    for module in (pages, lists, joining, organising, outside, making, picturing, placing, repeating, inviting):
        bot.add_items(module)
    for module in (told, weekly, poster, choosing, questions, own_answers, replies, naming, threads, copies):
        bot.add_items(module)
    for module in (organisers, hosts, moving, reporting):
        bot.add_items(module)
    renderers = bot.renderers
    renderers.register(following.POST, Posting(bot).post)
    renderers.register(following.CHANGED, arriving.changed, arriving.changed_line)
    renderers.register(following.CANCELLED, arriving.cancelled, arriving.cancelled_line)
    renderers.register(following.REMINDER, arriving.reminder, arriving.reminder_line)
    renderers.register(following.IN_THREAD, threads.reminder)
    renderers.register_line(ASKED, hosts.asked)
    renderers.register_job(following.SHOW, arriving.show)
    renderers.register_job(following.TELL, arriving.tell)
    renderers.register_job(following.REMIND, arriving.remind)
    renderers.register_job(MIRROR, Mirroring(bot).run)
    renderers.register_job(series.SERIES, arriving.look_at_series)
    renderers.register(invitations.INVITED, inviting.invitation, inviting.invitation_line)
    renderers.register(invitations.UNANSWERED, inviting.reminder, inviting.reminder_line)
    renderers.register_job(invitations.LOOK, inviting.look)
    renderers.register(news.NEWS, told.news, told.news_line)
    renderers.register_job(news.GATHER, told.gather)
    renderers.register(weeks.WEEK, weekly.week, weekly.week_line)
    renderers.register_job(weeks.SEND, weekly.send)
    renderers.register_job(FORGET, arriving.forget_answers)
    bot.home.contribute(4, inviting.home_part, invited)
    bot.home.contribute(4, hosts.home_part, hosts_asked)
    bot.home.contribute(5, lists.home_part, this_week, called_off, questions_open)
    bot.home.contribute(38, lists.quiet_part, this_week, lately, may_subscribe)
    bot.home.contribute(37, weekly.home_part)
    await bot.add_cog(Events(bot))
