from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.features.handovers.asking import HandoverWatch
from bot.features.handovers.service import HandoverService
from bot.features.posts.service import PostService
from bot.i18n import N_
from bot.ui.completing import Choices, chosen_id, completion, fitting
from bot.ui.fields import Date, Maybe, Officers
from bot.ui.host import Host
from bot.ui.posts import term_line
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.handovers import render, views

Text = app_commands.Range[str, 1, 100]
PERSON = Officers(N_("Who follows; they are asked first"), 1)
STARTS = Maybe(Date(N_("Their first day, such as 1 Apr 2026; the day after your last one if left out")))
ENDS = Maybe(Date(N_("Last day; the LC's handover or the end of the fiscal year if left out")))


@completion
async def complete_term(request: MemberRequest, typed: str) -> Choices:
    """One's own terms, then those for which one may appoint."""
    words = request.words
    own = await request.services[HandoverService].mine(request.actor)
    named_terms = {one.term_id: render.ending_line(one, words) for one in own}
    if request.actor.officer_of or any(one.is_officer for one in request.actor.current):
        for term in await request.services[PostService].terms(request.actor):
            named_terms.setdefault(term.term_id, term_line(term, words))
    return fitting([(line, f"#{term_id}") for term_id, line in named_terms.items()], typed)


class HandingOver(app_commands.Group, name="handing_over"):
    @app_commands.command(
        name=named("command", "handover"), description=N_("Hand over your post: successor, checklist, notes")
    )
    @app_commands.rename(
        person=named("option", "successor"),
        term=named("option", "term"),
        starts=named("option", "starts"),
        ends=named("option", "ends"),
    )
    @app_commands.describe(
        person=PERSON.label,
        term=N_("Which post; your own, if you leave it out"),
        starts=STARTS.label,
        ends=ENDS.label,
    )
    @app_commands.autocomplete(term=complete_term)
    async def handover(
        self,
        interaction: Interaction,
        person: discord.Member | None = None,
        term: Text | None = None,
        starts: Text | None = None,
        ends: Text | None = None,
    ) -> None:
        request = await MemberRequest.open(interaction)
        if term is None and person is None:
            await views.MineButton.show(request)
            return
        term_id = chosen_id(term) if term is not None else await views.own_term(request)
        if person is None:
            await views.show_term(request, term_id)
            return
        PERSON.read([person])
        await views.name(request, term_id, person, STARTS.read(starts, request), ENDS.read(ends, request))


class Handovers(commands.Cog):
    def __init__(self, bot: Host) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        await self._bot.services[HandoverWatch].plan_all()
