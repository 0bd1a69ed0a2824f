from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot import data
from bot.errors import Invalid, UserError
from bot.features.local_committees.models import Via
from bot.features.local_committees.records import MAX_TEXT
from bot.features.local_committees.service import LocalCommitteeService
from bot.i18n import N_
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.local_committees import records, render, views
from cogs.local_committees.answers import VIA_WORDS, open_answers

VIA_CHOICES = [
    app_commands.Choice(name=app_commands.locale_str(text), value=via.value) for via, text in VIA_WORDS.items()
]


COMMITTEE_CHOICES = [app_commands.Choice(name=row["abbreviation"], value=row["key"]) for row in data.rows("committees")]


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

    @app_commands.command(name=named("command", "edit"), description=N_("What the LC says of itself (its officers)"))
    @app_commands.rename(lc=named("option", "lc"), via=named("option", "via"))
    @app_commands.describe(lc=N_("Your own LC, if you leave it out"), via=N_("For national officers: how you heard it"))
    @app_commands.choices(via=VIA_CHOICES)
    async def edit(
        self,
        interaction: Interaction,
        lc: app_commands.Range[str, 1, 100] | None = None,
        via: app_commands.Choice[str] | None = None,
    ) -> None:
        request = await MemberRequest.open(interaction)
        await records.edit(request, own_or(request, lc), Via(via.value) if via else None)

    @app_commands.command(
        name=named("command", "answer"), description=N_("What the LC answers the committees this year (its officers)")
    )
    @app_commands.rename(lc=named("option", "lc"), via=named("option", "via"))
    @app_commands.describe(lc=N_("Your own LC, if you leave it out"), via=N_("For national officers: how you heard it"))
    @app_commands.choices(via=VIA_CHOICES)
    async def answer(
        self,
        interaction: Interaction,
        lc: app_commands.Range[str, 1, 100] | None = None,
        via: app_commands.Choice[str] | None = None,
    ) -> None:
        request = await MemberRequest.open(interaction)
        card = await request.services[LocalCommitteeService].show(request.actor, own_or(request, lc))
        await open_answers(request, card, Via(via.value) if via else None)

    @app_commands.command(name=named("command", "history"), description=N_("What changed at an LC (its officers)"))
    @app_commands.rename(lc=named("option", "lc"))
    @app_commands.describe(lc=N_("Your own LC, if you leave it out"))
    async def history(self, interaction: Interaction, lc: app_commands.Range[str, 1, 100] | None = None) -> None:
        request = await MemberRequest.open(interaction)
        await records.history(request, own_or(request, lc))

    @app_commands.command(name=named("command", "contacts"), description=N_("Who answers for an LC's posts today"))
    @app_commands.rename(lc=named("option", "lc"), committee=named("option", "committee"))
    @app_commands.describe(lc=N_("Type a part of the name and choose"), committee=N_("One committee; all if left out"))
    @app_commands.choices(committee=COMMITTEE_CHOICES)
    async def contacts(
        self,
        interaction: Interaction,
        lc: app_commands.Range[str, 1, 100],
        committee: app_commands.Choice[str] | None = None,
    ) -> None:
        request = await MemberRequest.open(interaction)
        await records.contacts(request, lc, committee.value if committee else None)

    @show.autocomplete("lc")
    @contacts.autocomplete("lc")
    @edit.autocomplete("lc")
    @answer.autocomplete("lc")
    @history.autocomplete("lc")
    async def complete(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await complete_lc(interaction, current)


async def complete_lc(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """At most 25 LCs for what has been typed, in the reader's language; none where no organisation is meant."""
    try:
        request = await MemberRequest.open(interaction)
    except UserError:
        return []  # a completion has no room for an explanation; the command itself gives it
    hits = await request.services[LocalCommitteeService].complete(request.actor, current)
    return [app_commands.Choice(name=render.label(hit, request.words), value=f"#{hit.lc_id}") for hit in hits]


def own_or(request: MemberRequest, ref: str | None) -> str:
    """The LC that was named, else the one of which the actor is an officer.

    Raises:
        Invalid: none was named, and it isn't clear which is meant.
    """
    if ref is not None:
        return ref
    own = request.actor.officer_of
    if len(own) != 1:
        raise Invalid(N_("Please say which LC you mean: choose it in the option of this command."))
    return f"#{own[0]}"
