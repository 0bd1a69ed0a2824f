"""``/join``, ``/me``, ``/member``; with them greeting, the questions one by one, and confirming who is in an LC."""

from bot.features.members.confirming import ASK_JOB, DECIDED, TO_CONFIRM, TO_CONFIRM_ABOVE, UNTOLD, members_to_confirm
from bot.features.members.greetings import GREETING, KEEP_UP
from bot.features.members.hello import HELLO, REMOVE, first_weeks
from bot.ui.host import Host
from cogs.members import answers, views


async def setup(bot: Host) -> None:
    from cogs.members import claims, finding, greetings, hello, mydata, outreach
    from cogs.members.cog import Members

    for module in (views, answers, claims, finding, hello, mydata, outreach):
        bot.add_items(module)
    bot.home.panel_items.append(views.panel_button)
    bot.home.contribute(5, views.home_part)
    bot.home.contribute(9, views.first_steps, first_weeks)
    bot.home.contribute(49, outreach.home_part)
    bot.home.contribute(25, claims.home_part, members_to_confirm)
    bot.renderers.register(GREETING, greetings.message)
    bot.renderers.register(HELLO, hello.message)
    bot.renderers.register(TO_CONFIRM, claims.message, claims.line)
    bot.renderers.register(TO_CONFIRM_ABOVE, claims.message_above)
    bot.renderers.register(UNTOLD, claims.untold)
    bot.renderers.register(DECIDED, claims.decided)
    bot.renderers.register_job(KEEP_UP, greetings.keep_up)
    bot.renderers.register_job(REMOVE, hello.remove_arrived)
    bot.renderers.register_job(ASK_JOB, claims.ask)
    bot.manage.lc.take_in(outreach.OutreachManagement())
    await bot.add_cog(Members())
    await bot.add_cog(greetings.Greetings(bot))
