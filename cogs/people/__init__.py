"""``/language``, and what people see of themselves and of the officers."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.people import views
    from cogs.people.brief import brief_part
    from cogs.people.cog import People

    bot.add_items(views)
    bot.home.contribute(10, views.about_me)
    bot.home.contribute(90, views.actions)
    bot.brief.contribute(40, brief_part)
    await bot.add_cog(People())
