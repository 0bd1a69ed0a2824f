"""``/language``, and what people see of themselves and of the officers."""

from bot.ui.host import Host
from cogs.people import pages


async def setup(bot: Host) -> None:
    from cogs.people.cog import People
    from cogs.people.pages import brief_part

    bot.add_items(pages)
    bot.home.card_items.append(pages.language_item)
    bot.home.contribute(10, pages.about_me)
    bot.home.contribute(90, pages.actions)
    bot.brief.contribute(40, brief_part)
    await bot.add_cog(People())
