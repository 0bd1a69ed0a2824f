from __future__ import annotations

from discord import app_commands

from bot import data
from bot.features.local_committees.service import LocalCommitteeService
from bot.i18n import N_
from bot.ui.local_committees import LcText, takes_lc
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.contacts import pages

COMMITTEE_CHOICES = [app_commands.Choice(name=row["abbreviation"], value=row["key"]) for row in data.rows("committees")]


class Contacts(app_commands.Group, name="contacts"):
    @app_commands.command(
        name=named("command", "contacts"), description=N_("How to reach an LC, and who answers for its posts today")
    )
    @app_commands.rename(committee=named("option", "committee"))
    @app_commands.describe(committee=N_("One committee; all if left out"))
    @app_commands.choices(committee=COMMITTEE_CHOICES)
    @takes_lc
    async def contacts(
        self, interaction: Interaction, lc: LcText, committee: app_commands.Choice[str] | None = None
    ) -> None:
        request = await MemberRequest.open(interaction)
        lc_id = await request.services[LocalCommitteeService].meant(request.actor, lc)
        await pages.show(request, lc_id, committee.value if committee else None)
