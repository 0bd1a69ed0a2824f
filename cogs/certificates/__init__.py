"""Certificates: opened from the page of an event, from /me, and from the list of events, so there is no command."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from bot.features.certificates.messages import ISSUED
    from cogs.certificates import checking, issuing, own, seals

    for module in (issuing, own, checking, seals):
        bot.add_items(module)
    bot.renderers.register_line(ISSUED, own.issued)
    bot.home.card_items.append(own.mine_item)
    bot.home.contribute(41, seals.home_part)
