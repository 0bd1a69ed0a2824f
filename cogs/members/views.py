"""How joining begins: language, then the purpose notice. Until somebody agrees to it, nothing is kept: what they chose
travels in the buttons."""

from __future__ import annotations

from discord import ButtonStyle

from bot.errors import Invalid
from bot.features.members import purpose
from bot.features.members.records import JOIN_ROUTE, Profile
from bot.features.members.service import MemberService
from bot.i18n import LANGUAGES, N_, Words, words_for
from bot.ui.home import HomePart
from bot.ui.items import RoutedButton
from bot.ui.pages import Item
from bot.ui.requests import MemberRequest
from cogs.members import render
from cogs.members.walk import CardButton, go_on, show_card

#: In a button: no school was named yet.
NO_SCHOOL = 0


async def begin(request: MemberRequest, school_id: int = NO_SCHOOL) -> None:
    """Where this person stands: at the beginning, at a question, or done."""
    card = await request.services[MemberService].card(request.actor)
    if card is None:
        await _ask_language(request, school_id)
    elif card.purpose_version != purpose.VERSION:
        await _show_notice(request, request.words, school_id, is_new=True)
    elif school_id != NO_SCHOOL:
        await go_on(request, await request.services[MemberService].choose_school(request.actor, school_id))
    else:
        await go_on(request, card)


async def _ask_language(request: MemberRequest, school_id: int) -> None:
    buttons: list[Item] = [
        LanguageButton.make(label, style=ButtonStyle.primary, language=language, school_id=school_id)
        for language, label in (("ja", "日本語"), ("en", "English"))
    ]
    words = request.words
    await request.show(render.language_page(words, _other(words), [buttons]))


async def _show_notice(request: MemberRequest, words: Words, school_id: int, *, is_new: bool = False) -> None:
    organisation = request.actor.organisation
    row: list[Item] = [
        ConsentButton.make(
            words("I agree"),
            style=ButtonStyle.success,
            language=words.language,
            version=purpose.VERSION,
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


class JoinButton(RoutedButton, route=JOIN_ROUTE):
    """On the panel, in greetings, at home."""

    async def act(self, request: MemberRequest) -> None:
        await begin(request)


class LanguageButton(RoutedButton, route="members:language:{language}:{school_id:int}"):
    async def act(self, request: MemberRequest, language: str, school_id: int) -> None:
        if language not in LANGUAGES:
            raise Invalid(N_("I speak Japanese and English. Please choose one of them."))
        await _show_notice(request, words_for(language), school_id)


class ConsentButton(RoutedButton, route="members:consent:{language}:{version}:{school_id:int}"):
    async def act(self, request: MemberRequest, language: str, version: str, school_id: int) -> None:
        service = request.services[MemberService]
        card: Profile | None = await service.consent(request.actor, language, version)
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
        await request.show(
            render.nothing_page(words, [[JoinButton.make(words("Join"), emoji="👋", style=ButtonStyle.success)]])
        )
    else:
        await show_card(request, card)


async def home_part(request: MemberRequest) -> HomePart:
    """The way in for who hasn't joined, the next question for who is on the way, else the card."""
    words = request.words
    card = await request.services[MemberService].card(request.actor)
    if card is None:
        return HomePart(actions=[JoinButton.make(words("Join"), emoji="👋", style=ButtonStyle.success)])
    if card.open_step is not None or card.purpose_version != purpose.VERSION:
        return HomePart(
            waiting=[words("Some questions about you are still open.")],
            actions=[JoinButton.make(words("Go on joining"), emoji="👋", style=ButtonStyle.success)],
        )
    return HomePart(actions=[CardButton.make(words("My card"), emoji="🪪")])
