"""A sign-up on paper: the list for the desk, and badges. For its organisers, as both have names on them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.features.documents.papers import NO_PICTURE, Badge, Badges, Paper, Roll
from bot.features.signups.models import PartyState
from bot.features.signups.service import SignUpService
from bot.features.signups.values import OrganisersPage, Participant
from bot.i18n import Words
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.pages import Document, Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest, host
from cogs.signups.render import people_step

#: Of the band of a badge.
BLUE = "#1b6ca8"


class RollButton(RoutedButton, route="signups:roll:{signup_id:int}"):
    async def act(self, request: MemberRequest, signup_id: int) -> None:
        await request.defer()  # hundreds of names take a while
        words = request.words
        board = await request.services[SignUpService].board(request.actor, signup_id)
        said, people = _choices(board, words), _people(board)
        rows = [(str(number), one.name, said.get(one.choice_id, "")) for number, one in enumerate(people, start=1)]
        paper = Roll(
            words.either(board.own.title_ja, board.own.title_en),
            words.plural("{n} person", "{n} people", len(rows)),
            (words("No."), words("Name"), words("Answer") if said else ""),
            rows,
            words("Please destroy this list after the event."),
        )
        await _show(request, signup_id, words("List for the desk"), paper, "list.pdf")


class BadgesButton(RoutedButton, route="signups:badges:{signup_id:int}"):
    async def act(self, request: MemberRequest, signup_id: int) -> None:
        await request.defer()
        words = request.words
        board = await request.services[SignUpService].board(request.actor, signup_id)
        said = _choices(board, words)
        badges = [Badge(one.name, said.get(one.choice_id, ""), NO_PICTURE) for one in _people(board)]
        paper = Badges(words.either(board.own.title_ja, board.own.title_en), BLUE, badges)
        await _show(request, signup_id, words("Name badges"), paper, "badges.pdf")


def _people(board: OrganisersPage) -> list[Participant]:
    """Those who have a place, by their names, as a desk looks for them."""
    there = [one for one in board.people if one.state is PartyState.ACCEPTED and one.name]
    return sorted(there, key=lambda one: (one.name, one.party_id))


def _choices(board: OrganisersPage, words: Words) -> Mapping[int | None, str]:
    return {one.choice_id: words.either(one.label_ja, one.label_en) for one in board.own.choices}


async def _show(request: MemberRequest, signup_id: int, title: str, paper: Paper, filename: str) -> None:
    content = await paper.made(host(request.interaction).typesetter)
    words = request.words
    text = words("A PDF to print on A4. It has names, so please keep it to the desk.")
    row = [step_button(people_step(signup_id), words), home_button(words)]
    await request.show(Page(title, text, rows=[row], documents=[Document(content, filename)]))
