from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.errors import UserError
from bot.features.local_committees.records import MAX_TEXT
from bot.features.local_committees.service import LocalCommitteeService
from bot.i18n import N_
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.local_committees import render, views


class LocalCommittees(
    commands.GroupCog, group_name=named("command", "lc"), group_description=N_("Local committees (LCs)")
):
    @app_commands.command(
        name=named("command", "find"), description=N_("Find LCs by school, short name, place or region")
    )
    @app_commands.rename(text=named("option", "text"))
    @app_commands.describe(text=N_("A part of a name, such as 東 or Tokyo"))
    async def find(self, interaction: Interaction, text: app_commands.Range[str, 1, MAX_TEXT]) -> None:
        await views.find(await MemberRequest.open(interaction), text)

    @app_commands.command(name=named("command", "show"), description=N_("Show the card of an LC"))
    @app_commands.rename(lc=named("option", "lc"))
    @app_commands.describe(lc=N_("Type a part of the name and choose"))
    async def show(self, interaction: Interaction, lc: app_commands.Range[str, 1, 100]) -> None:
        await views.show(await MemberRequest.open(interaction), lc)

    @app_commands.command(name=named("command", "coverage"), description=N_("How many schools have an LC, and where"))
    async def coverage(self, interaction: Interaction) -> None:
        await views.coverage(await MemberRequest.open(interaction))

    @show.autocomplete("lc")
    async def complete(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        try:
            request = await MemberRequest.open(interaction)
        except UserError:
            return []  # a completion has no room for an explanation; the command itself gives it
        hits = await request.services[LocalCommitteeService].complete(request.actor, current)
        return [app_commands.Choice(name=render.label(hit, request.words), value=f"#{hit.lc_id}") for hit in hits]
