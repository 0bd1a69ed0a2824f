from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.errors import UserError
from bot.features.record_keeping.merging import MergingService
from bot.i18n import N_
from bot.ui.completing import chosen_id
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.record_keeping import claims, merging


class Rosters(commands.Cog):
    @app_commands.command(
        name=named("command", "record"), description=N_("Take over your record from your organisation's list")
    )
    @app_commands.rename(code=named("option", "code"))
    @app_commands.describe(code=N_("The personal code you were given; leave it out if you have none"))
    async def claim(self, interaction: Interaction, code: app_commands.Range[str, 1, 40] | None = None) -> None:
        await claims.claim(await MemberRequest.open(interaction), code)


async def _complete(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    try:
        request = await MemberRequest.open(interaction)
        people = await request.services[MergingService].complete(request.actor, current)
    except UserError:
        return []  # the command itself explains
    words = request.words
    return [
        app_commands.Choice(
            name=" ".join(filter(None, (one.name, words.either(one.school_ja, one.school_en), f"#{one.person_id}")))[
                -100:
            ],
            value=f"#{one.person_id}",
        )
        for one in people
    ]


class RosterManagement(app_commands.Group, name="rosters"):
    @app_commands.command(name=named("command", "merge"), description=N_("Make one record of a person's two"))
    @app_commands.rename(stays=named("option", "stays"), goes=named("option", "goes"))
    @app_commands.describe(
        stays=N_("The record that stays, with its Discord account"), goes=N_("The record that goes into it")
    )
    @app_commands.autocomplete(stays=_complete, goes=_complete)
    async def merge(
        self,
        interaction: Interaction,
        stays: app_commands.Range[str, 1, 100],
        goes: app_commands.Range[str, 1, 100],
    ) -> None:
        await merging.show(await MemberRequest.open(interaction), chosen_id(stays), chosen_id(goes))
