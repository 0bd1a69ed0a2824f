"""``/officer posts`` and ``appoint``; taking up a post; ``/manage posts``."""

from bot.features.posts.claims import claims_open
from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from bot.features.posts.telling import DECLINED, ENDED, GIVEN
    from cogs.posts import catalogue, claiming, notices, terms, views
    from cogs.posts.cog import PostManagement, Terms
    from cogs.posts.views import brief_part

    for module in (views, terms, claiming, catalogue):
        bot.add_items(module)
    bot.home.contribute(30, views.home_part, claims_open)
    bot.home.contribute(30, catalogue.home_part)
    bot.home.contribute(31, terms.home_part)
    bot.brief.contribute(10, brief_part)
    bot.renderers.register(GIVEN, notices.given, notices.given_line)
    bot.renderers.register(ENDED, notices.ended, notices.ended_line)
    bot.renderers.register(DECLINED, notices.declined)
    bot.home.card_items.append(claiming.claim_item)
    bot.newcomer_items.append(claiming.claim_item)
    bot.officer.take_in(Terms())
    bot.manage.take_in(PostManagement())
