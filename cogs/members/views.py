"""How joining begins: language, then the purpose notice. Until somebody agrees to it, nothing is kept: what they chose
travels in the buttons."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from discord import ButtonStyle

from bot.errors import Invalid, NotFound
from bot.features.homes.facts import Facts
from bot.features.members import rules
from bot.features.members.hello import HelloService, first_weeks
from bot.features.members.rules import Step, asked, step_before
from bot.features.members.service import ASKED_NO_MORE, NOTHING_KEPT, MemberService
from bot.features.members.values import JOIN, JOIN_ROUTE, ProfileCard
from bot.i18n import LANGUAGES, N_, Words, words_for
from bot.ui.home import HomeLine, HomePart, home_button
from bot.ui.items import RoutedButton
from bot.ui.opening import button_to
from bot.ui.pages import Item, in_rows
from bot.ui.requests import MemberRequest, host
from cogs.members import render
from cogs.members.hello import HelloButton, remove_button

#: In a button: no school was named yet.
NO_SCHOOL = 0


async def begin(request: MemberRequest, school_id: int = NO_SCHOOL) -> None:
    """Where this person stands: at the beginning, at a question, or done."""
    card = await request.services[MemberService].card(request.actor)
    if card is None:
        await _ask_language(request, school_id)
    elif card.purpose_version != rules.VERSION:
        await _show_notice(request, request.words, school_id, is_new=True)
    elif school_id != NO_SCHOOL:
        await go_on(request, await request.services[MemberService].choose_school(request.actor, school_id))
    elif card.open_step is None and not card.has_just_joined:
        await show_card(request, card)
    else:
        await go_on(request, card)


async def _ask_language(request: MemberRequest, school_id: int) -> None:
    buttons: list[Item] = [
        LanguageButton.make(label, style=ButtonStyle.primary, language=language, school_id=school_id)
        for language, label in (("ja", "日本語"), ("en", "English"))
    ]
    words = request.words
    others = [make(words) for make in host(request.interaction).newcomer_items]
    await request.show(render.language_page(words, _other(words), [buttons, others]))


async def _show_notice(request: MemberRequest, words: Words, school_id: int, *, is_new: bool = False) -> None:
    organisation = request.actor.organisation
    row: list[Item] = [
        ConsentButton.make(
            words("I agree"),
            style=ButtonStyle.success,
            language=words.language,
            version=rules.VERSION,
            school_id=school_id,
        )
    ]
    if not is_new:
        other = _other(words)
        row.append(
            LanguageButton.make(
                "日本語" if other.language == "ja" else "English", language=other.language, school_id=school_id
            )
        )
    name = words.either(organisation.name_ja, organisation.name_en)
    await request.show(render.notice_page(name, words, [row], is_new=is_new))


def _other(words: Words) -> Words:
    return words_for("en" if words.language == "ja" else "ja")


#: On the panel, in greetings, at home.
JoinButton = button_to(JOIN_ROUTE, begin)


class LanguageButton(RoutedButton, route="members:language:{language}:{school_id:int}"):
    async def act(self, request: MemberRequest, language: str, school_id: int) -> None:
        if language not in LANGUAGES:
            raise Invalid(N_("Japanese and English are available. Please choose one."))
        await _show_notice(request, words_for(language), school_id)


class ConsentButton(RoutedButton, route="members:consent:{language}:{version}:{school_id:int}"):
    async def act(self, request: MemberRequest, language: str, version: str, school_id: int) -> None:
        service = request.services[MemberService]
        card: ProfileCard | None = await service.consent(request.actor, language, version)
        request.words = words_for(language)
        if card is None:
            await _show_notice(request, request.words, school_id, is_new=True)
            return
        if school_id != NO_SCHOOL:
            card = await service.choose_school(request.actor, school_id)
        await go_on(request, card)


def panel_button(words: Words, other: Words) -> Item:
    return JoinButton.make(" / ".join([words("Join"), other("Join")]), emoji="👋", style=ButtonStyle.success)


async def show_me(request: MemberRequest) -> None:
    """The card, also of somebody who hasn't answered everything yet; an offer to join where nothing is kept."""
    card = await request.services[MemberService].card(request.actor)
    if card is None:
        words = request.words
        join = JoinButton.make(words("Join"), emoji="👋", style=ButtonStyle.success)
        items = [join, *(make(words) for make in (*host(request.interaction).newcomer_items, *CARD_ITEMS))]
        await request.show(render.nothing_page(words, in_rows(items)))
    else:
        await show_card(request, card)


