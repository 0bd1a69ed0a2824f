from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.errors import Invalid, UserError
from bot.features.announcements.drafts import TemplateService
from bot.features.announcements.inbox import ListService
from bot.features.local_committees.service import LocalCommitteeService
from bot.i18n import N_
from bot.ui.completing import fitting
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.announcements import arriving, drafting, options, status

Choices = list[app_commands.Choice[str]]
Text = app_commands.Range[str, 1, 100]


class Announcements(commands.GroupCog, group_name=named("command", "announce"), group_description=N_("Announcements")):
    @app_commands.command(name=named("command", "new"), description=N_("Write an announcement; you see it first"))
    @app_commands.rename(lc=named("option", "lc"), template=named("option", "template"))
    @app_commands.describe(
        lc=N_("Your LC, to speak to its own people; the organisation if left out"),
        template=N_("Begin with the text of a template"),
    )
    async def new(self, interaction: Interaction, lc: Text | None = None, template: Text | None = None) -> None:
        request = await MemberRequest.open(interaction)
        if template is not None:
            await options.write_from(request, await template_of(request, template))
            return
        await drafting.write_new(request, lc)

    @app_commands.command(name=named("command", "drafts"), description=N_("What is written and waits to be sent"))
    async def drafts(self, interaction: Interaction) -> None:
        await drafting.DraftsButton.show(await MemberRequest.open(interaction))

    @app_commands.command(name=named("command", "status"), description=N_("What arrived, who has read and answered"))
    @app_commands.rename(announcement=named("option", "announcement"))
    @app_commands.describe(announcement=N_("Which one; the latest if left out"))
    async def status(self, interaction: Interaction, announcement: Text | None = None) -> None:
        request = await MemberRequest.open(interaction)
        await status.show_status(request, await sent_one(request, announcement))

    @app_commands.command(name=named("command", "list"), description=N_("What was announced to you"))
    async def list(self, interaction: Interaction) -> None:
        await arriving.InboxButton.show(await MemberRequest.open(interaction))

    @app_commands.command(name=named("command", "templates"), description=N_("Texts that are kept to begin with"))
    async def templates(self, interaction: Interaction) -> None:
        await options.TemplatesButton.show(await MemberRequest.open(interaction))

    @new.autocomplete("template")
    async def complete_template(self, interaction: Interaction, current: str) -> Choices:
        try:
            request = await MemberRequest.open(interaction)
        except UserError:
            return []
        found = await request.services[TemplateService].templates(request.actor)
        return fitting([(one.name, f"#{one.template_id}") for one in found], current)

    @new.autocomplete("lc")
    async def complete_lc(self, interaction: Interaction, current: str) -> Choices:
        try:
            request = await MemberRequest.open(interaction)
        except UserError:
            return []
        service, own = request.services[LocalCommitteeService], request.actor.officer_of
        cards = [await service.show(request.actor, f"#{lc_id}") for lc_id in own]
        return fitting(
            [(request.words.either(card.name_ja, card.name_en), f"#{card.lc_id}") for card in cards], current
        )

    @status.autocomplete("announcement")
    async def complete_sent(self, interaction: Interaction, current: str) -> Choices:
        try:
            request = await MemberRequest.open(interaction)
        except UserError:
            return []
        found = await request.services[ListService].titled(request.actor, current)
        return [app_commands.Choice(name=(one.title or "?")[:100], value=f"#{one.announcement_id}") for one in found]


async def template_of(request: MemberRequest, ref: str) -> int:
    """The template that was chosen, or whose name was typed.

    Raises:
        Invalid: there is none.
    """
    if ref.startswith("#") and ref[1:].isdecimal():
        return int(ref[1:19])
    for one in await request.services[TemplateService].templates(request.actor):
        if ref.casefold() in one.name.casefold():
            return one.template_id
    raise Invalid(N_("I find no such template. Please choose from the list."))


async def sent_one(request: MemberRequest, ref: str | None) -> int:
    """The announcement that was chosen or whose title was typed, else the latest.

    Raises:
        Invalid: there is none.
    """
    if ref is not None and ref.startswith("#") and ref[1:].isdecimal():
        return int(ref[1:19])
    for one in await request.services[ListService].titled(request.actor, ref or ""):
        return one.announcement_id
    raise Invalid(N_("I find no such announcement that was sent. Please choose from the list."))
