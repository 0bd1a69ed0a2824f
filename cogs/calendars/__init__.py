"""Calendars for Google, Apple and Outlook: opened from ``/home``, so there is no command."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.calendars import pages

    bot.add_items(pages)
    bot.home.contribute(36, pages.home_part)
    bot.event_items.append(pages.event_items)
