"""The list of staff for officers, and the way to end it for somebody."""

from __future__ import annotations

from typing import Any

import discord
from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.features.memberships.leaving_staff import LeavingStaffService
from bot.features.people.rules import Right
from bot.i18n import Words
from bot.ui.board import Board, option
from bot.ui.choices import chosen_number
from bot.ui.dates import long_date
from bot.ui.forms import Form, labelled
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.requests import MemberRequest
from cogs.memberships import render

#: So long may what is searched for be, so that it fits into a button.
LONGEST = 30


class StaffButton(Board, route="memberships:staff:{page:int}:{text:text}"):
    @classmethod
    async def show(cls, request: MemberRequest, text: str = "", note: str = "", page: int = 0) -> None:
        words, text = request.words, text.strip()[:LONGEST]
        lines, _ = await request.services[LeavingStaffService].staff(request.actor, text, page)
        options = [
            option(one.name, one.person_id, words("until {date}", date=long_date(one.until, words))) for one in lines
        ]
        await cls.lay_out(
            request,
            lines,
            title=words.plural("{n} staff member", "{n} staff members", lines.total),
            note=f"{note}\n" if note else "",
            above=[words("Search: {text}", text=escape_markdown(text))] if text else [],
            line=render.staff_line,
            empty=words("There is nobody in this list."),
            menus=[[StaffSelect.make(words("Whom do you mean?"), options)]],
            last=[FindButton.make(words("Search"), emoji="🔍")],
            in_last_row=True,
            text=text,
        )


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
        await StaffButton.show(request, self.text.value)


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
        await StaffButton.show(request, note=render.ended_line(name, request.words))
