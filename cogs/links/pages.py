"""The list of useful links, and how officers keep it."""

from __future__ import annotations

import discord
from discord.utils import escape_markdown

from bot.features.homes.facts import Facts
from bot.features.links.rules import ADDRESS, PURPOSE, TITLE, LinkDraft, next_review
from bot.features.links.service import LinkEntry, LinkService, links_kept
from bot.features.people.rules import Right
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.choices import chosen_number
from bot.ui.dates import long_date
from bot.ui.fields import Day, Text
from bot.ui.forms import Form
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item, Page
from bot.ui.requests import MemberRequest

#: With the longest addresses, a message has room for so many.
PER_PAGE = 8


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    button = LinksButton.make(request.words("Useful links"), emoji="🔗")
    there = request.actor.may(Right.EDIT_DIRECTORY) or any(one.n for one in facts[links_kept])
    return HomePart(actions=[button] if there else [])


def _title(link: LinkDraft, words: Words) -> str:
    return words.either(link.title_ja, link.title_en)


def _line(link: LinkEntry, words: Words) -> str:
    title = escape_markdown(_title(link, words)).replace("[", "\\[").replace("]", "\\]")
    return f"**[{title}]({link.address})**\n{escape_markdown(link.purpose)}"


def _line_for_keepers(link: LinkEntry, words: Words) -> str:
    keeper = escape_markdown(link.keeper) or words("nobody")
    kept = words("Looked after by {keeper}. Next review: {date}", keeper=keeper, date=long_date(link.review_on, words))
    return f"{_line(link, words)}\n-# {'⚠️ ' if link.waits else ''}{kept}"


class LinksButton(Board, route="links:list"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        words, keeps = request.words, request.actor.may(Right.EDIT_DIRECTORY)
        here = part_of(await request.services[LinkService].links(request.actor), page, PER_PAGE)
        options = [option(_title(one, words), one.link_id, one.purpose) for one in here]
        await cls.lay_out(
            request,
            here,
            title=words("Useful links"),
            line=_line_for_keepers if keeps else _line,
            empty=words("There are no links yet. National officers can add some here."),
            menus=[[LinkSelect.make(words("Edit or review a link"), options)]] if keeps else [],
            last=[AddButton.make(words("Add a link"), emoji="➕")] if keeps else [],
        )


async def show_link(request: MemberRequest, link_id: int, *, sure: bool = False, confirmed: bool = False) -> None:
    """One link and what officers do with it. ``sure``: ask whether to remove it. ``confirmed``: they just said that
    it is still correct, which may change nothing else on the page."""
    link = await request.services[LinkService].link(request.actor, link_id)
    words, danger = request.words, discord.ButtonStyle.danger
    row: list[Item] = [
        RightButton.make(words("Still correct"), emoji="✅", link_id=link_id),
        ChangeButton.make(words("Edit"), emoji="✏️", link_id=link_id),
        RemoveButton.make(words("Remove"), emoji="🗑️", link_id=link_id),
    ]
    text = _line_for_keepers(link, words)
    if confirmed:
        text = words("Thank you. The next review is on {date}.", date=long_date(link.review_on, words)) + f"\n\n{text}"
    if sure:
        text += "\n\n" + words("Remove this link for everybody? This can't be undone.")
        row = [ReallyRemoveButton.make(words("Yes, remove it"), style=danger, link_id=link_id)]
    back = LinksButton.make(words("Back"))
    await request.show(Page(_title(link, words), text, rows=[row, [back, home_button(words)]]))


class LinkSelect(RoutedSelect, route="links:one"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        await show_link(request, chosen_number(chosen))


class ShowLinkButton(RoutedButton, route="links:show:{link_id:int}"):
    async def act(self, request: MemberRequest, link_id: int) -> None:
        await show_link(request, link_id)


class RightButton(RoutedButton, route="links:right:{link_id:int}"):
    async def act(self, request: MemberRequest, link_id: int) -> None:
        await request.services[LinkService].confirm(request.actor, link_id)
        await show_link(request, link_id, confirmed=True)


class RemoveButton(RoutedButton, route="links:remove:{link_id:int}"):
    async def act(self, request: MemberRequest, link_id: int) -> None:
        await show_link(request, link_id, sure=True)


class ReallyRemoveButton(RoutedButton, route="links:really_remove:{link_id:int}"):
    async def act(self, request: MemberRequest, link_id: int) -> None:
        await request.services[LinkService].remove(request.actor, link_id)
        request.done = request.words("The link was removed.")
        await LinksButton.show(request)


class AddButton(RoutedButton, route="links:add"):
    async def act(self, request: MemberRequest) -> None:
        request.actor.require(Right.EDIT_DIRECTORY)  # checked before the form opens
        draft = LinkDraft("", "", "", "", next_review(request.actor.today))
        await LinkForm(request.words, draft).open(request.interaction)


class ChangeButton(RoutedButton, route="links:change:{link_id:int}"):
    async def act(self, request: MemberRequest, link_id: int) -> None:
        link = await request.services[LinkService].link(request.actor, link_id)
        await LinkForm(request.words, link, link_id).open(request.interaction)


class LinkForm(Form, route="links:form"):
    """A new link, or the one with ``link_id``."""

    title_ja = Text(N_("Title in Japanese"), TITLE, required=False)
    title_en = Text(N_("Title in English"), TITLE, hint=N_("One of the two titles is enough"), required=False)
    address = Text(N_("Address"), ADDRESS, hint=N_("It starts with https://"))
    purpose = Text(N_("What is it for?"), PURPOSE)
    review_on = Day(
        N_("Next review"), hint=N_("When somebody should check that it is still correct, such as 2027-04-01")
    )

    def __init__(self, words: Words, kept: LinkDraft, link_id: int | None = None) -> None:
        super().__init__(words, words("Add a link") if link_id is None else words("Edit link"))
        self.kept, self.link_id = kept, link_id
        self.title_ja, self.title_en, self.address = kept.title_ja, kept.title_en, kept.address
        self.purpose, self.review_on = kept.purpose, kept.review_on

    async def act(self, request: MemberRequest) -> None:
        draft = LinkDraft(self.title_ja, self.title_en, self.address, self.purpose, self.review_on)
        service = request.services[LinkService]
        if self.link_id is None:
            link_id = await service.add(request.actor, draft)
            request.done = request.words("Added.")
            await show_link(request, link_id)
        else:
            await service.edit(request.actor, self.link_id, draft, self.kept)
            request.done = request.words("Saved.")
            await show_link(request, self.link_id)
