"""The thread of an event: its organisers make it, and say where the reminder goes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import discord
from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.deliveries.values import Due
from bot.errors import Conflict, NotAllowed
from bot.features.events.models import EventState, Reminds
from bot.features.events.steps import organise_step
from bot.features.events.threads import NO_POST, Post, ThreadService
from bot.i18n import N_
from bot.ui.board import option
from bot.ui.choices import chosen_one
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.opening import button_to
from bot.ui.pages import Item, Page
from bot.ui.patience import FAILURES, limited
from bot.ui.renderers import Message, Occasion
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest, host
from cogs.events import render
from cogs.events.arriving import card
from cogs.events.pages import ShowButton

#: Discord's limit, in characters, and the minutes after which a thread that nobody writes in rests.
NAME = 100
RESTS_AFTER: Final = 10_080
#: Discord's codes: nobody knows the channel, or the message; the message has a thread; the server has all it may have.
UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, HAS_ONE, FULL = 10003, 10008, 160004, 160006
FORBIDDEN = N_(
    "The bot can't make threads in {channel}. Please allow it “Create Public Threads” and “Send Messages in Threads” "
    "there, or post the event in a channel where people talk."
)
TOO_MANY = N_("The server has as many active threads as Discord allows. Please close one, and press again.")
NOT_MADE = N_("Discord didn't make the thread. Please try again in a moment.")
REMINDS_WORDS = {
    Reminds.PEOPLE: N_("Remind each person, by the way they chose"),
    Reminds.THREAD: N_("Remind in the thread, once and without a ping"),
    Reminds.BOTH: N_("Remind each person and in the thread"),
}


async def show_thread(request: MemberRequest, event_id: int) -> None:
    thread = await request.services[ThreadService].thread(request.actor, event_id)
    words = request.words
    last: list[Item] = [step_button(organise_step(event_id), words), home_button(words)]
    about = words("Everybody in the channel can read it. The bot adds nobody, so it doesn't show who comes.")
    if thread is None:
        make = MakeThreadButton.make(words("Create a thread"), style=ButtonStyle.primary, event_id=event_id)
        text = words("A thread under the post is for questions and talk about the event.")
        await request.show(Page(words("Thread of the event"), f"{text}\n{about}", rows=[[make], last]))
        return
    options = [option(words(text), one.value) for one, text in REMINDS_WORDS.items()]
    for one in options:
        one.default = one.value == thread.reminds.value
    link = words("💬 Thread: {thread}", thread=f"<#{thread.thread_id}>")
    hint = words("People who come find the link on the event's page. If somebody deleted the thread, forget it here.")
    menu = RemindSelect.make(words("Where does the reminder go?"), options, event_id=event_id)
    last.insert(0, ForgetThreadButton.make(words("Forget the thread"), event_id=event_id))
    await request.show(Page(words("Thread of the event"), "\n".join([link, about, hint]), rows=[[menu], last]))


class MakeThreadButton(RoutedButton, route="events:make_thread:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        service, words = request.services[ThreadService], request.words
        post = await service.place(request.actor, event_id)
        await request.defer()
        thread_id = await _made(request, post, event_id)
        await service.made(request.actor, event_id, post.channel_id, thread_id)
        request.done = words("The thread is there: {thread}", thread=f"<#{thread_id}>")
        await show_thread(request, event_id)


async def _made(request: MemberRequest, post: Post, event_id: int) -> int:
    """Discord's id of the thread, which is that of the message. Raises NotAllowed; Conflict."""
    name = request.words.either(post.title_ja, post.title_en)[:NAME]
    back = [organise_step(event_id)]
    try:
        async with limited():
            made: Any = await host(request.interaction).http.start_thread_with_message(
                post.channel_id, post.message_id, name=name, auto_archive_duration=RESTS_AFTER
            )
    except discord.HTTPException as error:
        if error.code == HAS_ONE:  # made before, and the bot was stopped before it was noted
            return post.message_id
        if error.code in (UNKNOWN_CHANNEL, UNKNOWN_MESSAGE):
            raise Conflict(NO_POST, next_steps=back) from None
        if error.status == 403:
            raise NotAllowed(FORBIDDEN, channel=f"<#{post.channel_id}>", next_steps=back) from None
        raise Conflict(TOO_MANY if error.code == FULL else NOT_MADE, next_steps=back) from None
    except FAILURES:
        raise Conflict(NOT_MADE, next_steps=back) from None
    return int(made["id"])


class RemindSelect(RoutedSelect, route="events:remind_in:{event_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], event_id: int) -> None:
        where = chosen_one(Reminds, chosen[0])
        await request.services[ThreadService].remind_in(request.actor, event_id, where)
        request.done = request.words("Saved.")
        await show_thread(request, event_id)


class ForgetThreadButton(RoutedButton, route="events:forget_thread:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await request.services[ThreadService].forget(request.actor, event_id)
        request.done = request.words("The event has no thread any more. In Discord it stays as it is.")
        await show_thread(request, event_id)


async def reminder(occasion: Occasion, due: Due) -> Message | None:
    """For everybody in the thread: without the link for those who come."""
    event, words = await card(occasion, due), occasion.words
    if event is None or event.state is not EventState.POSTED or event.when is None:
        return None
    if event.when.starts.isoformat(timespec="minutes") != due.payload["starts"]:
        return None  # it was moved, and is reminded of at its new time
    page = render.card_page(event, words)
    title = words("Coming up: {title}", title=escape_markdown(render.title_of(event, words)))
    row = [ShowButton.make(words("View the event"), event_id=event.event_id)]
    return Message(replace(page, title=title, rows=[row]))


ThreadButton = button_to("events:thread:{event_id:int}", show_thread)
