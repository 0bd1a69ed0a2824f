"""Taking part in another way than one signed up for: online instead of in the hall."""

from __future__ import annotations

from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.errors import Conflict
from bot.features.events.service import EventService
from bot.features.events.steps import show_step
from bot.features.signups.models import PartyState
from bot.features.signups.moving import NO_PLACE, ChoiceFull
from bot.features.signups.service import SignUpService
from bot.ui.board import option
from bot.ui.choices import chosen_number
from bot.ui.counts import choice_line
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Page
from bot.ui.replies import fill, step_button
from bot.ui.requests import MemberRequest
from cogs.events import render
from cogs.events.pages import show_event, signup_of


class WayButton(RoutedButton, route="events:way:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        event = await request.services[EventService].event(request.actor, event_id)
        words, mine = request.words, event.mine
        if mine is None or not mine.is_live or mine.state is not PartyState.ACCEPTED:
            raise Conflict(NO_PLACE, next_steps=[show_step(event_id)])
        own = next((one for one in event.choices if one.choice_id == mine.choice_id), None)
        lines = [render.headline(event, words)]
        if own is not None:
            name = escape_markdown(words.either(own.label_ja, own.label_en))
            lines.append(words("You take part like this now: {name}", name=name))
        options = [option(choice_line(one, words), one.choice_id) for one in event.choices if one is not own]
        menu = WaySelect.make(words("How would you like to take part?"), options, event_id=event_id)
        last = [step_button(show_step(event_id), words), home_button(words)]
        await request.show(Page(words("Change how I take part"), "\n".join(lines), rows=[[menu], last]))


class WaySelect(RoutedSelect, route="events:way_to:{event_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], event_id: int) -> None:
        words, signup_id, choice_id = request.words, await signup_of(request, event_id), chosen_number(chosen)
        try:
            await request.services[SignUpService].move(request.actor, signup_id, choice_id)
        except ChoiceFull as full:
            wait = WayWaitButton.make(
                words("Give up my place and wait"), style=ButtonStyle.danger, event_id=event_id, choice_id=choice_id
            )
            text = fill(full.message, full.params, words)
            keep = show_step(event_id)
            await request.show(Page(words("It is full"), text, rows=[[wait, step_button(keep, words)]]))
            return
        request.done = words("Saved.")
        await show_event(request, event_id)


class WayWaitButton(RoutedButton, route="events:way_wait:{event_id:int}:{choice_id:int}"):
    async def act(self, request: MemberRequest, event_id: int, choice_id: int) -> None:
        signup_id = await signup_of(request, event_id)
        placed = await request.services[SignUpService].move(request.actor, signup_id, choice_id, waits=True)
        is_in = placed.state is PartyState.ACCEPTED
        request.done = request.words("Saved.") if is_in else request.words("You're in line now.")
        await show_event(request, event_id)
