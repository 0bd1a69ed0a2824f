"""``/manage lc channels`` and ``/manage lc server-code``."""

from __future__ import annotations

from discord import app_commands

from bot.features.channels.rules import Choice
from bot.features.local_committees.service import LocalCommitteeService
from bot.i18n import N_
from bot.ui.local_committees import takes_lc
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.channels import pages

CHOICES = [
    app_commands.Choice(name=app_commands.locale_str(text), value=choice.value)
    for choice, text in pages.CHOICE_WORDS.items()
]


class ChannelManagement(app_commands.Group, name="channels"):
    @app_commands.command(
        name=named("command", "channels"), description=N_("Create a channel and an officers' thread for each LC")
    )
    @app_commands.rename(which=named("option", "which"))
    @app_commands.describe(which=N_("Which LCs; from the first contact on, if you leave it out"))
    @app_commands.choices(which=CHOICES)
    async def channels(self, interaction: Interaction, which: app_commands.Choice[str] | None = None) -> None:
        request = await MemberRequest.open(interaction)
        await pages.preview(request, Choice(which.value) if which else Choice.IN_CONTACT)

    @app_commands.command(
        name=named("command", "server-code"), description=N_("A one-time code to link an LC's own Discord server")
    )
    @takes_lc
    async def server_code(self, interaction: Interaction, lc: app_commands.Range[str, 1, 100]) -> None:
        request = await MemberRequest.open(interaction)
        card = await request.services[LocalCommitteeService].show(request.actor, lc)
        await pages.show_code(request, card)
