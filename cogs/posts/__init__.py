"""``/post``: appointing, ending, listing, and taking up a post."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.posts import views
    from cogs.posts.brief import brief_part
    from cogs.posts.cog import Posts

    bot.add_items(views)
    bot.home.contribute(30, views.home_part)
    bot.brief.contribute(10, brief_part)
    await bot.add_cog(Posts())
