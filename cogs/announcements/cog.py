from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.errors import Invalid
from bot.features.announcements.drafts import TemplateService
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.people.rules import Right
from bot.i18n import N_
from bot.ui.completing import Choices, completion, fitting, id_in
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.announcements import arriving, drafting, options

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


class Announcements(commands.Cog):
    @app_commands.command(name=named("command", "announcements"), description=N_("Announcements for you"))
    async def announcements(self, interaction: Interaction) -> None:
        await arriving.InboxButton.show(await MemberRequest.open(interaction))


class Announcing(app_commands.Group, name="announcing"):
    @app_commands.command(
        name=named("command", "announce"), description=N_("Write an announcement (preview before sending)")
    )
    @app_commands.rename(lc=named("option", "lc"), template=named("option", "template"))
    @app_commands.describe(
        lc=N_("Your LC, to speak to its own people; the organisation if left out"),
        template=N_("Begin with the text of a template"),
    )
    @app_commands.autocomplete(lc=complete_lc, template=complete_template)
    async def announce(self, interaction: Interaction, lc: Text | None = None, template: Text | None = None) -> None:
        request = await MemberRequest.open(interaction)
        if template is not None:
            await options.write_from(request, await template_of(request, template))
            return
        await drafting.write_new(request, lc)


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
