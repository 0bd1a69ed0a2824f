"""The door of an event: check-in, who came, and one's own hours. There is no command: an event's page leads to it."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from cogs.attendance import board, desk, door, settings

    for module in (desk, board, settings, door):
        bot.add_items(module)
    bot.event_items.append(door.event_items)
    bot.home.card_items.append(door.card_item)
