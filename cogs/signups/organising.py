"""A sign-up as its organisers see it: who comes, who waits, and how many fit."""

from __future__ import annotations

from typing import Any

from discord import ButtonStyle
from discord.utils import escape_markdown

from bot.errors import NextStep
from bot.features.signups.models import REASON, Mode, PartyState
from bot.features.signups.service import SignUpService
from bot.features.signups.values import OrganisersPage, Participant
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.choices import chosen_number
from bot.ui.fields import LongText, Maybe, Number
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item, Page
from bot.ui.replies import step_button
from bot.ui.requests import MemberRequest
from cogs.signups.papers import BadgesButton, RollButton
from cogs.signups.render import counted, title_of

PER_PAGE = 20
SIGNS = {PartyState.ACCEPTED: "✅", PartyState.OFFERED: "🎟️", PartyState.WAITING: "⏳", PartyState.APPLIED: "📝"}
WHERE_WORDS = {
    PartyState.ACCEPTED: N_("has a place"),
    PartyState.OFFERED: N_("is asked right now"),
    PartyState.WAITING: N_("is in line"),
    PartyState.APPLIED: N_("waits for a yes"),
}
#: In a button: with what the organiser ends a party's sign-up.
DECLINE, REMOVE = "decline", "remove"


class PeopleButton(Board, route="signups:board:{signup_id:int}"):
    """Who is in it, in the order of the line."""

    @classmethod
    async def show(cls, request: MemberRequest, signup_id: int, page: int = 0) -> None:
        words = request.words
        board = await request.services[SignUpService].board(request.actor, signup_id)
        choices = {one.choice_id: words.either(one.label_ja, one.label_en) for one in board.own.choices}

        def line(one: Participant, words: Words) -> str:
            return _line(one, choices.get(one.choice_id or 0, ""), words)

        found = part_of(board.people, page, PER_PAGE)
        first = {one.party_id: one for one in reversed(found)}
        options = [
            option(one.name or words("somebody"), one.party_id, words(WHERE_WORDS[one.state]))
            for one in sorted(first.values(), key=found.index)
        ]
        names = NextStep(N_("Enter names"), f"guests:names:{signup_id}")
        own = NextStep(N_("My place"), f"signups:own:{signup_id}")
        above = [counted(board.own.counts, words), *_notes(board, words)]
        beside: list[Item] = [LimitButton.make(words("Number of places"), emoji="🔢", signup_id=signup_id)]
        if board.tells:
            beside.append(ToldButton.make(words("I told them"), emoji="🗣️", signup_id=signup_id))
        if found:
            beside.append(RollButton.make(words("List for the desk"), emoji="🖨️", signup_id=signup_id))
            beside.append(BadgesButton.make(words("Name badges"), emoji="🪪", signup_id=signup_id))
        decide = _next_decision(board, words)
        await cls.lay_out(
            request,
            found,
            title=title_of(board.own, words),
            above=above,
            line=line,
            empty=words("Nobody has signed up yet."),
            menus=[[PartySelect.make(words("Choose somebody to decide about"), options, signup_id=signup_id)]],
            beside=[beside, decide],
            last=[step_button(names, words), step_button(own, words), step_button(board.own.step, words)],
            signup_id=signup_id,
        )


def _next_decision(board: OrganisersPage, words: Words) -> list[Item]:
    """A yes and a no for whoever has waited for it longest."""
    for one in board.people:
        if one.state is PartyState.APPLIED and board.mode is Mode.APPROVAL:
            about: dict[str, Any] = {"party_id": one.party_id, "signup_id": board.own.signup_id}
            name = one.name or words("somebody")
            yes = ApproveButton.make(words("Yes: {name}", name=name), emoji="✅", style=ButtonStyle.success, **about)
            return [yes, EndButton.make(words("No: {name}", name=name), emoji="✖️", **about, word=DECLINE)]
    return []


def _notes(board: OrganisersPage, words: Words) -> list[str]:
    lines = []
    if board.own.counts.applied:
        n = board.own.counts.applied
        lines.append(words.plural("{n} person waits for your answer.", "{n} people wait for your answer.", n))
    if board.held:
        lines.append(words.plural("You keep {n} place back.", "You keep {n} places back.", board.held))
    if board.own.counts.over:
        over = board.own.counts.over
        lines.append(words.plural("{n} person came in over the limit.", "{n} people came in over the limit.", over))
    if board.tells:
        lines.append(words("⚠️ Someone can't be messaged about a free place. Please tell them yourself."))
    return lines


def _line(one: Participant, choice: str, words: Words) -> str:
    name = escape_markdown(one.name) or words("somebody")
    about = [words("number {n}", n=one.position)] if one.position is not None else []
    about += [escape_markdown(choice)] if choice else []
    about += [words("over the limit")] if one.is_over else []
    about += [] if one.has_account else [words("no account")]
    return f"{SIGNS[one.state]} **{name}**" + (f" · {' · '.join(about)}" if about else "")


