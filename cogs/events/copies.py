"""Copies of events, and the templates that a place keeps."""

from __future__ import annotations

from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.features.events import rules
from bot.features.events.copies import NAME, CopyingService, Template
from bot.features.events.queries import EventCard
from bot.features.events.service import EventService
from bot.features.events.steps import DRAFTS
from bot.i18n import N_, Words
from bot.ui.board import Board, option
from bot.ui.fields import LongText, Text
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.opening import button_to, menu_to
from bot.ui.pages import Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.events import render
from cogs.events.making import EventTime, show_draft, writable_here


class CopyButton(RoutedButton, route="events:copy:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        event = await request.services[EventService].event(request.actor, event_id)
        await CopyForm(request.words, event).open(request.interaction)


class CopyForm(Form, route="events:copy_form", title=N_("Copy the event")):
    when = EventTime(N_("Date and time"), rules.WHEN, hint=N_("Such as 11/28 19:00-21:00, or 12/5 ~ 12/7"))

    def __init__(self, words: Words, event: EventCard) -> None:
        super().__init__(words)
        self.event_id, self.time_zone = event.event_id, event.time_zone

    async def act(self, request: MemberRequest) -> None:
        copying = request.services[CopyingService]
        made = await copying.copy(request.actor, self.event_id, self.when, writable_here(request))
        request.done = request.words("This is a copy. Nothing is posted yet.")
        await show_draft(request, made)


class KeepButton(RoutedButton, route="events:keep:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        event = await request.services[EventService].to_organise(request.actor, event_id)
        await KeepForm(request.words, event).open(request.interaction)


class KeepForm(Form, route="events:keep_form", title=N_("Save as a template")):
    name = Text(N_("Name of the template"), NAME, hint=N_("Everybody who makes events here sees it."))

    def __init__(self, words: Words, event: EventCard) -> None:
        super().__init__(words)
        self.event_id = event.event_id
        self.name = render.title_of(event, words)[:NAME]

    async def act(self, request: MemberRequest) -> None:
        made = await request.services[CopyingService].keep(request.actor, self.event_id, self.name)
        request.done = request.words("Saved. You can begin events from it now.")
        await show_template(request, made)


class TemplatesButton(Board, route="events:templates"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        words = request.words
        found = await request.services[CopyingService].templates(request.actor, page)
        options = [option(one.name, one.template_id, place_of(one, words)) for one in found]
        await cls.lay_out(
            request,
            found,
            title=words("Templates"),
            line=lambda one, words: f"📄 **{escape_markdown(one.name)}**\n{escape_markdown(place_of(one, words))}",
            empty=words("No templates yet. Open an event of yours, choose “For organisers”, and save it as one."),
            menus=[[TemplateSelect.make(words("Choose a template"), options)]],
            last=[step_button(DRAFTS, words)],
        )


def place_of(one: Template, words: Words) -> str:
    return words.either(*one.of) if one.of is not None else words("The whole organisation")


async def show_template(request: MemberRequest, template_id: int, *, sure: bool = False) -> None:
    """``sure``: ask whether it is really to go."""
    one = await request.services[CopyingService].template(request.actor, template_id)
    words = request.words
    title = escape_markdown(words.either(one.title_ja, one.title_en))
    lines = [words("Event name: {title}", title=title), escape_markdown(place_of(one, words))]
    if sure:
        lines.append(words("Delete this template? Events that began from it stay."))
        yes = ReallyDropButton.make(words("Yes, delete"), style=ButtonStyle.danger, template_id=template_id)
        row = [yes, TemplateButton.make(words("Back"), template_id=template_id)]
    else:
        row = [
            UseButton.make(words("Begin an event"), style=ButtonStyle.success, template_id=template_id),
            RenameButton.make(words("Rename"), template_id=template_id),
            DropButton.make(words("Delete"), emoji="🗑️", template_id=template_id),
        ]
    back = TemplatesButton.make(words("Templates"))
    await request.show(Page(escape_markdown(one.name), "\n".join(lines), rows=[row, [back, home_button(words)]]))


async def _ask(request: MemberRequest, template_id: int) -> None:
    await show_template(request, template_id, sure=True)


TemplateButton = button_to("events:template:{template_id:int}", show_template)
TemplateSelect = menu_to("events:one_template", show_template)
DropButton = button_to("events:drop_template:{template_id:int}", _ask)


class UseButton(RoutedButton, route="events:use_template:{template_id:int}"):
    async def act(self, request: MemberRequest, template_id: int) -> None:
        one = await request.services[CopyingService].template(request.actor, template_id)
        await UseForm(request.words, one).open(request.interaction)


class UseForm(Form, route="events:use_form"):
    text = LongText(
        N_("When, and what is different?"), rules.TEXT, hint=N_("Such as: Sat 28 Nov, 7-9pm, room 301"), required=False
    )

    def __init__(self, words: Words, one: Template) -> None:
        super().__init__(words, one.name)
        self.template_id = one.template_id

    async def act(self, request: MemberRequest) -> None:
        copying = request.services[CopyingService]
        made = await copying.begin_from(request.actor, self.template_id, self.text, writable_here(request))
        await show_draft(request, made)


class RenameButton(RoutedButton, route="events:rename_template:{template_id:int}"):
    async def act(self, request: MemberRequest, template_id: int) -> None:
        one = await request.services[CopyingService].template(request.actor, template_id)
        await RenameForm(request.words, one).open(request.interaction)


class RenameForm(Form, route="events:rename_form", title=N_("Rename the template")):
    name = Text(N_("Name of the template"), NAME)

    def __init__(self, words: Words, one: Template) -> None:
        super().__init__(words)
        self.template_id, self.seen, self.name = one.template_id, one.name, one.name

    async def act(self, request: MemberRequest) -> None:
        await request.services[CopyingService].rename(request.actor, self.template_id, self.name, self.seen)
        request.done = request.words("Saved.")
        await show_template(request, self.template_id)


class ReallyDropButton(RoutedButton, route="events:really_drop_template:{template_id:int}"):
    async def act(self, request: MemberRequest, template_id: int) -> None:
        await request.services[CopyingService].delete(request.actor, template_id)
        request.done = request.words("The template was deleted.")
        await TemplatesButton.show(request)
