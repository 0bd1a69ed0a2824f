"""The list of useful links, and how officers keep it."""

from __future__ import annotations

from functools import partial

import discord
from discord.utils import escape_markdown

from bot.features import Services
from bot.features.homes.facts import Facts
from bot.features.links.rules import ADDRESS, PURPOSE, TITLE, LinkDraft, next_review
from bot.features.links.service import LinkEntry, LinkService, links_kept
from bot.features.people.rules import Right
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.dates import long_date
from bot.ui.draft_forms import RowForm
from bot.ui.fields import Day, Text
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton
from bot.ui.opening import button_to, menu_to
from bot.ui.pages import Item, Page
from bot.ui.requests import MemberRequest

#: With the longest addresses, a message has room for so many.
PER_PAGE = 8


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    button = LinksButton.make(request.words("Useful links"), emoji="🔗")
    there = request.actor.may(Right.EDIT_DIRECTORY) or any(one.n for one in facts[links_kept])
    return HomePart(actions=[button] if there else [])


def _line(link: LinkEntry, words: Words) -> str:
    title = escape_markdown(words.either(link.title_ja, link.title_en)).replace("[", "\\[").replace("]", "\\]")
    line = f"**[{title}]({link.address})**\n{escape_markdown(link.purpose)}"
    if link.keeper is None:
        return line
    keeper, date = escape_markdown(link.keeper) or words("nobody"), long_date(link.review_on, words)
    kept = words("Looked after by {keeper}. Next review: {date}", keeper=keeper, date=date)
    return f"{line}\n*{'⚠️ ' if link.waits else ''}{kept}*"


class LinksButton(Board, route="links:list"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        words, keeps = request.words, request.actor.may(Right.EDIT_DIRECTORY)
        here = part_of(await request.services[LinkService].links(request.actor), page, PER_PAGE)
        options = [option(words.either(one.title_ja, one.title_en), one.link_id, one.purpose) for one in here]
        await cls.lay_out(
            request,
            here,
            title=words("Useful links"),
            line=_line,
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
    text = _line(link, words)
    if confirmed:
        text = words("Thank you. The next review is on {date}.", date=long_date(link.review_on, words)) + f"\n\n{text}"
    if sure:
        text += "\n\n" + words("Remove this link for everybody? This can't be undone.")
        row = [ReallyRemoveButton.make(words("Yes, remove it"), style=danger, link_id=link_id)]
    last: list[Item] = [LinksButton.make(words("Back")), home_button(words)]
    await request.show(Page(words.either(link.title_ja, link.title_en), text, rows=[row, last]))


LinkSelect = menu_to("links:one", show_link)
ShowLinkButton = button_to("links:show:{link_id:int}", show_link)


class RightButton(RoutedButton, route="links:right:{link_id:int}"):
    async def act(self, request: MemberRequest, link_id: int) -> None:
        await request.services[LinkService].confirm(request.actor, link_id)
        await show_link(request, link_id, confirmed=True)


RemoveButton = button_to("links:remove:{link_id:int}", partial(show_link, sure=True))


class ReallyRemoveButton(RoutedButton, route="links:really_remove:{link_id:int}"):
    async def act(self, request: MemberRequest, link_id: int) -> None:
        await request.services[LinkService].remove(request.actor, link_id)
        request.done = request.words("The link was removed.")
        await LinksButton.show(request)


async def write(request: MemberRequest, link_id: int | None = None) -> None:
    """Open the form for a link, or for a new one; the right is checked before."""
    request.actor.require(Right.EDIT_DIRECTORY)
    kept = LinkDraft("", "", "", "", next_review(request.actor.today))
    if link_id is not None:
        kept = await request.services[LinkService].link(request.actor, link_id)
    await LinkForm(request.words, kept, link_id).open(request.interaction)


AddButton = button_to("links:add", write)
ChangeButton = button_to("links:change:{link_id:int}", write)


class LinkForm(RowForm[LinkDraft], route="links:form"):
    titles = N_("Add a link"), N_("Edit link")

    title_ja = Text(N_("Title in Japanese"), TITLE, required=False)
    title_en = Text(N_("Title in English"), TITLE, hint=N_("One of the two titles is enough"), required=False)
    address = Text(N_("Address"), ADDRESS, hint=N_("It starts with https://"))
    purpose = Text(N_("What is it for?"), PURPOSE)
    review_on = Day(
        N_("Next review"), hint=N_("When somebody should check that it is still correct, such as 1 Apr 2027")
    )

    def service(self, services: Services) -> LinkService:
        return services[LinkService]

    async def show(self, request: MemberRequest, row_id: int) -> None:
        await show_link(request, row_id)
