from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.features.memberships.renewals import RenewalService
from bot.features.memberships.service import MembershipService
from bot.i18n import N_
from bot.ui.host import Host
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.memberships import fees, own, staff
from cogs.memberships.settings import SettingsForm

#: Discord shows the commands to officers; the services decide again.
OFFICERS = discord.Permissions(view_guild_insights=True)


class Memberships(commands.Cog):
    def __init__(self, bot: Host) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        await self._bot.services[RenewalService].plan_all()

    @app_commands.command(
        name=named("command", "membership"), description=N_("What you are here, your fee, and becoming staff")
    )
    async def membership(self, interaction: Interaction) -> None:
        await own.show(await MemberRequest.open(interaction))

    @app_commands.command(name=named("command", "fee"), description=N_("For treasurers: who has paid this year's fee"))
    @app_commands.default_permissions(OFFICERS)
    @app_commands.guild_only()
    @app_commands.rename(text=named("option", "text"))
    @app_commands.describe(text=N_("A part of a name, the name on a transfer or the reference"))
    async def fee(self, interaction: Interaction, text: app_commands.Range[str, 1, 40] | None = None) -> None:
        await fees.show(await MemberRequest.open(interaction), fees.OPEN, 0, text or "")

    @app_commands.command(name=named("command", "staff"), description=N_("For officers: candidates and their steps"))
    @app_commands.default_permissions(OFFICERS)
    @app_commands.guild_only()
    async def staff(self, interaction: Interaction) -> None:
        await staff.CandidatesButton.show(await MemberRequest.open(interaction))


class MembershipManagement(app_commands.Group, name="memberships"):
    @app_commands.command(
        name=named("command", "membership"), description=N_("What a membership costs, how to pay, how long it counts")
    )
    async def settings(self, interaction: Interaction) -> None:
        request = await MemberRequest.open(interaction)
        present = await request.services[MembershipService].settings(request.actor)
        await SettingsForm(request.words, present).open(interaction)
