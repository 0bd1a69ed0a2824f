"""``/member find`` and ``/member show``: pages of people, and the card of one as others see it."""

from __future__ import annotations

from functools import partial
from typing import Any

import discord

from bot.features.members.finding import FIND, MAX_TEXT, FindService
from bot.features.members.records import Found, FoundPage, MemberCard
from bot.i18n import Words
from bot.ui.choices import chosen_number
from bot.ui.forms import Form, labelled
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item, Page
from bot.ui.requests import MemberRequest
from cogs.members.render import CONTACT_WORDS, committees_line, lc_line, plain, school_line


async def find(request: MemberRequest, text: str, page: int = 0) -> None:
    """A page of results; a single one is shown as its card right away."""
    found = await request.services[FindService].find(request.actor, text, page)
    if found.total == 1:
        await show(request, found.hits[0].person_id)
        return
    words = request.words
    options = [discord.SelectOption(label=label(hit, words)[:100], value=str(hit.person_id)) for hit in found.hits]
    rows: list[list[Item]] = [[PersonSelect.make(words("Choose somebody"), options)]]
    if found.pages > 1:
        turn = partial(FoundButton.make, text=found.text)
        rows.append(
            [
                turn(words("Previous"), emoji="◀️", disabled=found.page == 0, page=max(found.page - 1, 0)),
                turn(words("Next"), emoji="▶️", disabled=found.page + 1 >= found.pages, page=found.page + 1),
            ]
        )
    rows.append(_around(words))
    await request.show(_found_page(found, words, rows))


async def show(request: MemberRequest, person_id: int) -> None:
    card = await request.services[FindService].show(request.actor, person_id)
    await request.show(_card_page(card, request.words, [_around(request.words)]))


def label(hit: Found, words: Words) -> str:
    """One line without markup."""
    name = words("{name} ({reading})", name=hit.name, reading=hit.reading) if hit.reading else hit.name
    school = words.either(hit.school_ja, hit.school_en)
    return words("{name}, {school}", name=name, school=school) if school else name


def _found_page(found: FoundPage, words: Words, rows: list[list[Item]]) -> Page:
    title = words.plural("{n} person for “{text}”", "{n} people for “{text}”", found.total, text=found.text)
    if found.pages > 1:
        title += words(" (page {page} of {pages})", page=found.page + 1, pages=found.pages)
    lines = [f"・{plain(label(hit, words))}" for hit in found.hits]
    return Page(title=title, text="\n".join(lines), rows=rows)


def _card_page(card: MemberCard, words: Words, rows: list[list[Item]]) -> Page:
    profile = card.profile
    text = [plain(profile.reading)] if profile.reading else []
    if card.discord_user_id is not None:
        text.append(f"<@{card.discord_user_id}>")
    posts = [
        words("{post} {lc}", post=words.either(*post), lc=words.either(*lc) if lc else "").strip()
        for post, lc in card.posts
    ]
    fields = [(words("Affiliation"), school_line(profile, words), True)]
    if profile.is_association:
        fields.append((words("LC"), lc_line(profile, words), True))
    if posts:
        fields.append((words("Posts held"), "\n".join(posts), True))
    if profile.has_committees:
        fields.append((words("Committees"), committees_line(profile.interests, words), True))
    if profile.contact is not None:
        fields.append((words("How to reach them"), words(CONTACT_WORDS[profile.contact]), True))
    return Page(title=discord.utils.escape_markdown(profile.name), text="\n".join(text), fields=fields, rows=rows)


def _around(words: Words) -> list[Item]:
    return [AskButton.make(words("Find somebody"), emoji="🔎"), home_button(words)]


class PersonSelect(RoutedSelect, route="members:person"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        await show(request, chosen_number(chosen))


class FoundButton(RoutedButton, route="members:find:{page:int}:{text:text}"):
    async def act(self, request: MemberRequest, page: int, text: str) -> None:
        await find(request, text, page)


class AskButton(RoutedButton, route=FIND.custom_id):
    async def act(self, request: MemberRequest) -> None:
        await FindForm(request.words).open(request.interaction)


class FindForm(Form, route="members:find"):
    def __init__(self, words: Words) -> None:
        super().__init__(words("Find somebody"))
        self.text: discord.ui.TextInput[Any] = discord.ui.TextInput(custom_id="text", max_length=MAX_TEXT)
        self.add_item(
            labelled(
                words("Name, reading, school or committee"), self.text, words("One character is enough, for example 東")
            )
        )

    async def act(self, request: MemberRequest) -> None:
        await find(request, self.text.value)
