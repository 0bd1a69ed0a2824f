"""``/lc``; ``/officer edit`` and ``answer``; ``/manage lc state``."""

from bot.features.committees.service import missing_answers, own_lcs
from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.local_committees import answers, records, views
    from cogs.local_committees.cog import LocalCommitteeManagement, LocalCommittees, OwnLc, brief_part

    for module in (views, answers, records):
        bot.add_items(module)
    bot.home.contribute(20, views.home_part, own_lcs, missing_answers)
    bot.brief.contribute(30, brief_part)
    bot.officer.take_in(OwnLc())
    bot.manage.lc.take_in(LocalCommitteeManagement())
    await bot.add_cog(LocalCommittees())
