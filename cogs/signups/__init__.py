"""Sign-ups: opened from the page of what they are for, so there is no command."""

from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from bot.features.signups.messages import LOOK
    from cogs.signups import notices

    bot.renderers.register_job(LOOK, notices.look)
