"""Languages, organisations and officers."""

from __future__ import annotations

from discord.utils import escape_markdown

from bot.features.handovers.asking import HandoverWatch
from bot.features.homes.facts import Facts
from bot.features.people import rules
from bot.features.people.models import Level
from bot.features.people.service import OfficerTerm, PeopleService
from bot.i18n import Words, words_for
from bot.paging import part_of
from bot.ui.board import Board
from bot.ui.brief import BriefPart
from bot.ui.dates import long_date
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton
from bot.ui.pages import Item, Page
from bot.ui.renderers import Occasion
from bot.ui.requests import MemberRequest, Request


def language_page(words: Words) -> Page:
    return Page(
        title=words("Language"),
        text=words("The bot now speaks English with you."),
        rows=[[home_button(words)]],
    )


def officer_line(officer: OfficerTerm, words: Words) -> str:
    return words(
        "**{name}** {post}: {starts} – {ends}",
        name=escape_markdown(officer.display_name),
        post=words.either(officer.post_ja, officer.post_en),
        starts=long_date(officer.starts_on, words),
        ends=long_date(officer.ends_on, words),
    )


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
                title=request.words("Organisation chosen"),
                text=request.words(
                    "Your direct messages with the bot are now about {name}.", name=request.words.either(*name)
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
            title=words("National officers"),
            line=officer_line,
            empty=words("There are no national officers in office today."),
            in_last_row=True,
        )


async def about_me(request: MemberRequest, _facts: Facts) -> HomePart:
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


def language_item(words: Words) -> Item:
    """On the page of /me."""
    other, label = ("en", "English") if words.language == "ja" else ("ja", "日本語")
    return LanguageButton.make(label, emoji="🌐", language=other)


async def actions(request: MemberRequest, _facts: Facts) -> HomePart:
    other, label = ("en", "English") if request.words.language == "ja" else ("ja", "日本語")
    managing = []
    if request.actor.may(rules.Right.SEE_OFFICERS):
        managing.append(OfficersButton.make(request.words("National officers"), emoji="🗓️"))
    return HomePart(more=[LanguageButton.make(label, emoji="🌐", language=other)], managing=managing)


async def brief_part(occasion: Occasion) -> BriefPart:
    """Terms that end soon with nobody to follow."""
    words, address = occasion.words, occasion.address
    today = occasion.today
    counts = await occasion.services[HandoverWatch].without_successor(address.organisation_id, today)
    lines = []
    if national := counts.get(Level.NATION, 0):
        lines.append(
            words.plural(
                "{n} national post ends within 60 days and has no successor",
                "{n} national posts end within 60 days and have no successor",
                national,
            )
        )
    if local := counts.get(Level.LC, 0):
        lines.append(
            words.plural(
                "{n} LC post ends within 60 days and has no successor",
                "{n} LC posts end within 60 days and have no successor",
                local,
            )
        )
    return BriefPart(words("Handover"), lines)
