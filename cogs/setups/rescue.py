"""When no national officer is left: the owner of the organisation's first server names one."""

from __future__ import annotations

from datetime import date

from discord.utils import escape_markdown

from bot.errors import NotAllowed
from bot.features.handovers.rescue import RescueService
from bot.features.setups.service import SetupService
from bot.i18n import N_, Words
from bot.ui.dates import long_date
from bot.ui.fields import Date, Officers
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.pages import Page
from bot.ui.requests import Request


class NameOfficerButton(RoutedButton, route="setups:rescue"):
    request_kind = Request

    async def act(self, request: Request) -> None:
        service = request.services[RescueService]
        if not await service.may(request.caller):
            raise NotAllowed(
                N_("Only the owner of the organisation's first server can do this, and only while there's no "
                   "current national officer.")
            )  # fmt: skip
        ends = request.services[SetupService].default_term()[1]
        await NameOfficerForm(request.words, ends).open(request.interaction)


class NameOfficerForm(Form, route="setups:rescue", title=N_("Appoint a national officer")):
    request_kind = Request

    person = Officers(N_("New national officer"), 1, hint=N_("This is announced in the officers' channel."))
    ends = Date(N_("Last day of the term"), 20)

    def __init__(self, words: Words, ends: date) -> None:
        super().__init__(words)
        self.ends = ends

    async def act(self, request: Request) -> None:
        person = self.person[0]
        await request.defer()
        await request.services[RescueService].by_owner(request.caller, person.id, person.display_name, self.ends)
        words = request.words
        await request.show(
            Page(
                title=words("A national officer was named"),
                text=words(
                    "{name}, until {date}. Permissions start right away, and the role is added automatically.",
                    name=escape_markdown(person.display_name),
                    date=long_date(self.ends, words),
                ),
                rows=[[home_button(words)]],
            )
        )
