"""The post of an event in a channel: its card, its buttons, its picture."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from bot.deliveries.models import Action
from bot.deliveries.values import Due
from bot.features.events.models import EventState
from bot.features.events.picturing import PictureService
from bot.features.events.posting import Post, PostingService
from bot.features.events.queries import EventCard
from bot.i18n import Words
from bot.ui.host import Host
from bot.ui.pages import Item, Page
from bot.ui.renderers import Message, Occasion
from cogs.events import render
from cogs.events.arriving import card
from cogs.events.pages import ShowButton
from cogs.events.pictures import mark, picture_of, there


class Posting:
    """Renders posts. An edit sends a picture only if it is another than the message has."""

    def __init__(self, bot: Host) -> None:
        self._bot = bot

    async def post(self, occasion: Occasion, due: Due) -> Message | None:
        event = await card(occasion, due)
        if event is None:
            return None
        is_edit = due.action is Action.EDIT
        post = await occasion.services[PostingService].post(due.key, due.payload.get("post") if is_edit else None)
        if post is not None and post.is_replaced and is_edit:
            return Message(self._replaced(event, post, occasion.words), drops_files=True)
        page = post_page(event, occasion.words, await self._names(occasion, event))
        return Message(page) if post is None else await self._with_picture(occasion, event, page, post, is_edit=is_edit)

    async def _names(self, occasion: Occasion, event: EventCard) -> str:
        if not event.shows_names or event.state is not EventState.POSTED or event.counts is None:
            return ""
        names = await occasion.services[PostingService].names(event.event_id)
        return render.names_line(names, event.counts.accepted - len(names), occasion.words)

    async def _with_picture(
        self, occasion: Occasion, event: EventCard, page: Page, post: Post, *, is_edit: bool
    ) -> Message:
        held = post.picture if is_edit else ""
        wanted = mark(event, occasion.words)
        if not may_attach(self._bot, post.channel_id):
            wanted = held  # what stands there may stay
        words = occasion.words
        if wanted == held:
            return Message(replace(page, picture=there(held, event, words)) if held else page)
        note = partial(occasion.services[PostingService].shows, post.post_id)
        picture = await picture_of(occasion.services[PictureService], event, words) if wanted else None
        if picture is None:
            return Message(page, drops_files=True, after=partial(note, ""))
        return Message(replace(page, picture=picture), after=partial(note, wanted))

    def _replaced(self, event: EventCard, post: Post, words: Words) -> Page:
        text = words("There is a newer post of this event in this channel.")
        channel: Any = self._bot.get_channel(post.channel_id)
        if post.newer is not None and channel is not None:
            text += f"\nhttps://discord.com/channels/{channel.guild.id}/{post.channel_id}/{post.newer}"
        show = ShowButton.make(words("Details"), event_id=event.event_id)
        return Page(render.headline(event, words), text, rows=[[show]])


def post_page(event: EventCard, words: Words, names: str = "") -> Page:
    """With the buttons that stay. ``names``: a line of those who come."""
    number = event.event_id
    row: list[Item] = [ShowButton.make(words("Details"), event_id=number)]
    if event.is_open:
        row.insert(0, render.join_button(event, words))
    page = render.card_page(event, words, [row])
    return replace(page, fields=[(words("Who comes"), names, False)]) if names else page


def may_attach(bot: Host, channel_id: int) -> bool:
    """Does Discord let the bot attach files there? Where nobody knows, it is tried."""
    channel: Any = bot.get_channel(channel_id)
    me = getattr(getattr(channel, "guild", None), "me", None)
    return bool(channel.permissions_for(me).attach_files) if me is not None else True
