"""Names on the posts of an event: for its organisers, and for each person's own."""

from __future__ import annotations

from discord import ButtonStyle

from bot.features.events.naming import NamingService
from bot.features.events.service import EventService
from bot.features.events.steps import organise_step, show_step
from bot.i18n import N_
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.opening import button_to
from bot.ui.pages import Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.events.pages import show_event

NAMED, UNNAMED = N_("The posts show the names of those who agreed."), N_("The posts show no names.")


async def show_names(request: MemberRequest, event_id: int) -> None:
    event = await request.services[EventService].to_edit(request.actor, event_id)
    words, number = request.words, event_id
    lines = [
        words(NAMED if event.shows_names else UNNAMED),
        words("People are told before they sign up, and each of them decides. Nobody who signed up before is named."),
    ]
    if event.shows_names:
        turn = ShowNamesButton.make(words("Show no names"), event_id=number, yes=0)
    else:
        label = words("Show the names of those who agree")
        turn = ShowNamesButton.make(label, style=ButtonStyle.primary, event_id=number, yes=1)
    last = [step_button(organise_step(number), words), home_button(words)]
    await request.show(Page(words("Names on the post"), "\n".join(lines), rows=[[turn], last]))


class ShowNamesButton(RoutedButton, route="events:show_names:{event_id:int}:{yes:int}"):
    async def act(self, request: MemberRequest, event_id: int, yes: int) -> None:
        await request.services[NamingService].show_names(request.actor, event_id, yes=bool(yes))
        request.done = request.words("Saved.")
        await show_names(request, event_id)


async def show_own_name(request: MemberRequest, event_id: int) -> None:
    event = await request.services[EventService].event(request.actor, event_id)
    words = request.words
    is_named = event.shows_names and await request.services[NamingService].agrees(request.actor, event_id)
    told = words("The post of this event shows your name.") if is_named else words("Your name isn't on the post.")
    label = words("Take my name off the post") if is_named else words("Show my name on the post")
    turn = OwnNameButton.make(label, style=ButtonStyle.primary, event_id=event_id, yes=int(not is_named))
    last = [step_button(show_step(event_id), words), home_button(words)]
    text = "\n".join([told, words("Everybody in the channel reads the post. You can change this at any time.")])
    await request.show(Page(words("My name on the post"), text, rows=[[turn], last]))


class OwnNameButton(RoutedButton, route="events:name_me:{event_id:int}:{yes:int}"):
    async def act(self, request: MemberRequest, event_id: int, yes: int) -> None:
        await request.services[NamingService].decide(request.actor, event_id, yes=bool(yes))
        words = request.words
        request.done = words("Your name will be on the post.") if yes else words("Your name comes off the post.")
        await show_event(request, event_id)


NamesButton = button_to("events:names:{event_id:int}", show_names)
OwnNamePageButton = button_to("events:own_name:{event_id:int}", show_own_name)
