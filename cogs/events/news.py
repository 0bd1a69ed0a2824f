"""「お知らせを受け取る」: who wants to hear once a week of what is new chooses of what, and hears it."""

from __future__ import annotations

from bot.deliveries.values import Due
from bot.features.events.lists import EventLine, Which
from bot.features.events.news import NewsService, Topic
from bot.features.events.steps import TELL_ME
from bot.i18n import N_, Words
from bot.ui.choices import chosen_day, chosen_one
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.opening import button_to
from bot.ui.pages import Item, Page
from bot.ui.renderers import Line, Message, Occasion
from bot.ui.requests import MemberRequest
from cogs.events import render
from cogs.events.lists import EventsButton

#: Events that a message shows.
SHOWN = 10
TOPIC_WORDS = {
    Topic.LC: N_("My LC"),
    Topic.COMMITTEES: N_("My committees"),
    Topic.REGION: N_("My region"),
    Topic.ONLINE: N_("Online"),
}


async def show_news(request: MemberRequest) -> None:
    words, found = request.words, await request.services[NewsService].subscription(request.actor)
    lines = [
        words("Choose what you want to hear of. If something new is there, you get one message on Wednesday evening.")
    ]
    if found.wants_none:
        lines.append(words("⚠️ You turned messages about events off, so nothing comes. You can change that with /me."))
    toggles: list[Item] = [
        TopicButton.make(
            words(TOPIC_WORDS[one]),
            emoji="✅" if one in found.chosen else "⬜",
            topic=one.value,
            yes=int(one not in found.chosen),
        )
        for one in found.possible
    ]
    last: list[Item] = [EventsButton.make(words("All events"), which=Which.COMING.value), home_button(words)]
    if found.chosen:
        last.insert(0, StopButton.make(words("No more messages"), emoji="🔕"))
    await request.show(Page(words("Tell me when something comes"), "\n".join(lines), rows=[toggles, last]))


NewsButton = button_to(TELL_ME.custom_id, show_news)


class TopicButton(RoutedButton, route="events:news_of:{topic}:{yes:int}"):
    async def act(self, request: MemberRequest, topic: str, yes: int) -> None:
        await request.services[NewsService].choose(request.actor, chosen_one(Topic, topic), yes=bool(yes))
        request.done = request.words("Saved.")
        await show_news(request)


class StopButton(RoutedButton, route="events:news_stop"):
    """On the page, and under the message itself."""

    async def act(self, request: MemberRequest) -> None:
        await request.services[NewsService].stop(request.actor)
        request.done = request.words("You won't get these messages any more.")
        await show_news(request)


async def _told(occasion: Occasion, due: Due) -> list[EventLine]:
    service = occasion.services[NewsService]
    return await service.told(due.organisation_id, due.recipient.id, due.payload["events"])


async def news(occasion: Occasion, due: Due) -> Message | None:
    found, words = await _told(occasion, due), occasion.words
    if not found:
        return None
    lines = [render.list_line(one, words) for one in found[:SHOWN]]
    if more := len(found) - SHOWN:
        lines += _more(more, words)
    row: list[Item] = [
        EventsButton.make(words("All events"), emoji=render.EMOJI, which=Which.COMING.value),
        StopButton.make(words("No more messages"), emoji="🔕"),
        home_button(words),
    ]
    return Message(Page(words("New events for you"), "\n".join(lines), rows=[row]))


def _more(more: int, words: Words) -> list[str]:
    return [words.plural("and {n} more", "and {n} more", more)] if more > 0 else []


async def news_line(occasion: Occasion, due: Due) -> Line | None:
    found, words = await _told(occasion, due), occasion.words
    if not found:
        return None
    told = words.plural("{n} new event for you", "{n} new events for you", len(found))
    return Line(told, EventsButton.make(words("All events"), emoji=render.EMOJI, which=Which.COMING.value))


async def gather(occasion: Occasion, due: Due) -> None:
    await occasion.services[NewsService].gather(due.organisation_id, chosen_day(due.payload["day"]))
