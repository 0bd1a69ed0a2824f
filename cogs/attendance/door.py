"""What somebody who comes sees of the door: a button on the event's page, a form for the code, and their own hours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.errors import NextStep
from bot.features.attendance.checking_in import CheckInService
from bot.features.attendance.own import Attended, OwnAttendanceService
from bot.features.events.queries import EventCard
from bot.features.events.steps import check_in_step, show_step
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board
from bot.ui.dates import short_date
from bot.ui.fields import Text
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.pages import Item, Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.attendance.words import length, slot_label

#: Events on a page.
PER_PAGE = 15


async def event_items(request: MemberRequest, event: EventCard) -> Sequence[Item]:
    """On the page of an event: to check in while it is on, and the desk for those who help there."""
    offer, words = await request.services[CheckInService].offer(request.actor, event), request.words
    items: list[Item] = []
    if offer.may_check_in:
        label = words("Check in")
        items.append(CheckInButton.make(label, emoji="🎫", style=ButtonStyle.success, event_id=event.event_id))
    if offer.helps:
        items.append(step_button(check_in_step(event.event_id), words))
    return items


class CheckInButton(RoutedButton, route="attendance:check_in:{event_id:int}"):
    async def act(self, request: MemberRequest, event_id: int) -> None:
        await request.services[CheckInService].to_check_in(request.actor, event_id)
        await CodeForm(request.words, event_id).open(request.interaction)


class CodeForm(Form, route="attendance:code_form", title=N_("Check in")):
    code = Text(N_("Code at the door"), 12, hint=N_("6 digits"))

    def __init__(self, words: Words, event_id: int) -> None:
        super().__init__(words)
        self.event_id = event_id

    async def act(self, request: MemberRequest) -> None:
        done = await request.services[CheckInService].check_in(request.actor, self.event_id, self.code)
        words = request.words
        when = slot_label(done.slot, words)
        if done.was_there:
            request.done = words("You had checked in before ({when}).", when=when)
        else:
            request.done = words("You're checked in ({when}).", when=when)
        text = words("Welcome! There is nothing more to do here.")
        row: list[Item] = [step_button(show_step(self.event_id), words), home_button(words)]
        await request.show(Page(words("Check in"), text, rows=[row]))


def card_item(words: Words) -> Item:
    return OwnButton.make(words("My attendance"), emoji="🎫")


class OwnButton(Board, route="attendance:own"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        words = request.words
        attended = await request.services[OwnAttendanceService].own(request.actor)
        await cls.lay_out(
            request,
            part_of(attended, page, PER_PAGE),
            title=words("My attendance"),
            above=_years(attended, words),
            line=_line,
            empty=words("Nothing yet. Events appear here once you have checked in."),
            below=["", words("Only you see this page. Organisers see who came to their own event.")],
            last=[step_button(NextStep(N_("My page"), "members:card"), words)],
        )


def _years(attended: Sequence[Attended], words: Words) -> list[str]:
    times: dict[int, timedelta] = defaultdict(timedelta)
    for one in attended:
        times[one.year] += one.time
    return [
        words("**{year}**: {time}", year=str(year), time=length(time, words))
        for year, time in sorted(times.items(), reverse=True)
    ]


def _line(one: Attended, words: Words) -> str:
    title, first = escape_markdown(words.either(one.title_ja, one.title_en)), one.slots[0].on
    days = len({slot.day for slot in one.slots})
    about = [short_date(first, words), length(one.time, words)]
    about += [words.plural("{n} day", "{n} days", days)] if days > 1 else []
    return f"・**{title}** · {' · '.join(about)}"
