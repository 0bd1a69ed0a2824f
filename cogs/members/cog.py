from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.errors import Invalid
from bot.features.members.finding import MAX_TEXT, FindService
from bot.features.members.service import ChoiceService
from bot.i18n import N_
from bot.ui.completing import Choices, completion, id_in, offered
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.members import finding, views


@completion
async def complete_school(request: MemberRequest, typed: str) -> Choices:
    schools = await request.services[ChoiceService].complete_school(request.actor, typed)
    return offered((request.words.either(one.name_ja, one.name_en), f"#{one.id}") for one in schools)


@completion
async def complete_member(request: MemberRequest, typed: str) -> Choices:
    hits = await request.services[FindService].complete(request.actor, typed)
    return offered((finding.label(hit, request.words), f"#{hit.person_id}") for hit in hits)


MemberText = app_commands.Range[str, 1, MAX_TEXT]


class Members(commands.Cog):
    @app_commands.command(name=named("command", "join"), description=N_("Join, or continue where you left off"))
    @app_commands.rename(school=named("option", "school"))
    @app_commands.describe(school=N_("Type a part of your school's name and choose; you can leave it out"))
    @app_commands.autocomplete(school=complete_school)
    async def join(self, interaction: Interaction, school: app_commands.Range[str, 1, 100] | None = None) -> None:
        request = await MemberRequest.open(interaction)
        await views.begin(request, await _school(request, school) if school else views.NO_SCHOOL)

    @app_commands.command(name=named("command", "me"), description=N_("Your page: see and change your data"))
    async def me(self, interaction: Interaction) -> None:
        await views.show_me(await MemberRequest.open(interaction))

    @app_commands.command(name=named("command", "member"), description=N_("Find a member"))
    @app_commands.rename(member=named("option", "member"))
    @app_commands.describe(member=N_("A part of a name, reading, school or committee"))
    @app_commands.autocomplete(member=complete_member)
    async def member(self, interaction: Interaction, member: MemberText | None = None) -> None:
        request = await MemberRequest.open(interaction)
        if member is None:
            await finding.ask(request)
        elif (person_id := id_in(member)) is not None:
            await finding.show(request, person_id)
        else:
            await finding.FoundButton.show(request, member)


async def _school(request: MemberRequest, typed: str) -> int:
    """The school that was chosen from the completion, or the only one that a name fits."""
    if (school_id := id_in(typed)) is not None:
        return school_id
    schools = await request.services[ChoiceService].complete_school(request.actor, typed)
    if len(schools) != 1:
        raise Invalid(N_("Please choose your school from the list that appears while you type, or leave it out."))
    return schools[0].id
