"""Saying hello: a newcomer sees their post first, with or without the school, and then posts it. They can remove it."""

from __future__ import annotations

from dataclasses import replace

from discord import ButtonStyle

from bot.deliveries.values import Due
from bot.features.members.hello import Hello, HelloService
from bot.i18n import Words, words_for
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.pages import Item, Page
from bot.ui.renderers import Message, Occasion
from bot.ui.requests import MemberRequest
from cogs.members import render


def post(hello: Hello, words: Words) -> Page:
    """As it stands in the channel. The name leads to their profile in Discord, and pings nobody."""
    card = hello.card
    lines = [words("I'm {name}.", name=f"{render.plain(card.name)} (<@{hello.discord_user_id}>)")]
    if hello.with_school and (card.school is not None or card.institution):
        lines.append(f"🏫 {render.school_line(card, words)}")
    if card.interests:
        lines.append(words("💡 Interested in: {committees}", committees=render.committees_line(card.interests, words)))
    lines.append(words("Nice to meet you all!"))
    return Page(title=words("👋 Hello!"), text="\n".join(lines))


async def message(occasion: Occasion, due: Due) -> Message | None:
    if due.payload.get("gone"):
        return None
    service = occasion.services[HelloService]
    person_id, with_school = int(due.payload["person_id"]), bool(due.payload["with_school"])
    hello = await service.hello(person_id, occasion.today, with_school=with_school)
    if hello is None:
        return None
    also = HelloButton.make(occasion.words("Say hello too"), emoji="👋", with_school=0)
    return Message(replace(post(hello, occasion.words), rows=[[also]]))


async def remove_arrived(occasion: Occasion, due: Due) -> None:
    await occasion.services[HelloService].remove_arrived(due.payload["delivery"], due.payload["turn"])


class HelloButton(RoutedButton, route="members:hello:{with_school:int}"):
    async def act(self, request: MemberRequest, with_school: int) -> None:
        hello = await request.services[HelloService].preview(request.actor, with_school=bool(with_school))
        words = request.words
        label = words("Leave out my school") if with_school else words("Add my school")
        say = SayButton.make(words("Post it"), emoji="👋", style=ButtonStyle.success, with_school=with_school)
        toggle = HelloButton.make(label, with_school=int(not with_school))
        has_school = hello.card.school is not None or bool(hello.card.institution)
        await request.show(
            Page(
                title=words("Say hello"),
                text=words("This is exactly what everybody in the lounge will see. Nothing is posted yet."),
                rows=[[say, *([toggle] if has_school else []), home_button(words)]],
                quoted=post(hello, words_for(request.actor.organisation.language)),
            )
        )


class SayButton(RoutedButton, route="members:say_hello:{with_school:int}"):
    async def act(self, request: MemberRequest, with_school: int) -> None:
        await request.services[HelloService].say(request.actor, with_school=bool(with_school))
        words = request.words
        text = words("✅ Your hello is on its way to the lounge.")
        await request.show(Page(title=words("Say hello"), text=text, rows=[[remove_button(words), home_button(words)]]))


class RemoveHelloButton(RoutedButton, route="members:remove_hello"):
    async def act(self, request: MemberRequest) -> None:
        await request.services[HelloService].remove(request.actor)
        words = request.words
        text = words("✅ Your hello is being removed from the lounge.")
        await request.show(Page(title=words("Remove my hello"), text=text, rows=[[home_button(words)]]))


def remove_button(words: Words) -> Item:
    return RemoveHelloButton.make(words("Remove my hello"), emoji="🗑️")
