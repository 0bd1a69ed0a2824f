"""``/lc``: find, show, coverage, edit, answer, history; and ``/manage lc``."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.local_committees import answers, records, views
    from cogs.local_committees.cog import LocalCommitteeManagement, LocalCommittees, brief_part

    for module in (views, answers, records):
        bot.add_items(module)
    bot.home.contribute(20, views.home_part)
    bot.brief.contribute(30, brief_part)
    bot.lc.take_in(LocalCommittees())
    bot.manage.take_in(LocalCommitteeManagement())
