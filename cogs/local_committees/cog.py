from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.features.committees.service import CommitteeService
from bot.features.local_committees.models import LcState, Via
from bot.features.local_committees.service import LocalCommitteeService
from bot.i18n import N_
from bot.ui.brief import BriefPart
from bot.ui.fields import Date, Maybe
from bot.ui.home import home_button
from bot.ui.local_committees import STATE_WORDS, LcText, lc_option, own_or, takes_lc, takes_own_lc, takes_via
from bot.ui.renderers import Occasion
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.local_committees import records, render, views
from cogs.local_committees.answers import open_answers


async def brief_part(occasion: Occasion) -> BriefPart:
    """How many LCs have not said yet what they do this year: a number, no list of names."""
    words, address = occasion.words, occasion.address
    today = occasion.today
    count = await occasion.services[CommitteeService].silent_lcs(address.organisation_id, today)
    line = words.plural(
        "{n} member LC has answered no committee yet this year",
        "{n} member LCs have answered no committee yet this year",
        count,
    )
    return BriefPart(words("Answers to the committees"), [line] if count else [])


DAY = Maybe(Date(N_("Since when, such as 21 Nov 2026; today if you leave it out")))
STATE_CHOICES = [
    app_commands.Choice(name=app_commands.locale_str(text), value=state.value) for state, text in STATE_WORDS.items()
]


class LocalCommitteeManagement(app_commands.Group, name="local_committees"):
    @app_commands.command(name=named("command", "state"), description=N_("Change the status of an LC"))
    @app_commands.rename(
        state=named("option", "state"),
        decision=named("option", "decision"),
        date=named("option", "date"),
    )
    @app_commands.describe(
        state=N_("Where it stands"),
        decision=N_("Needed for member and left: the meeting and the number"),
        date=DAY.label,
    )
    @app_commands.choices(state=STATE_CHOICES)
    @takes_lc
    async def state(
        self,
        interaction: Interaction,
        lc: LcText,
        state: app_commands.Choice[str],
        decision: app_commands.Range[str, 1, 100] | None = None,
        date: app_commands.Range[str, 1, 40] | None = None,
    ) -> None:
        request = await MemberRequest.open(interaction)
        day = DAY.read(date, request) or request.today
        service = request.services[LocalCommitteeService]
        card = await service.show(request.actor, lc)
        await service.change_state(request.actor, card.lc_id, LcState(state.value), day, decision)
        request.done = request.words("Saved.")
        card = await service.show(request.actor, f"#{card.lc_id}")
        await request.show(render.card_page(card, [], request.words, [[home_button(request.words)]]))


class LocalCommittees(commands.Cog):
    @app_commands.command(name=named("command", "lc"), description=N_("An LC's card: location, contacts, committees"))
    @lc_option(N_("A part of its name or place; your own LC if you leave it out"))
    async def lc(self, interaction: Interaction, lc: LcText | None = None) -> None:
        request = await MemberRequest.open(interaction)
        own = request.actor.lc_ids
        if lc is not None:
            await views.look_up(request, lc)
        elif len(own) == 1:
            await views.show(request, f"#{own[0]}")
        else:
            await views.coverage(request)


class OwnLc(app_commands.Group, name="own_lc"):
    @app_commands.command(name=named("command", "edit"), description=N_("Edit the LC's names and kind"))
    @takes_own_lc
    @takes_via
    async def edit(
        self, interaction: Interaction, lc: LcText | None = None, via: app_commands.Choice[str] | None = None
    ) -> None:
        request = await MemberRequest.open(interaction)
        await records.edit(request, own_or(request, lc), Via(via.value) if via else None)

    @app_commands.command(
        name=named("command", "answer"), description=N_("Your LC's answers to the committees for this year")
    )
    @takes_own_lc
    @takes_via
    async def answer(
        self, interaction: Interaction, lc: LcText | None = None, via: app_commands.Choice[str] | None = None
    ) -> None:
        request = await MemberRequest.open(interaction)
        card = await request.services[LocalCommitteeService].show(request.actor, own_or(request, lc))
        await open_answers(request, card, Via(via.value) if via else None)
