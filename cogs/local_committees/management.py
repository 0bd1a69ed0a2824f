"""``/manage lc``."""

from __future__ import annotations

from discord import app_commands

from bot.features.local_committees.models import State
from bot.features.local_committees.service import LocalCommitteeService
from bot.i18n import N_
from bot.times import read_date
from bot.ui.home import home_button
from bot.ui.local_committees import STATE_WORDS, LcText, takes_lc
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.local_committees import render

STATE_CHOICES = [
    app_commands.Choice(name=app_commands.locale_str(text), value=state.value) for state, text in STATE_WORDS.items()
]


class LocalCommitteeManagement(app_commands.Group, name="local_committees"):
    @app_commands.command(name=named("command", "lc"), description=N_("Enter the state of an LC"))
    @app_commands.rename(
        state=named("option", "state"),
        decision=named("option", "decision"),
        date=named("option", "date"),
    )
    @app_commands.describe(
        state=N_("Where it stands"),
        decision=N_("Needed for member and left: the meeting and the number"),
        date=N_("Since when, such as 2026-11-21; today if you leave it out"),
    )
    @app_commands.choices(state=STATE_CHOICES)
    @takes_lc
    async def lc(
        self,
        interaction: Interaction,
        lc: LcText,
        state: app_commands.Choice[str],
        decision: app_commands.Range[str, 1, 100] | None = None,
        date: app_commands.Range[str, 1, 40] | None = None,
    ) -> None:
        request = await MemberRequest.open(interaction)
        day = read_date(date, request.actor.today) if date else request.actor.today
        service = request.services[LocalCommitteeService]
        card = await service.show(request.actor, lc)
        await service.change_state(request.actor, card.lc_id, State(state.value), day, decision)
        card = await service.show(request.actor, f"#{card.lc_id}")
        await request.show(render.card_page(card, [], request.words, [home_button(request.words)]))