async def home_part(request: MemberRequest, _facts: Facts) -> HomePart:
    """The way in for those who haven't joined, the next question for those on the way, else the card."""
    words = request.words
    one = await request.services[MemberService].standing(request.actor)
    if one is None:
        join = JoinButton.make(words("Join"), emoji="👋", style=ButtonStyle.success)
        return HomePart(ideas=[HomeLine(words("Join: it takes about two minutes. You don't need an LC."), join)])
    if one.open_step is not None or one.purpose_version != rules.VERSION:
        go_on = JoinButton.make(words("Continue"), emoji="👋", style=ButtonStyle.success)
        return HomePart(waiting=[HomeLine(words("A few questions about you are still open."), go_on)])
    about = []
    if one.waits_for is not None:
        school = words.either(one.waits_for.name_ja, one.waits_for.name_en)
        about.append(words("Your LC: {name} (waiting for its officers to confirm)", name=school))
    return HomePart(about_me=about, actions=[CardButton.make(words("My page"), emoji="🪪")])


async def first_steps(request: MemberRequest, facts: Facts) -> HomePart:
    """For those who have just joined: what they could do first."""
    words = request.words
    ideas: list[HomeLine] = []
    for one in facts[first_weeks]:
        if one.of:
            hello = HelloButton.make(words("Say hello"), emoji="👋", style=ButtonStyle.success, with_school=0)
            ideas.append(HomeLine(words("Say hello to everybody. You see your post first."), hello))
        if one.id and not one.n:
            choose = StepButton.make(words("Committees"), emoji="💡", step=Step.INTERESTS.value)
            ideas.append(HomeLine(words("See what the committees do, and choose those that interest you."), choose))
        ideas.append(HomeLine(words("Then: announcements that are for you appear here, on your home.")))
    return HomePart(ideas=ideas)


StepRows = Callable[[MemberRequest, ProfileCard], Awaitable[list[list[Item]]]]
#: What there is to press at each question. The modules with the components fill it.
ROWS: dict[Step, StepRows] = {}
#: What the page of /me offers besides changing the answers, also to somebody who hasn't joined: a post is kept, too.
CARD_ITEMS: list[Callable[[Words], Item]] = []


def answers(step: Step) -> Callable[[StepRows], StepRows]:
    """Marks what makes the rows of a question."""

    def note(make: StepRows) -> StepRows:
        ROWS[step] = make
        return make

    return note


async def own_card(request: MemberRequest) -> ProfileCard:
    """Raises NotFound if nothing is kept about the reader."""
    card = await request.services[MemberService].card(request.actor)
    if card is None:
        raise NotFound(NOTHING_KEPT, next_steps=[JOIN])
    return card


async def show_step(request: MemberRequest, card: ProfileCard, step: Step, note: str = "") -> None:
    rows = [*await ROWS[step](request, card), around(request.words, card, step)]
    await request.show(render.step_page(card, step, request.words, rows, note))


async def go_on(request: MemberRequest, card: ProfileCard) -> None:
    """The next question that is open, or the end of them."""
    if (step := card.open_step) is not None:
        await show_step(request, card, step)
    elif card.has_just_joined:
        rows: list[list[Item]] = [[home_button(request.words), CardButton.make(request.words("My page"), emoji="🪪")]]
        await request.show(render.done_page(card, request.words, rows))
    else:
        request.done = request.words("Saved.")
        await show_card(request, card)


async def show_card(request: MemberRequest, card: ProfileCard) -> None:
    """Everything that is held, with a button to change each."""
    words = request.words
    steps: list[Item] = [
        StepButton.make(words(render.CHANGE_WORDS[step]), step=step.value) for step in asked(card.answers)
    ]
    others = [*host(request.interaction).home.card_items, *CARD_ITEMS]
    hello = [remove_button(words)] if await request.services[HelloService].stands(request.actor) else []
    items = [*steps, *(make(words) for make in others), *hello, home_button(words)]
    await request.show(render.card_page(card, words, request.actor.organisation.time_zone, in_rows(items)))


def around(words: Words, card: ProfileCard, step: Step) -> list[Item]:
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
