"""Institutions and people without an account: opened from “Management” in ``/home``, so there is no command."""

from bot.features.institutions.entering import entered_lists
from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.institutions import pages, people

    bot.add_items(pages)
    bot.add_items(people)
    bot.home.contribute(48, people.home_part, entered_lists)
