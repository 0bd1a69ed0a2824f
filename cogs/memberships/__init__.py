"""One's own membership, ``/manage people fees`` and ``staff``, and the question of 1 April."""

from bot.features.memberships.fees import PAID, fees_reported
from bot.features.memberships.lc_stays import ENDED, MARCH_JOB, SILENT_JOB, TO_LC, stays_unsaid
from bot.features.memberships.queries import april_question
from bot.features.memberships.renewals import APRIL_JOB, ASKING, FEBRUARY_JOB
from bot.features.memberships.staff import STAFF_BEGUN, STAFF_ENDED
from bot.ui.host import Host
from cogs.memberships import cog, staff


async def setup(bot: Host) -> None:
    from cogs.memberships import fees, lc_stays, messages, own
    from cogs.memberships.cog import MembershipManagement, Memberships

    for module in (own, cog, fees, staff, lc_stays):
        bot.add_items(module)
    bot.home.card_items.append(own.card_item)
    bot.home.contribute(6, own.home_part, april_question)
    bot.home.contribute(8, lc_stays.home_part, stays_unsaid)
    bot.home.contribute(45, fees.home_part, fees_reported)
    bot.home.contribute(46, staff.home_part)
    bot.brief.contribute(40, messages.brief_part)
    bot.renderers.register(ASKING, messages.asking, messages.asking_line)
    bot.renderers.register(PAID, messages.paid, messages.paid_line)
    bot.renderers.register(STAFF_BEGUN, messages.staff_begun, messages.staff_begun_line)
    bot.renderers.register(STAFF_ENDED, messages.staff_ended, messages.staff_ended_line)
    bot.renderers.register(TO_LC, lc_stays.to_lc, lc_stays.to_lc_line)
    bot.renderers.register(ENDED, lc_stays.ended)
    bot.renderers.register_job(MARCH_JOB, lc_stays.march)
    bot.renderers.register_job(SILENT_JOB, lc_stays.silent)
    bot.renderers.register_job(APRIL_JOB, messages.april)
    bot.renderers.register_job(FEBRUARY_JOB, messages.february)
    bot.manage.people.take_in(MembershipManagement())
    await bot.add_cog(Memberships(bot))
