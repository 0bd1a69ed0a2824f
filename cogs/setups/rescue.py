"""When no national officer is left: the owner of the organisation's first server names one."""

from __future__ import annotations

from typing import Any

import discord

from bot.clock import HOME_ZONE, local_date
from bot.errors import Invalid, NotAllowed
from bot.features.handovers.rescue import RescueService
from bot.features.setups.service import SetupService
from bot.i18n import N_, Words
from bot.times import read_date
from bot.ui.dates import long_date
from bot.ui.forms import Form, labelled
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.pages import Page
from bot.ui.requests import Request, host


class NameOfficerButton(RoutedButton, route="setups:rescue"):
    request_kind = Request

    async def act(self, request: Request) -> None:
        service = request.services[RescueService]
        if not await service.may(request.caller):
            raise NotAllowed(
                N_("Only the owner of the organisation's first server can do this, and only while no national officer "
                   "is in office.")
            )  # fmt: skip
        ends = request.services[SetupService].default_term()[1]
        await NameOfficerForm(request.words, str(ends)).open(request.interaction)


class NameOfficerForm(Form, route="setups:rescue"):
    request_kind = Request

    def __init__(self, words: Words, ends: str) -> None:
        super().__init__(words("Name a national officer"))
        self.person: discord.ui.UserSelect[Any] = discord.ui.UserSelect(custom_id="person", required=True)
        self.ends: discord.ui.TextInput[Any] = discord.ui.TextInput(custom_id="ends", default=ends, max_length=20)
        self.add_item(labelled(words("Who carries on"), self.person, words("It is told in the officers' channel.")))
        self.add_item(labelled(words("Last day of the term"), self.ends))

    async def act(self, request: Request) -> None:
        person = self.person.values[0]
        if person.bot:
            raise Invalid(N_("A bot can't be an officer. Please choose people."))
        ends = read_date(self.ends.value, local_date(host(request.interaction).clock.now(), HOME_ZONE))
        await request.defer()
        await request.services[RescueService].by_owner(request.caller, person.id, person.display_name, ends)
        words = request.words
        await request.show(
            Page(
                title=words("A national officer was named"),
                text=words(
                    "{name}, until {date}. Rights begin at once, the role follows by itself.",
                    name=discord.utils.escape_markdown(person.display_name),
                    date=long_date(ends, words),
                ),
                rows=[[home_button(words)]],
            )
        )
