from __future__ import annotations

from discord import app_commands

from bot.features.record_keeping.merging import MergingService
from bot.i18n import N_
from bot.ui.completing import Choices, chosen_id, completion, offered
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.record_keeping import merging


@completion
async def _complete(request: MemberRequest, typed: str) -> Choices:
    people, words = await request.services[MergingService].complete(request.actor, typed), request.words
    lines = [(one.name, words.either(one.school_ja, one.school_en), f"#{one.person_id}") for one in people]
    return offered((" ".join(filter(None, line))[-100:], line[-1]) for line in lines)


class RosterManagement(app_commands.Group, name="rosters"):
    @app_commands.command(name=named("command", "merge"), description=N_("Merge two records of the same person"))
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
