from __future__ import annotations

from bot.features.people import rules
from bot.features.people.service import PeopleService
from bot.i18n import words_for
from bot.paging import part_of
from bot.ui.board import Board
from bot.ui.dates import long_date
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton
from bot.ui.pages import Page
from bot.ui.requests import MemberRequest, Request
from cogs.people.render import language_page, officer_line

#: Terms of one page.
PAGE = 25


async def choose_language(request: Request, language: str) -> None:
    await request.services[PeopleService].choose_language(request.caller, language)
    request.words = words_for(language)
    await request.show(language_page(request.words))


class LanguageButton(RoutedButton, route="people:language:{language}"):
    request_kind = Request

    async def act(self, request: Request, language: str) -> None:
        await choose_language(request, language)


class OrganisationButton(RoutedButton, route="people:organisation:{organisation_id:int}"):
    request_kind = Request

    async def act(self, request: Request, organisation_id: int) -> None:
        name = await request.services[PeopleService].choose_organisation(request.caller, organisation_id)
        await request.show(
            Page(
                title=request.words("Understood"),
                text=request.words(
                    "In direct messages with me you now mean: {name}.", name=request.words.either(*name)
                ),
                rows=[[home_button(request.words)]],
            )
        )


class OfficersButton(Board, route="people:officers"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        """National officers with their terms."""
        words = request.words
        await cls.lay_out(
            request,
            part_of(await request.services[PeopleService].officers(request.actor), page, PAGE),
            title=words("Officers and terms"),
            line=officer_line,
            empty=words("No national officer is in office today."),
            in_last_row=True,
        )


async def about_me(request: MemberRequest) -> HomePart:
    """The posts held today."""
    words = request.words
    lines = [
        words(
            "{post} (until {date})",
            post=words.either(holding.name_ja, holding.name_en),
            date=long_date(holding.ends_on, words),
        )
        for holding in request.actor.current
        if holding.is_officer
    ]
    return HomePart(about_me=lines)


async def actions(request: MemberRequest) -> HomePart:
    other, label = ("en", "English") if request.words.language == "ja" else ("ja", "日本語")
    managing = []
    if request.actor.may(rules.Right.SEE_OFFICERS):
        managing.append(OfficersButton.make(request.words("Officers and terms"), emoji="🗓️"))
    return HomePart(actions=[LanguageButton.make(label, emoji="🌐", language=other)], managing=managing)
