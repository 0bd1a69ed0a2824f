from __future__ import annotations

from discord import app_commands

from bot.i18n import N_
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.delivery_reports.pages import DeliveriesButton


class DeliveryManagement(app_commands.Group, name="deliveries"):
    @app_commands.command(
        name=named("command", "deliveries"), description=N_("Messages the bot sent, and those that failed")
    )
    async def deliveries(self, interaction: Interaction) -> None:
        await DeliveriesButton.show(await MemberRequest.open(interaction))