class PartySelect(RoutedSelect, route="signups:party:{signup_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], signup_id: int) -> None:
        await show_party(request, signup_id, chosen_number(chosen))


async def show_party(request: MemberRequest, signup_id: int, party_id: int) -> None:
    board = await request.services[SignUpService].board(request.actor, signup_id)
    people = [one for one in board.people if one.party_id == party_id]
    if not people:
        await PeopleButton.show(request, signup_id)
        return
    words, state = request.words, people[0].state
    names = words(", ").join(escape_markdown(one.name) or words("somebody") for one in people)
    row, about = list[Item](), dict[str, Any](party_id=party_id, signup_id=signup_id)
    if state is PartyState.APPLIED and board.mode is Mode.APPROVAL:
        row.append(ApproveButton.make(words("Approve"), emoji="✅", style=ButtonStyle.success, **about))
    if state in (PartyState.APPLIED, PartyState.WAITING):
        row.append(OverButton.make(words("Let them in anyway"), emoji="➕", **about))
        row.append(EndButton.make(words("Decline"), **about, word=DECLINE))
    if state is PartyState.ACCEPTED:
        row.append(EndButton.make(words("Take the place back"), **about, word=REMOVE))
    if not all(one.has_account for one in people):
        link = NextStep(N_("New personal link"), f"guests:link:{signup_id}:{party_id}")
        row.append(step_button(link, words))
    back = PeopleButton.make(words("Back"), signup_id=signup_id)
    text = f"{SIGNS[state]} {words(WHERE_WORDS[state])}"
    await request.show(Page(names, text, rows=[row, [back, home_button(words)]]))


class ApproveButton(RoutedButton, route="signups:approve:{signup_id:int}:{party_id:int}"):
    async def act(self, request: MemberRequest, signup_id: int, party_id: int) -> None:
        placed = await request.services[SignUpService].approve(request.actor, party_id)
        words = request.words
        is_in = placed.state is PartyState.ACCEPTED
        request.done = words("They have a place now.") if is_in else words("Approved. They are in line now.")
        await PeopleButton.show(request, signup_id)


class OverButton(RoutedButton, route="signups:over:{signup_id:int}:{party_id:int}"):
    async def act(self, request: MemberRequest, signup_id: int, party_id: int) -> None:
        is_over = await request.services[SignUpService].accept_over(request.actor, party_id)
        words = request.words
        over = words("They have a place now, over the limit.")
        request.done = over if is_over else words("They have a place now.")
        await PeopleButton.show(request, signup_id)


class EndButton(RoutedButton, route="signups:end:{signup_id:int}:{party_id:int}:{word}"):
    async def act(self, request: MemberRequest, signup_id: int, party_id: int, word: str) -> None:
        await request.services[SignUpService].board(request.actor, signup_id)  # checked before the form opens
        await ReasonForm(request.words, signup_id, party_id, word).open(request.interaction)


class ReasonForm(Form, route="signups:reason"):
    """Why somebody doesn't get a place, or loses it."""

    reason = LongText(N_("Reason"), REASON, hint=N_("They are told this."), required=False)

    def __init__(self, words: Words, signup_id: int, party_id: int, word: str) -> None:
        super().__init__(words, words("Take the place back") if word == REMOVE else words("Decline"))
        self.signup_id, self.party_id, self.word = signup_id, party_id, word
        self.reason = ""

    async def act(self, request: MemberRequest) -> None:
        service, words = request.services[SignUpService], request.words
        if self.word == REMOVE:
            await service.remove(request.actor, self.party_id, self.reason)
            request.done = words("They no longer have a place. The next in line is asked.")
        else:
            await service.decline(request.actor, self.party_id, self.reason)
            request.done = words("Declined.")
        await PeopleButton.show(request, self.signup_id)


class LimitButton(RoutedButton, route="signups:limit:{signup_id:int}"):
    async def act(self, request: MemberRequest, signup_id: int) -> None:
        board = await request.services[SignUpService].board(request.actor, signup_id)
        await LimitForm(request.words, board).open(request.interaction)


class LimitForm(Form, route="signups:limit_form", title=N_("Number of places")):
    limit = Maybe(Number(N_("Places"), 6, hint=N_("Leave it empty for no limit. A lower number removes nobody.")))
    held = Number(N_("Of these, places you keep back"), 6)

    def __init__(self, words: Words, board: OrganisersPage) -> None:
        super().__init__(words)
        self.signup_id = board.own.signup_id
        self.limit, self.held = board.own.counts.limit, board.held

    async def act(self, request: MemberRequest) -> None:
        await request.services[SignUpService].set_limit(request.actor, self.signup_id, self.limit, self.held)
        request.done = request.words("Saved.")
        await PeopleButton.show(request, self.signup_id)


class ToldButton(RoutedButton, route="signups:told:{signup_id:int}"):
    async def act(self, request: MemberRequest, signup_id: int) -> None:
        await request.services[SignUpService].told(request.actor, signup_id)
        request.done = request.words("Thank you.")
        await PeopleButton.show(request, signup_id)
