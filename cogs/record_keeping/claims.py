"""Claiming one's record: with a code at once, without one once an officer has found it."""

from __future__ import annotations

from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.features.homes.facts import Facts
from bot.features.memberships.service import OPEN
from bot.features.record_keeping.service import PAGE, RequestCard, RosterService, records_wanted
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.choices import chosen_number
from bot.ui.fields import Text
from bot.ui.forms import Form
from bot.ui.home import HomeLine, HomePart, Whose, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.opening import button_to_form, menu_to
from bot.ui.pages import Item, Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest


def record_item(words: Words) -> Item:
    """On the page of /me."""
    return RecordButton.make(words("Claim my record"), emoji="🗃️")


class RecordButton(RoutedButton, route="rosters:record"):
    """For people who are on a list from before they joined."""

    async def act(self, request: MemberRequest) -> None:
        await request.services[RosterService].to_request(request.actor)
        words = request.words
        text = words(
            "If your organisation gave you a personal code, enter it to claim your record right away. Without a code,"
            " a national officer can look up which record is yours. Would you like to ask them?"
        )
        row: list[Item] = [
            EnterButton.make(words("Enter my personal code"), emoji="🔑", style=ButtonStyle.primary),
            AskButton.make(words("Ask the officers"), emoji="🙋"),
            home_button(words),
        ]
        await request.show(Page(title=words("Your record"), text=text, rows=[row]))


class CodeForm(Form, route="rosters:enter", title=N_("Enter my personal code")):
    code = Text(N_("Personal code"), 40, hint=N_("Capital or small letters, with or without the hyphen"))

    async def act(self, request: MemberRequest) -> None:
        entry, words = await request.services[RosterService].claim(request.actor, self.code), request.words
        lines = [words("You've claimed the record of **{name}**.", name=escape_markdown(entry.name))]
        lines.append(
            words("It filled in what you hadn't answered. Your own answers stay as they are. Please check the details.")
        )
        row: list[Item] = [step_button(OPEN, words), home_button(words)]
        await request.show(Page(title=words("Your record"), text="\n".join(lines), rows=[row]))


EnterButton = button_to_form("rosters:enter", CodeForm)


class RequestsButton(Board, route="rosters:requests"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        words = request.words
        found = await request.services[RosterService].requests(request.actor, page)
        options = [option(one.name, one.request_id, words.either(one.school_ja, one.school_en)) for one in found]
        await cls.lay_out(
            request,
            found,
            title=words("Records waiting to be claimed"),
            line=lambda one, words: f"・{_line(one, words)}",
            empty=words("No one is waiting for their record."),
            menus=[[RequestSelect.make(words("Choose a person"), options)]],
        )


def _line(one: RequestCard, words: Words) -> str:
    parts = [
        f"**{escape_markdown(one.name)}**",
        escape_markdown(one.reading),
        words.either(one.school_ja, one.school_en),
    ]
    return " ".join(filter(None, parts))


class AskButton(RoutedButton, route="rosters:ask"):
    """Files the request: only after somebody has read what it does."""

    async def act(self, request: MemberRequest) -> None:
        await request.services[RosterService].request(request.actor)
        words = request.words
        text = words(
            "Request sent. A national officer will look up which record is yours. A name alone is never enough. With "
            "a personal code, you can claim your record right away."
        )
        await request.show(Page(title=words("Your record"), text=text, rows=[[home_button(words)]]))


class RequestButton(Board, route="rosters:request:{request_id:int}:{page:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, request_id: int, page: int = 0) -> None:
        """The records that may be theirs, the likeliest first; the others of the school follow."""
        found = await request.services[RosterService].requests(request.actor, request_id=request_id)
        card = next(iter(found), None)
        if card is None:
            await RequestsButton.show(request)
            return
        words, likely = request.words, part_of(card.likely, page, PAGE)
        options = [
            option(
                one.name,
                one.entry_id,
                " ".join(filter(None, (one.reading, words.either(one.school_ja, one.school_en)))),
            )
            for one in likely
        ]
        asked = words("Please make sure it's the right person: a name alone isn't enough. Ask them if you're not sure.")
        await cls.lay_out(
            request,
            likely,
            title=words("Records waiting to be claimed"),
            above=[_line(card, words), asked],
            empty=words("No similar record found."),
            menus=[[EntrySelect.make(words("Which record is theirs?"), options, request_id=request_id)]],
            last=[NoEntryButton.make(words("None of them"), emoji="➖", request_id=request_id)],
            request_id=request_id,
        )


RequestSelect = menu_to("rosters:request", RequestButton.show)


class EntrySelect(RoutedSelect, route="rosters:entry:{request_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], request_id: int) -> None:
        await request.services[RosterService].confirm(request.actor, request_id, chosen_number(chosen))
        request.done = request.words("They now have their record.")
        await RequestsButton.show(request)


class NoEntryButton(RoutedButton, route="rosters:no_entry:{request_id:int}"):
    async def act(self, request: MemberRequest, request_id: int) -> None:
        await request.services[RosterService].confirm(request.actor, request_id, None)
        request.done = request.words("Saved. Their data hasn't changed.")
        await RequestsButton.show(request)


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    n = sum(one.n or 0 for one in facts[records_wanted])
    if not n:
        return HomePart()
    words = request.words
    text = words.plural("{n} person is looking for their record", "{n} people are looking for their records", n)
    return HomePart(waiting=[HomeLine(text, RequestsButton.make(words("Records"), emoji="🗃️"), Whose.NATION)])
