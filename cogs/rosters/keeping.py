"""Whether somebody without a sign of life for long wants to be kept."""

from __future__ import annotations

from datetime import date

from discord import ButtonStyle

from bot.deliveries.records import Due
from bot.features.rosters.retention import RetentionService
from bot.i18n import Words
from bot.ui.dates import long_date
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton
from bot.ui.pages import Page
from bot.ui.renderers import Line, Message, Occasion
from bot.ui.requests import MemberRequest


class KeepButton(RoutedButton, route="rosters:keep"):
    async def act(self, request: MemberRequest) -> None:
        await request.services[RetentionService].keep(request.actor)
        words = request.words
        text = words("Good to have you! Your record stays. With /mydata you can delete it at any time.")
        await request.show(Page(title=words("Your record stays"), text=text, rows=[[home_button(words)]]))


def _button(words: Words) -> KeepButton:
    return KeepButton.make(words("Keep my record"), emoji="🪪", style=ButtonStyle.success)


def _text(until: date, words: Words) -> str:
    return words(
        "You haven't taken part for long. If nobody answers until {date}, your record is deleted; what is counted "
        "stays without your name.",
        date=long_date(until, words),
    )


async def home_part(request: MemberRequest) -> HomePart:
    """One statement, for those who are known."""
    if request.actor.person_id is None:
        return HomePart()
    until = await request.services[RetentionService].open_question(request.actor)
    if until is None:
        return HomePart()
    words = request.words
    return HomePart(waiting=[_text(until, words)], actions=[_button(words)])


async def message(occasion: Occasion, due: Due) -> Message | None:
    until = await occasion.services[RetentionService].is_open(int(due.payload["person_id"]))
    if until is None:
        return None
    words = occasion.words
    row = [_button(words), home_button(words)]
    return Message(Page(title=words("Do you want to be kept?"), text=_text(until, words), rows=[row]))


async def line(occasion: Occasion, due: Due) -> Line | None:
    until = await occasion.services[RetentionService].is_open(int(due.payload["person_id"]))
    return Line(_text(until, occasion.words), _button(occasion.words)) if until else None
