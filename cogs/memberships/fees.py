"""The treasurer's list: who owes, who says to have paid, and ticking many at once."""

from __future__ import annotations

from typing import Any

import discord
from discord import ButtonStyle, SelectOption

from bot.errors import Invalid
from bot.features.memberships.fees import FeeService
from bot.features.memberships.records import FeePage
from bot.features.people.rules import Right
from bot.i18n import Words
from bot.ui.forms import Form, labelled
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item
from bot.ui.requests import MemberRequest
from cogs.memberships import render
from cogs.memberships.choices import NOT_OFFERED, numbers

#: Which list, in buttons.
OPEN, PAID = "open", "paid"
#: So long may what is searched for be, so that it fits into a button.
LONGEST = 30


async def show(request: MemberRequest, which: str, page: int, text: str, note: str = "") -> None:
    words, text = request.words, text.strip()[:LONGEST]
    if which not in (OPEN, PAID):
        raise Invalid(NOT_OFFERED)
    paid = which == PAID
    found = await request.services[FeeService].fees(request.actor, paid=paid, text=text, page=page)
    rows: list[list[Item]] = []
    if found.lines:
        rows.append([_select(found, words, which, text)])
        if not paid:
            rows.append(
                [
                    AllButton.make(
                        words.plural("Tick the one shown", "Tick all {n} shown", len(found.lines)),
                        style=ButtonStyle.success,
                        page=found.page,
                        seen=found.digest,
                        text=text,
                    )
                ]
            )
    if found.pages > 1:
        last = found.pages - 1
        rows.append(
            [
                ListButton.make("◀", disabled=found.page == 0, which=which, page=max(found.page - 1, 0), text=text),
                ListButton.make(
                    "▶", disabled=found.page == last, which=which, page=min(found.page + 1, last), text=text
                ),
            ]
        )
    other = PAID if not paid else OPEN
    label = words("Received") if not paid else words("To come")
    rows.append(
        [
            OtherButton.make(label, emoji="🔁", other=other),
            SearchButton.make(words("Search"), emoji="🔍", which=which),
            home_button(words),
        ]
    )
    await request.show(render.fees_page(found, words, rows, paid=paid, text=text, note=note))


def _select(found: FeePage, words: Words, which: str, text: str) -> Item:
    options = [
        SelectOption(
            label=(line.name or words("(deleted)"))[:100],
            description=" ".join(filter(None, (line.reference, line.payer or line.reading)))[:100],
            value=str(line.fee_id),
        )
        for line in found.lines
    ]
    placeholder = words("Tick what has come in (several)") if which == OPEN else words("Take back a tick (several)")
    return TickSelect.make(placeholder, options, max_values=len(options), which=which, page=found.page, text=text)


class ListButton(RoutedButton, route="memberships:fees:{which}:{page:int}:{text:text}"):
    async def act(self, request: MemberRequest, which: str, page: int, text: str) -> None:
        await show(request, which, page, text)


class OtherButton(RoutedButton, route="memberships:other:{other}"):
    async def act(self, request: MemberRequest, other: str) -> None:
        await show(request, other, 0, "")


class TickSelect(RoutedSelect, route="memberships:tick:{which}:{page:int}:{text:text}"):
    async def act(self, request: MemberRequest, chosen: list[str], which: str, page: int, text: str) -> None:
        service, words = request.services[FeeService], request.words
        ids = numbers(chosen)
        if which == OPEN:
            n = await service.settle(request.actor, ids)
            note = words.plural("✅ {n} fee ticked.", "✅ {n} fees ticked.", n)
        else:
            n = await service.take_back(request.actor, ids)
            note = words.plural("↩️ {n} tick taken back.", "↩️ {n} ticks taken back.", n)
        await show(request, which, page, text, note)


class AllButton(RoutedButton, route="memberships:all:{page:int}:{seen}:{text:text}"):
    """Ticks what the reader saw; if the page shows others by now, they look first."""

    async def act(self, request: MemberRequest, page: int, seen: str, text: str) -> None:
        words = request.words
        n = await request.services[FeeService].settle_shown(request.actor, seen, text, page)
        note = words.plural("✅ {n} fee ticked.", "✅ {n} fees ticked.", n)
        if not n:
            note = words("The list has changed meanwhile. Please look again.")
        await show(request, OPEN, page, text, note)


class SearchButton(RoutedButton, route="memberships:search:{which}"):
    async def act(self, request: MemberRequest, which: str) -> None:
        request.actor.require(Right.KEEP_FEES)
        await request.interaction.response.send_modal(SearchForm(request.words, which))


class SearchForm(Form, route="memberships:find"):
    def __init__(self, words: Words, which: str) -> None:
        super().__init__(words("Search"))
        self._which = which
        self.text: discord.ui.TextInput[Any] = discord.ui.TextInput(custom_id="text", max_length=LONGEST)
        hint = words("A part of a name, the name on a transfer or the reference")
        self.add_item(labelled(words("Who?"), self.text, hint))

    async def act(self, request: MemberRequest) -> None:
        await show(request, self._which, 0, self.text.value)


async def home_part(request: MemberRequest) -> HomePart:
    """For national officers alone, so others cost no statement."""
    if not request.actor.may(Right.KEEP_FEES):
        return HomePart()
    words = request.words
    n = await request.services[FeeService].count_reported(request.actor)
    waiting = (
        [words.plural("{n} person says to have paid the fee", "{n} people say to have paid the fee", n)] if n else []
    )
    return HomePart(waiting=waiting, actions=[ListButton.make(words("Fees"), emoji="💴", which=OPEN, page=0, text="")])
