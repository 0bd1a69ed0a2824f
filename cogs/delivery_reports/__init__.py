"""Deliveries: what did not arrive and why; and the worker's own notices to the officers."""

from bot.features.delivery_reports.service import deliveries_in_trouble
from bot.ui.host import Host
from cogs.delivery_reports import pages


async def setup(bot: Host) -> None:
    from bot.deliveries.notices import OUTAGE_KIND, TROUBLE_KIND
    from cogs.delivery_reports import notices
    from cogs.delivery_reports.cog import DeliveryManagement

    bot.add_items(pages)
    bot.renderers.register(TROUBLE_KIND, notices.trouble_notice)
    bot.renderers.register(OUTAGE_KIND, notices.outage_report)
    bot.brief.contribute(20, notices.brief_part)
    bot.home.contribute(15, notices.home_part, deliveries_in_trouble)
    bot.manage.take_in(DeliveryManagement())
