"""The list of staff for officers, and the way to end it for somebody."""

from __future__ import annotations

from typing import Any

import discord
from discord import ButtonStyle, SelectOption

from bot.features.memberships.leaving_staff import LeavingStaffService
from bot.features.people.rules import Right
from bot.i18n import Words
from bot.ui.choices import chosen_number
from bot.ui.dates import long_date
from bot.ui.forms import Form, labelled
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item
from bot.ui.paging import turning
from bot.ui.requests import MemberRequest
from cogs.memberships import render

#: So long may what is searched for be, so that it fits into a button.
LONGEST = 30


async def show(request: MemberRequest, page: int, text: str, note: str = "") -> None:
    words, text = request.words, text.strip()[:LONGEST]
    lines, _ = await request.services[LeavingStaffService].staff(request.actor, text, page)
    rows: list[list[Item]] = []
    if lines:
        options = [
            SelectOption(
                label=line.name[:100],
                description=words("until {date}", date=long_date(line.until, words))[:100],
                value=str(line.person_id),
            )
            for line in lines
        ]
        rows.append([StaffSelect.make(words("Whom do you mean?"), options)])
    row = turning(StaffButton.make, lines.page, lines.pages, words, text=text)
    row += [FindButton.make(words("Search"), emoji="🔍"), home_button(words)]
    await request.show(render.staff_page(lines, words, [*rows, row], text=text, note=note))


class StaffButton(RoutedButton, route="memberships:staff:{page:int}:{text:text}"):
    async def act(self, request: MemberRequest, page: int, text: str) -> None:
        await show(request, page, text)


class FindButton(RoutedButton, route="memberships:staff_search"):
    async def act(self, request: MemberRequest) -> None:
        request.actor.require(Right.TICK_STAFF_STEPS)
        await FindForm(request.words).open(request.interaction)


class FindForm(Form, route="memberships:staff_find"):
    def __init__(self, words: Words) -> None:
        super().__init__(words("Search"))
        self.text: discord.ui.TextInput[Any] = discord.ui.TextInput(custom_id="text", max_length=LONGEST)
        self.add_item(labelled(words("Who?"), self.text, words("A part of a name")))

    async def act(self, request: MemberRequest) -> None:
        await show(request, 0, self.text.value)


class StaffSelect(RoutedSelect, route="memberships:staff_whose"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        await _look_twice(request, chosen_number(chosen))


class EndButton(RoutedButton, route="memberships:end:{person_id:int}"):
    """On a candidate's page."""

    async def act(self, request: MemberRequest, person_id: int) -> None:
        await _look_twice(request, person_id)


async def _look_twice(request: MemberRequest, person_id: int) -> None:
    line, words = await request.services[LeavingStaffService].line(request.actor, person_id), request.words
    label = words("End the candidacy") if line.is_candidate else words("End being staff")
    sure = EndNowButton.make(label, style=ButtonStyle.danger, person_id=person_id)
    back = StaffButton.make(words("Back"), emoji="↩️", page=0, text="")
    await request.show(render.end_page(line, words, [[sure, back]]))


class EndNowButton(RoutedButton, route="memberships:end_now:{person_id:int}"):
    async def act(self, request: MemberRequest, person_id: int) -> None:
        name = await request.services[LeavingStaffService].end(request.actor, person_id)
        await show(request, 0, "", render.ended_line(name, request.words))
