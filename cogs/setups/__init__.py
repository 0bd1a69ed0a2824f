"""``/setup``: bring an organisation into being, or link a server to one; safe to run again."""

from bot.app import Bot


async def setup(bot: Bot) -> None:
    from cogs.setups import views
    from cogs.setups.cog import Setups

    bot.add_items(views)
    bot.home.contribute(95, views.home_part)
    await bot.add_cog(Setups())
