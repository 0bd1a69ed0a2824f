"""Templates: kept from a draft, used with ``/announce new``."""

from __future__ import annotations

from typing import Any

import discord

from bot.features.announcements.templates import MAX_NAME, MOST, TemplateService
from bot.i18n import Words
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.choices import chosen_number
from bot.ui.forms import Form, labelled
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item, Page
from bot.ui.requests import MemberRequest
from cogs.announcements import routes
from cogs.announcements.drafting import DraftForm, show_draft
from cogs.announcements.options import draft_of


async def write_from(request: MemberRequest, template_id: int) -> None:
    template = await request.services[TemplateService].template(request.actor, template_id)
    form = DraftForm(request.words, template.content, lc_id=template.lc_id, like=(template.audience, template.places))
    await form.open(request.interaction)


class KeepButton(RoutedButton, route=routes.KEEP):
    async def act(self, request: MemberRequest, announcement_id: int) -> None:
        draft = await draft_of(request, announcement_id)
        form = KeepForm(request.words, announcement_id, draft.content.title)
        await form.open(request.interaction)


class KeepForm(Form, route="announcements:keep"):
    def __init__(self, words: Words, announcement_id: int, title: str) -> None:
        super().__init__(words("Keep as a template"))
        self.announcement_id = announcement_id
        self.name: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="name", max_length=MAX_NAME, default=title[:MAX_NAME]
        )
        self.add_item(labelled(words("Name of the template"), self.name, words("One of that name is replaced")))

    async def act(self, request: MemberRequest) -> None:
        await request.services[TemplateService].keep(request.actor, self.announcement_id, self.name.value)
        notice = request.words("✅ Kept as the template “{name}”.", name=self.name.value)
        await show_draft(request, self.announcement_id, notice)


class TemplateSelect(RoutedSelect, route="announcements:template"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        template = await request.services[TemplateService].template(request.actor, chosen_number(chosen))
        words = request.words
        key: dict[str, Any] = {"template_id": template.template_id}
        text = "\n\n".join(filter(None, (f"**{template.content.title}**", template.content.text_ja)))
        rows: list[list[Item]] = [
            [
                UseButton.make(words("Write with it"), emoji="✏️", **key),
                RemoveTemplateButton.make(words("Delete the template"), emoji="🗑️", **key),
            ],
            [TemplatesButton.make(words("Templates")), home_button(words)],
        ]
        await request.show(Page(title=template.name, text=text, rows=rows))


class TemplatesButton(Board, route="announcements:templates"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        words = request.words
        # Each LC keeps 25 at most: whoever is an officer of two may have more.
        found = part_of(await request.services[TemplateService].templates(request.actor), page, MOST)
        options = [option(one.name, one.template_id, one.content.title) for one in found]
        await cls.lay_out(
            request,
            found,
            title=words("Templates"),
            line=lambda one, _words: f"**{discord.utils.escape_markdown(one.name)}**",
            empty=words("There are no templates yet. A draft has a button to keep it as one."),
            menus=[[TemplateSelect.make(words("Choose a template"), options)]],
        )


class UseButton(RoutedButton, route="announcements:use:{template_id:int}"):
    async def act(self, request: MemberRequest, template_id: int) -> None:
        await write_from(request, template_id)


class RemoveTemplateButton(RoutedButton, route="announcements:remove_template:{template_id:int}"):
    async def act(self, request: MemberRequest, template_id: int) -> None:
        await request.services[TemplateService].remove(request.actor, template_id)
        await TemplatesButton.show(request)
