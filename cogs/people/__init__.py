"""``/language``, and what people see of themselves and of the officers."""

from bot.app import Bot


async def setup(bot: Bot) -> None:
    from cogs.people import views
    from cogs.people.cog import People

    bot.add_items(views)
    bot.home.contribute(10, views.about_me)
    bot.home.contribute(90, views.actions)
    await bot.add_cog(People())
