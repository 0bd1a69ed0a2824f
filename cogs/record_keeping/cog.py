from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.features.record_keeping.merging import MergingService
from bot.i18n import N_
from bot.ui.completing import Choices, chosen_id, completion, offered
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


@completion
async def _complete(request: MemberRequest, typed: str) -> Choices:
    people, words = await request.services[MergingService].complete(request.actor, typed), request.words
    lines = [(one.name, words.either(one.school_ja, one.school_en), f"#{one.person_id}") for one in people]
    return offered((" ".join(filter(None, line))[-100:], line[-1]) for line in lines)


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
