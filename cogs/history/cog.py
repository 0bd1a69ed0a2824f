from __future__ import annotations

import discord
from discord import app_commands

from bot.features.local_committees.service import LocalCommitteeService
from bot.i18n import N_
from bot.ui.local_committees import LcText, lc_option
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.history import pages

KINDS = [
    app_commands.Choice(name=app_commands.locale_str(text), value=kind.value) for kind, text in pages.KIND_WORDS.items()
]


class History(app_commands.Group, name="history"):
    @app_commands.command(
        name=named("command", "history"), description=N_("Change history: who changed what, and when")
    )
    @app_commands.rename(person=named("option", "person"), kind=named("option", "kind"), days=named("option", "days"))
    @app_commands.describe(
        person=N_("Who did it"),
        kind=N_("What it is about"),
        days=N_("So many days back, today included"),
    )
    @app_commands.choices(kind=KINDS)
    @lc_option(N_("One LC; all that you may see, if left out"))
    async def history(
        self,
        interaction: Interaction,
        lc: LcText | None = None,
        person: discord.User | None = None,
        kind: app_commands.Choice[str] | None = None,
        days: app_commands.Range[int, 1, 3650] | None = None,
    ) -> None:
        request = await MemberRequest.open(interaction)
        lc_id = await request.services[LocalCommitteeService].meant(request.actor, lc) if lc is not None else None
        which = kind.value if kind else pages.OPEN
        await pages.PageButton.show(request, 0, lc_id or 0, person.id if person else 0, which, days or 0)
