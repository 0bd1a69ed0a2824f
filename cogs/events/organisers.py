"""Who organises an event, on a page for those who do."""

from __future__ import annotations

from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.features.events.organisers import Organiser, OrganisersService
from bot.features.events.steps import organise_step
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.choices import chosen_number
from bot.ui.fields import People
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.opening import button_to_form
from bot.ui.pages import Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.events import render

#: So many are added by one form.
AT_ONCE = 5


class OrganisersButton(Board, route="events:organisers:{event_id:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, event_id: int, page: int = 0) -> None:
        words = request.words
        event, people = await request.services[OrganisersService].organisers(request.actor, event_id)
        options = [option(_name(one, words), one.person_id) for one in people]
        menu = OrganiserSelect.make(words("Choose somebody to remove"), options, event_id=event_id)
        await cls.lay_out(
            request,
            part_of(people, page, len(people) or 1),
            title=words("Organisers"),
            above=[render.headline(event, words), words("They see who comes, and can change the event.")],
            line=lambda one, words: f"・{escape_markdown(_name(one, words))}",
            menus=[[menu]] if len(people) > 1 else [],
            beside=[[AddOrganiserButton.make(words("Add organisers"), emoji="➕", event_id=event_id)]],
            last=[step_button(organise_step(event_id), words)],
            event_id=event_id,
        )


def _name(one: Organiser, words: Words) -> str:
    return one.name or words("somebody")


class OrganisersForm(Form, route="events:organisers_form", title=N_("Add organisers")):
    who = People(N_("Who organises it with you?"), hint=N_("They see the names of those who come."), most=AT_ONCE)

    def __init__(self, words: Words, event_id: int) -> None:
        super().__init__(words)
        self.event_id = event_id

    async def act(self, request: MemberRequest) -> None:
        users = [one.id for one in self.who]
        await request.services[OrganisersService].add(request.actor, self.event_id, users)
        request.done = request.words("Added.")
        await OrganisersButton.show(request, self.event_id)


AddOrganiserButton = button_to_form("events:add_organiser:{event_id:int}", OrganisersForm)


class OrganiserSelect(RoutedSelect, route="events:organiser:{event_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], event_id: int) -> None:
        person_id = chosen_number(chosen)
        _, people = await request.services[OrganisersService].organisers(request.actor, event_id)
        words = request.words
        name = next((_name(one, words) for one in people if one.person_id == person_id), words("somebody"))
        text = words("Remove {name} from the organisers? They no longer see who comes.", name=escape_markdown(name))
        yes = RemoveOrganiserButton.make(
            words("Yes, remove"), style=ButtonStyle.danger, event_id=event_id, person_id=person_id
        )
        back = OrganisersButton.make(words("Back"), event_id=event_id)
        await request.show(Page(words("Organisers"), text, rows=[[yes, back], [home_button(words)]]))


class RemoveOrganiserButton(RoutedButton, route="events:remove_organiser:{event_id:int}:{person_id:int}"):
    async def act(self, request: MemberRequest, event_id: int, person_id: int) -> None:
        await request.services[OrganisersService].remove(request.actor, event_id, person_id)
        request.done = request.words("Removed.")
        if person_id == request.actor.person_id:
            from cogs.events.pages import show_event

            await show_event(request, event_id)
        else:
            await OrganisersButton.show(request, event_id)
