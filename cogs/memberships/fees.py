"""The treasurer's list: who owes, who says they have paid, and ticking many at once."""

from __future__ import annotations

from typing import Any

from discord import ButtonStyle, SelectOption

from bot.errors import Invalid
from bot.features.homes.facts import Facts
from bot.features.memberships.fees import PAGE, FeeService, fees_reported
from bot.features.memberships.rules import year_of
from bot.features.memberships.values import FeePage
from bot.features.people.rules import Right
from bot.i18n import N_, Words
from bot.paging import Part
from bot.ui.board import Board, option
from bot.ui.choices import NOT_OFFERED, chosen_number, chosen_numbers
from bot.ui.fields import Text
from bot.ui.forms import Form
from bot.ui.home import HomeLine, HomePart, Whose
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item
from bot.ui.paging import BARE, CHANGED
from bot.ui.requests import MemberRequest
from cogs.memberships import render

#: Which list, in buttons.
OPEN, PAID = "open", "paid"
#: So long may what is searched for be, so that it fits into a button.
LONGEST = 30


class ListButton(Board, route="memberships:fees:{which}:{year:int}:{page:int}:{text:text}"):
    look = BARE

    @classmethod
    async def show(
        cls, request: MemberRequest, which: str, page: int, text: str, year: int | None = None, note: str = ""
    ) -> None:
        """``year``: the fiscal year, the present one if None."""
        words, text, paid = request.words, text.strip()[:LONGEST], which == PAID
        if which not in (OPEN, PAID):
            raise Invalid(NOT_OFFERED)
        found = await request.services[FeeService].fees(request.actor, year, paid=paid, text=text, page=page)
        years = sorted({*found.years, found.year, year_of(request.actor.today)}, reverse=True)
        named = render.fiscal(found.year, words)
        menus = [[_select(found, words, which, text)]] if found.lines else []
        if found.lines and not paid:
            menus.append([_all(found, words, text)])
        await cls.lay_out(
            request,
            Part(found.lines, found.page, found.pages, found.total),
            title=words("Fees received, {year}", year=named) if paid else words("Fees outstanding, {year}", year=named),
            note=note,
            above=render.fees_above(found, words, text),
            line=render.fee_line,
            empty=words("No one in this list."),
            menus=menus,
            beside=[[_years(years, found.year, words, which)]] if len(years) > 1 else [],
            last=[
                OtherButton.make(
                    words("Outstanding") if paid else words("Received"),
                    emoji="🔁",
                    other=OPEN if paid else PAID,
                    year=found.year,
                ),
                SearchButton.make(words("Search"), emoji="🔍", which=which, year=found.year),
            ],
            which=which,
            year=found.year,
            text=text,
        )


def _select(found: FeePage, words: Words, which: str, text: str) -> Item:
    options = [
        option(
            one.name or words("(deleted)"),
            one.fee_id,
            " ".join(filter(None, (one.reference, one.payer or one.reading))),
        )
        for one in found.lines
    ]
    placeholder = words("Mark as received (several)") if which == OPEN else words("Undo “received” (several)")
    return TickSelect.make(
        placeholder, options, max_values=len(options), which=which, year=found.year, page=found.page, text=text
    )


def _all(found: FeePage, words: Words, text: str) -> Item:
    label = words.plural("Mark this one as received", "Mark all {n} shown as received", len(found.lines))
    key: dict[str, Any] = {"year": found.year, "page": found.page, "seen": found.digest, "text": text}
    return AllButton.make(label, style=ButtonStyle.success, **key)


def _years(years: list[int], shown: int, words: Words, which: str) -> Item:
    # The years around the one that is shown, so that from menu to menu all can be reached.
    start = max(0, min(years.index(shown) - PAGE // 2, len(years) - PAGE))
    options = [
        SelectOption(label=render.fiscal(year, words), value=str(year), default=year == shown)
        for year in years[start : start + PAGE]
    ]
    return YearSelect.make(words("Another fiscal year"), options, which=which)


class YearSelect(RoutedSelect, route="memberships:fee_year:{which}"):
    async def act(self, request: MemberRequest, chosen: list[str], which: str) -> None:
        await ListButton.show(request, which, 0, "", chosen_number(chosen))


class OtherButton(RoutedButton, route="memberships:other:{other}:{year:int}"):
    async def act(self, request: MemberRequest, other: str, year: int) -> None:
        await ListButton.show(request, other, 0, "", year)


class TickSelect(RoutedSelect, route="memberships:tick:{which}:{year:int}:{page:int}:{text:text}"):
    async def act(self, request: MemberRequest, chosen: list[str], which: str, year: int, page: int, text: str) -> None:
        service, words = request.services[FeeService], request.words
        ids = chosen_numbers(chosen)
        if which == OPEN:
            n = await service.settle(request.actor, ids)
            request.done = words.plural("{n} fee marked as received.", "{n} fees marked as received.", n)
        else:
            n = await service.take_back(request.actor, ids)
            request.done = words.plural(
                "{n} fee is no longer marked as received.", "{n} fees are no longer marked as received.", n
            )
        await ListButton.show(request, which, page, text, year)


class AllButton(RoutedButton, route="memberships:all:{year:int}:{page:int}:{seen}:{text:text}"):
    """Ticks what the reader saw; if the page shows others by now, they look first."""

    async def act(self, request: MemberRequest, year: int, page: int, seen: str, text: str) -> None:
        words = request.words
        n = await request.services[FeeService].settle_shown(request.actor, seen, text, page, year)
        if n:
            request.done = words.plural("{n} fee marked as received.", "{n} fees marked as received.", n)
        await ListButton.show(request, OPEN, page, text, year, "" if n else words(CHANGED))


class SearchButton(RoutedButton, route="memberships:search:{which}:{year:int}"):
    async def act(self, request: MemberRequest, which: str, year: int) -> None:
        request.actor.require(Right.KEEP_FEES)
        await SearchForm(request.words, which, year).open(request.interaction)


class SearchForm(Form, route="memberships:find", title=N_("Search")):
    text = Text(N_("Search for"), LONGEST, hint=N_("A part of a name, the name on a transfer or the reference"))

    def __init__(self, words: Words, which: str, year: int) -> None:
        super().__init__(words)
        self._which, self._year = which, year

    async def act(self, request: MemberRequest) -> None:
        await ListButton.show(request, self._which, 0, self.text, self._year)


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    if not request.actor.may(Right.KEEP_FEES):
        return HomePart()
    words, present = request.words, year_of(request.actor.today)
    reported = {one.id: one.n or 0 for one in facts[fees_reported] if one.id is not None}
    waiting = [
        HomeLine(_reported(n, year, present, words), _list_of(year, present, words), Whose.NATION)
        for year, n in sorted(reported.items(), reverse=True)
    ]
    return HomePart(waiting=waiting, actions=[] if reported else [_list_of(present, present, words)])


def _list_of(year: int, present: int, words: Words) -> Item:
    label = words("Fees") if year == present else words("Fees of {year}", year=render.fiscal(year, words))
    return ListButton.make(label, emoji="💴", which=OPEN, year=year, page=0, text="")


def _reported(n: int, year: int, present: int, words: Words) -> str:
    if year == present:
        return words.plural("{n} person says they have paid the fee", "{n} people say they have paid the fee", n)
    named = render.fiscal(year, words)
    return words.plural(
        "{n} person says they have paid the fee for {year}",
        "{n} people say they have paid the fee for {year}",
        n,
        year=named,
    )
