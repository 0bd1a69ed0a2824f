"""From one question to the next. Where somebody stands follows from what they have answered, so every page works after
a restart, and a button that is pressed again does no harm."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.errors import Invalid, NotFound
from bot.features.members.answering import ASKED_NO_MORE, NOTHING_KEPT
from bot.features.members.records import JOIN, Profile
from bot.features.members.rules import Step, asked, step_before
from bot.features.members.service import MemberService
from bot.i18n import Words
from bot.ui.home import home_button
from bot.ui.items import RoutedButton
from bot.ui.pages import Item, in_rows
from bot.ui.requests import MemberRequest, host
from cogs.members import render

StepRows = Callable[[MemberRequest, Profile], Awaitable[list[list[Item]]]]
#: What there is to press at each question. The modules with the components fill it.
ROWS: dict[Step, StepRows] = {}
#: What the card offers besides changing the answers.
CARD_ITEMS: list[Callable[[Words], Item]] = []


def answers(step: Step) -> Callable[[StepRows], StepRows]:
    """Marks what makes the rows of a question."""

    def note(make: StepRows) -> StepRows:
        ROWS[step] = make
        return make

    return note


async def own_card(request: MemberRequest) -> Profile:
    """Raises NotFound if nothing is kept about the reader."""
    card = await request.services[MemberService].card(request.actor)
    if card is None:
        raise NotFound(NOTHING_KEPT, next_steps=[JOIN])
    return card


async def show_step(request: MemberRequest, card: Profile, step: Step, note: str = "") -> None:
    rows = [*await ROWS[step](request, card), around(request.words, card, step)]
    await request.show(render.step_page(card, step, request.words, rows, note))


async def go_on(request: MemberRequest, card: Profile) -> None:
    """The next question that is open, or the end of them."""
    if (step := card.open_step) is not None:
        await show_step(request, card, step)
    elif card.has_just_joined:
        rows: list[list[Item]] = [[home_button(request.words), CardButton.make(request.words("My card"), emoji="🪪")]]
        await request.show(render.done_page(card, request.words, rows))
    else:
        await show_card(request, card)


async def show_card(request: MemberRequest, card: Profile) -> None:
    """Everything that is held, with a button to change each."""
    words = request.words
    steps: list[Item] = [
        StepButton.make(words(render.CHANGE_WORDS[step]), step=step.value) for step in asked(card.answers)
    ]
    others = [*host(request.interaction).home.card_items, *CARD_ITEMS]
    items = [*steps, *(make(words) for make in others), home_button(words)]
    await request.show(render.card_page(card, words, request.actor.organisation.time_zone, in_rows(items)))


def around(words: Words, card: Profile, step: Step) -> list[Item]:
    """The way back: to the question before, or to the card where something is only corrected."""
    if card.joined_at is not None:
        return [CardButton.make(words("Back"), emoji="↩️")]
    before = step_before(step, card.answers)
    return [StepButton.make(words("Back"), emoji="↩️", step=before.value)] if before else []


class CardButton(RoutedButton, route="members:card"):
    async def act(self, request: MemberRequest) -> None:
        await show_card(request, await own_card(request))


class StepButton(RoutedButton, route="members:step:{step}"):
    """A question again, to answer it anew."""

    async def act(self, request: MemberRequest, step: str) -> None:
        card = await own_card(request)
        if step not in asked(card.answers):
            raise Invalid(ASKED_NO_MORE, next_steps=[JOIN])
        await show_step(request, card, Step(step))
