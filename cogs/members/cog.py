from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.errors import Invalid, UserError
from bot.features.members.service import MemberService
from bot.i18n import N_
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.members import views


class Members(commands.Cog):
    @app_commands.command(name=named("command", "join"), description=N_("Join, or go on where you left off"))
    @app_commands.rename(school=named("option", "school"))
    @app_commands.describe(school=N_("Type a part of your school's name and choose; you can leave it out"))
    async def join(self, interaction: Interaction, school: app_commands.Range[str, 1, 100] | None = None) -> None:
        request = await MemberRequest.open(interaction)
        await views.begin(request, await _school(request, school) if school else views.NO_SCHOOL)

    @join.autocomplete("school")
    async def complete_school(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        try:
            request = await MemberRequest.open(interaction)
        except UserError:
            return []  # the command itself explains
        schools = await request.services[MemberService].complete_school(request.actor, current)
        return [
            app_commands.Choice(name=request.words.either(school.name_ja, school.name_en)[:100], value=f"#{school.id}")
            for school in schools
        ]

    @app_commands.command(name=named("command", "me"), description=N_("What is kept about you, and changing it"))
    async def me(self, interaction: Interaction) -> None:
        await views.show_me(await MemberRequest.open(interaction))


async def _school(request: MemberRequest, typed: str) -> int:
    """The school that was chosen from the completion, or the only one that a name fits."""
    if typed.startswith("#") and typed[1:].isascii() and typed[1:].isdecimal() and len(typed) < 20:
        return int(typed[1:])
    schools = await request.services[MemberService].complete_school(request.actor, typed)
    if len(schools) != 1:
        raise Invalid(N_("Please choose your school from the list that appears while you type, or leave it out."))
    return schools[0].id
