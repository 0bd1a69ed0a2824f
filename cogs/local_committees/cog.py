from __future__ import annotations

from discord import app_commands

from bot.features.local_committees.models import Via
from bot.features.local_committees.records import MAX_TEXT
from bot.features.local_committees.service import LocalCommitteeService
from bot.i18n import N_
from bot.ui.local_committees import LcText, own_or, takes_lc, takes_own_lc, takes_via
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.local_committees import records, views
from cogs.local_committees.answers import open_answers


class LocalCommittees(app_commands.Group, name="local_committees"):
    @app_commands.command(
        name=named("command", "find"), description=N_("Find LCs by school, short name, place or region")
    )
    @app_commands.rename(text=named("option", "text"))
    @app_commands.describe(text=N_("A part of a name, such as 東 or Tokyo"))
    async def find(self, interaction: Interaction, text: app_commands.Range[str, 1, MAX_TEXT]) -> None:
        await views.FoundButton.show(await MemberRequest.open(interaction), text)

    @app_commands.command(name=named("command", "show"), description=N_("Show the card of an LC"))
    @takes_lc
    async def show(self, interaction: Interaction, lc: LcText) -> None:
        await views.show(await MemberRequest.open(interaction), lc)

    @app_commands.command(name=named("command", "coverage"), description=N_("How many schools have an LC, and where"))
    async def coverage(self, interaction: Interaction) -> None:
        await views.coverage(await MemberRequest.open(interaction))

    @app_commands.command(name=named("command", "edit"), description=N_("What the LC says of itself (its officers)"))
    @takes_own_lc
    @takes_via
    async def edit(
        self, interaction: Interaction, lc: LcText | None = None, via: app_commands.Choice[str] | None = None
    ) -> None:
        request = await MemberRequest.open(interaction)
        await records.edit(request, own_or(request, lc), Via(via.value) if via else None)

    @app_commands.command(
        name=named("command", "answer"), description=N_("What the LC answers the committees this year (its officers)")
    )
    @takes_own_lc
    @takes_via
    async def answer(
        self, interaction: Interaction, lc: LcText | None = None, via: app_commands.Choice[str] | None = None
    ) -> None:
        request = await MemberRequest.open(interaction)
        card = await request.services[LocalCommitteeService].show(request.actor, own_or(request, lc))
        await open_answers(request, card, Via(via.value) if via else None)

    @app_commands.command(name=named("command", "history"), description=N_("What changed at an LC (its officers)"))
    @takes_own_lc
    async def history(self, interaction: Interaction, lc: LcText | None = None) -> None:
        request = await MemberRequest.open(interaction)
        await records.history(request, own_or(request, lc))
