"""``/post``: appointing, ending, listing, and taking up a post; ``/manage posts``."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.posts import catalogue, views
    from cogs.posts.cog import PostManagement, Posts
    from cogs.posts.views import brief_part

    for module in (views, catalogue):
        bot.add_items(module)
    bot.home.contribute(30, views.home_part)
    bot.home.contribute(30, catalogue.home_part)
    bot.brief.contribute(10, brief_part)
    await bot.add_cog(Posts())
    bot.manage.take_in(PostManagement())
