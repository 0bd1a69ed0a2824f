"""``/post``: appointing, ending, listing, and taking up a post; ``/manage posts``."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.posts import catalogue, views
    from cogs.posts.brief import brief_part
    from cogs.posts.cog import Posts
    from cogs.posts.management import PostManagement

    for module in (views, catalogue):
        bot.add_items(module)
    bot.home.contribute(30, views.home_part)
    bot.brief.contribute(10, brief_part)
    await bot.add_cog(Posts())
    bot.manage.take_in(PostManagement())
