from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.errors import Invalid
from bot.features.announcements.drafts import TemplateService
from bot.features.announcements.inbox import ListService
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.people.rules import Right
from bot.i18n import N_
from bot.ui.completing import Choices, completion, fitting, id_in, offered
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.announcements import arriving, drafting, options, status

Text = app_commands.Range[str, 1, 100]


@completion
async def complete_template(request: MemberRequest, typed: str) -> Choices:
    found = await request.services[TemplateService].templates(request.actor)
    return fitting([(one.name, f"#{one.template_id}") for one in found], typed)


@completion
async def complete_lc(request: MemberRequest, typed: str) -> Choices:
    service, own = request.services[LocalCommitteeService], request.actor.lcs_where(Right.ANNOUNCE_LC)
    cards = [await service.show(request.actor, f"#{lc_id}") for lc_id in own]
    return fitting([(request.words.either(card.name_ja, card.name_en), f"#{card.lc_id}") for card in cards], typed)


@completion
async def complete_sent(request: MemberRequest, typed: str) -> Choices:
    found = await request.services[ListService].titled(request.actor, typed)
    return offered((one.title or "?", f"#{one.announcement_id}") for one in found)


class Announcements(commands.GroupCog, group_name=named("command", "announce"), group_description=N_("Announcements")):
    @app_commands.command(name=named("command", "new"), description=N_("Write an announcement; you see it first"))
    @app_commands.rename(lc=named("option", "lc"), template=named("option", "template"))
    @app_commands.describe(
        lc=N_("Your LC, to speak to its own people; the organisation if left out"),
        template=N_("Begin with the text of a template"),
    )
    @app_commands.autocomplete(lc=complete_lc, template=complete_template)
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
    @app_commands.autocomplete(announcement=complete_sent)
    async def status(self, interaction: Interaction, announcement: Text | None = None) -> None:
        request = await MemberRequest.open(interaction)
        await status.show_status(request, await sent_one(request, announcement))

    @app_commands.command(name=named("command", "list"), description=N_("What was announced to you"))
    async def list(self, interaction: Interaction) -> None:
        await arriving.InboxButton.show(await MemberRequest.open(interaction))

    @app_commands.command(name=named("command", "templates"), description=N_("Texts that are kept to begin with"))
    async def templates(self, interaction: Interaction) -> None:
        await options.TemplatesButton.show(await MemberRequest.open(interaction))


async def template_of(request: MemberRequest, ref: str) -> int:
    """The template that was chosen, or whose name was typed.

    Raises:
        Invalid: there is none.
    """
    if (template_id := id_in(ref)) is not None:
        return template_id
    for one in await request.services[TemplateService].templates(request.actor):
        if ref.casefold() in one.name.casefold():
            return one.template_id
    raise Invalid(N_("I find no such template. Please choose from the list."))


async def sent_one(request: MemberRequest, ref: str | None) -> int:
    """The announcement that was chosen or whose title was typed, else the latest.

    Raises:
        Invalid: there is none.
    """
    if ref is not None and (announcement_id := id_in(ref)) is not None:
        return announcement_id
    for one in await request.services[ListService].titled(request.actor, ref or ""):
        return one.announcement_id
    raise Invalid(N_("I find no such announcement that was sent. Please choose from the list."))
