"""Taking over one's record, ``/manage people merge``, and whether somebody wants to be kept."""

from bot.features.record_keeping.retention import KEEP, keeping_question, silent_people
from bot.features.record_keeping.service import records_wanted
from bot.ui.host import Host
from cogs.record_keeping import keeping


async def setup(bot: Host) -> None:
    from cogs.record_keeping import claims, merging
    from cogs.record_keeping.cog import RosterManagement

    for module in (claims, keeping, merging):
        bot.add_items(module)
    bot.home.contribute(7, keeping.home_part, keeping_question)
    bot.home.contribute(46, claims.home_part, records_wanted)
    bot.home.contribute(47, keeping.silent_part, silent_people)
    bot.brief.contribute(42, keeping.brief_part)
    bot.renderers.register_line(KEEP, keeping.line)
    bot.manage.people.take_in(RosterManagement())
    bot.home.card_items.append(claims.record_item)
    bot.newcomer_items.append(claims.record_item)
