"""``/member``: pages of people, and the card of one as others see it."""

from __future__ import annotations

import discord

from bot.features.members.finding import FIND, MAX_TEXT, FindService
from bot.features.members.values import Found, MemberCard
from bot.i18n import N_, Words
from bot.paging import Part
from bot.ui.board import Board, option
from bot.ui.fields import Text
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.opening import button_to, menu_to
from bot.ui.pages import Item, Page
from bot.ui.posts import post_of
from bot.ui.requests import MemberRequest
from cogs.members.render import CONTACT_WORDS, committees_line, lc_line, plain, school_line


class FoundButton(Board, route="members:find:{page:int}:{text:text}"):
    @classmethod
    async def show(cls, request: MemberRequest, text: str, page: int = 0) -> None:
        """A page of results; a single one is shown as its card right away."""
        found, words = await request.services[FindService].find(request.actor, text, page), request.words
        if found.total == 1:
            await show(request, found.hits[0].person_id)
            return
        options = [option(label(hit, words), hit.person_id) for hit in found.hits]
        await cls.lay_out(
            request,
            Part(found.hits, found.page, found.pages, found.total),
            title=words.plural("{n} result for “{text}”", "{n} results for “{text}”", found.total, text=found.text),
            line=lambda hit, words: f"・{plain(label(hit, words))}",
            menus=[[PersonSelect.make(words("Choose a person"), options)]],
            last=[AskButton.make(words("Find a member"), emoji="🔎")],
            text=found.text,
        )


async def show(request: MemberRequest, person_id: int) -> None:
    card = await request.services[FindService].show(request.actor, person_id)
    words = request.words
    around: list[Item] = [AskButton.make(words("Find a member"), emoji="🔎"), home_button(words)]
    await request.show(_card_page(card, words, [around]))


def label(hit: Found, words: Words) -> str:
    """One line without markup."""
    name = words("{name} ({reading})", name=hit.name, reading=hit.reading) if hit.reading else hit.name
    school = words.either(hit.school_ja, hit.school_en)
    return words("{name}, {school}", name=name, school=school) if school else name


def _card_page(card: MemberCard, words: Words, rows: list[list[Item]]) -> Page:
    profile = card.profile
    text = [plain(profile.reading)] if profile.reading else []
    if card.discord_user_id is not None:
        text.append(f"<@{card.discord_user_id}>")
    posts = [discord.utils.escape_markdown(post_of(words, *post, *(lc or ()))) for post, lc in card.posts]
    fields = [(words("Affiliation"), school_line(profile, words), True)]
    if profile.is_association:
        fields.append((words("LC"), lc_line(profile, words), True))
    if posts:
        fields.append((words("Posts held"), "\n".join(posts), True))
    if profile.has_committees:
        fields.append((words("Committees"), committees_line(profile.interests, words), True))
    if profile.contact is not None:
        fields.append((words("Contact preference"), words(CONTACT_WORDS[profile.contact]), True))
    return Page(title=discord.utils.escape_markdown(profile.name), text="\n".join(text), fields=fields, rows=rows)


async def ask(request: MemberRequest) -> None:
    """The form to find somebody."""
    await FindForm(request.words).open(request.interaction)


PersonSelect = menu_to("members:person", show)
AskButton = button_to(FIND.custom_id, ask)


class FindForm(Form, route="members:find", title=N_("Find a member")):
    text = Text(N_("Name, reading, school or committee"), MAX_TEXT, hint=N_("One character is enough, for example 東"))

    async def act(self, request: MemberRequest) -> None:
        await FoundButton.show(request, self.text)
