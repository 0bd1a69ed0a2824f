"""Sign-ups: opened from the page of what they are for, so there is no command."""

from bot.features.signups.queries import invitations, places_waiting, signed_up, to_decide
from bot.ui.host import Host


async def setup(bot: Host) -> None:
    from bot.features.signups.messages import DECIDED, LAPSED, LAST_CALL, LOOK, MOVED_UP, OFFERED
    from cogs.signups import notices, organising, pages, papers

    for module in (pages, organising, papers):
        bot.add_items(module)
    bot.renderers.register_job(LOOK, notices.look)
    for kind, line in {
        OFFERED: notices.offered,
        MOVED_UP: notices.moved_up,
        LAST_CALL: notices.last_call,
        LAPSED: notices.lapsed,
        DECIDED: notices.decided,
    }.items():
        bot.renderers.register_line(kind, line)
    bot.home.contribute(9, pages.home_part, places_waiting, invitations, to_decide, signed_up)
