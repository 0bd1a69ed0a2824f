from __future__ import annotations

from discord import app_commands
from discord.ext import commands
from discord.utils import escape_markdown

from bot.features.memberships.renewals import RenewalService
from bot.features.memberships.service import MOST_TEXT, MembershipService
from bot.features.memberships.values import Settings
from bot.i18n import N_
from bot.ui.draft_forms import DraftForm
from bot.ui.fields import LongText, Number
from bot.ui.home import home_button
from bot.ui.host import Host
from bot.ui.pages import Page
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.memberships import fees, staff


class SettingsForm(DraftForm[Settings], route="memberships:settings", title=N_("Memberships")):
    fee = Number(N_("Fee a year, in yen"), 9)
    how_to_pay = LongText(N_("How to pay"), MOST_TEXT, hint=N_("Members see it beside what they owe"), required=False)
    grace_days = Number(N_("Days of grace"), 9, hint=N_("Days from 1 April for which last year's counts"))
    kept_years = Number(
        N_("Years that people are kept"),
        9,
        hint=N_("Fiscal years after the last sign of life; then they are asked, then deleted"),
    )

    async def act(self, request: MemberRequest) -> None:
        wanted = await request.services[MembershipService].change_settings(request.actor, self.draft, self.kept)
        words = request.words
        lines = [
            words("Fee: {n} yen a year", n=f"{wanted.fee:,}"),
            words("How to pay: {text}", text=escape_markdown(wanted.how_to_pay)) if wanted.how_to_pay else "",
            words("Days of grace: {n}", n=wanted.grace_days),
            words("People are kept for {n} fiscal years after their last sign of life.", n=wanted.kept_years),
        ]
        await request.show(Page(title=words("Saved"), text="\n".join(filter(None, lines)), rows=[[home_button(words)]]))


class Memberships(commands.Cog):
    def __init__(self, bot: Host) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        await self._bot.services[RenewalService].plan_all()


class MembershipManagement(app_commands.Group, name="memberships"):
    @app_commands.command(
        name=named("command", "fees"), description=N_("Who has paid this year's fee (for treasurers)")
    )
    @app_commands.rename(text=named("option", "text"))
    @app_commands.describe(text=N_("A part of a name, the name on a transfer or the reference"))
    async def fees(self, interaction: Interaction, text: app_commands.Range[str, 1, 40] | None = None) -> None:
        await fees.ListButton.show(await MemberRequest.open(interaction), fees.OPEN, 0, text or "")

    @app_commands.command(name=named("command", "staff"), description=N_("Staff candidates and their progress"))
    async def staff(self, interaction: Interaction) -> None:
        await staff.CandidatesButton.show(await MemberRequest.open(interaction))

    @app_commands.command(
        name=named("command", "membership"), description=N_("Membership settings: fee, payment, grace period")
    )
    async def settings(self, interaction: Interaction) -> None:
        request = await MemberRequest.open(interaction)
        present = await request.services[MembershipService].settings(request.actor)
        await SettingsForm(request.words, present).open(interaction)
