"""Whether somebody without a sign of life for long wants to be kept."""

from __future__ import annotations

from datetime import date

from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.deliveries.values import Due
from bot.features.homes.facts import Facts
from bot.features.record_keeping.retention import (
    RetentionService,
    SilentLine,
    SilentService,
    keeping_question,
    silent_people,
)
from bot.i18n import Words
from bot.paging import Part
from bot.ui.board import Board, option
from bot.ui.brief import BriefPart
from bot.ui.choices import chosen_numbers
from bot.ui.dates import long_date
from bot.ui.home import HomeLine, HomePart, Whose, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Page
from bot.ui.paging import BARE
from bot.ui.renderers import Line, Occasion
from bot.ui.requests import MemberRequest


class KeepButton(RoutedButton, route="rosters:keep"):
    async def act(self, request: MemberRequest) -> None:
        await request.services[RetentionService].keep(request.actor)
        words = request.words
        text = words("Good to have you with us! We're keeping your record. You can delete it on “My page” at any time.")
        await request.show(Page(title=words("Record kept"), text=text, rows=[[home_button(words)]]))


def _button(words: Words) -> KeepButton:
    return KeepButton.make(words("Keep my record"), emoji="🪪", style=ButtonStyle.success)


def _text(until: date, words: Words) -> str:
    return words(
        "You've been inactive for a long time. If you don't answer by {date}, your record will be deleted. Statistics"
        " are kept without your name.",
        date=long_date(until, words),
    )


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    words = request.words
    asked = [one.until for one in facts[keeping_question] if one.until is not None]
    return HomePart(waiting=[HomeLine(_text(until, words), _button(words)) for until in asked])


async def line(occasion: Occasion, due: Due) -> Line | None:
    until, words = await occasion.services[RetentionService].is_open(int(due.payload["person_id"])), occasion.words
    title = words("Keep your record?")
    return Line(_text(until, words), _button(words), title=title) if until else None


class SilentButton(Board, route="rosters:silent:{page:int}"):
    look = BARE

    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        words = request.words
        found = await request.services[SilentService].listed(request.actor, page)
        options = [
            option(one.name or words("(deleted)"), one.person_id, words.either(one.school_ja, one.school_en))
            for one in found.lines
        ]
        explained = words(
            "These people have been inactive for a long time. Anyone who doesn't answer by the date shown will be "
            "deleted. The bot writes only to people marked ✉️; the others didn't choose direct messages. If you can "
            "reach them another way, please ask them, then choose here those who want to stay."
        )
        placeholder = words("Choose people to keep (several)")
        await cls.lay_out(
            request,
            Part(found.lines, found.page, found.pages, found.total),
            title=words("Inactive people"),
            above=[explained] if found.lines else [],
            line=_line,
            empty=words("No one is being asked right now."),
            menus=[[StayingSelect.make(placeholder, options, max_values=len(options), page=found.page)]]
            if options
            else [],
            in_last_row=True,
        )


def _line(line: SilentLine, words: Words) -> str:
    parts = [
        "・✉️" if line.is_written_to else "・",
        f"**{escape_markdown(line.name)}**",
        escape_markdown(line.reading),
        escape_markdown(words.either(line.school_ja, line.school_en)),
        words("(until {date})", date=long_date(line.until, words)),
    ]
    return " ".join(filter(None, parts))


class StayingSelect(RoutedSelect, route="rosters:staying:{page:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], page: int) -> None:
        n = await request.services[SilentService].keep(request.actor, chosen_numbers(chosen))
        request.done = request.words.plural("{n} person is kept.", "{n} people are kept.", n)
        await SilentButton.show(request, page)


def _unwritten(n: int, words: Words) -> str:
    return words.plural(
        "{n} inactive person will be deleted without a message",
        "{n} inactive people will be deleted without a message",
        n,
    )


async def silent_part(request: MemberRequest, facts: Facts) -> HomePart:
    """For national officers: whom nobody has seen for long."""
    words = request.words
    button = SilentButton.make(words("Inactive people"), emoji="🕰️", page=0)
    for one in facts[silent_people]:
        if one.n:
            return HomePart(waiting=[HomeLine(_unwritten(one.n, words), button, Whose.NATION)])
        if one.of:
            return HomePart(managing=[button])
    return HomePart()


async def brief_part(occasion: Occasion) -> BriefPart:
    """A number, no names: the channel has more readers than the list."""
    words = occasion.words
    _, unwritten = await occasion.services[SilentService].count(occasion.address.organisation_id)
    return BriefPart(words("Inactive people"), [_unwritten(unwritten, words)] if unwritten else [])
