from __future__ import annotations

from discord import ButtonStyle

from bot.features.posts.claims import ClaimService
from bot.features.posts.service import PostService
from bot.paging import part_of
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton
from bot.ui.pages import Item
from bot.ui.paging import turning
from bot.ui.requests import MemberRequest
from cogs.posts import render

#: Terms of one page.
PAGE = 15
#: In a button: of every LC of which the reader is an officer, for national officers of all.
ALL = 0


async def show_terms(request: MemberRequest, lc_id: int | None, page: int = 0, *, is_founding: bool = False) -> None:
    """``is_founding``: the LC has just become one that is being founded."""
    words = request.words
    terms = part_of(await request.services[PostService].terms(request.actor, lc_id), page, PAGE)
    row = turning(TermsPageButton.make, terms.page, terms.pages, words, lc_id=lc_id or ALL)
    await request.show(render.terms_page(terms, words, row, is_founding=is_founding))


class TermsPageButton(RoutedButton, route="posts:terms:{lc_id:int}:{page:int}"):
    async def act(self, request: MemberRequest, lc_id: int, page: int) -> None:
        await show_terms(request, lc_id or None, page)


async def show_claims(request: MemberRequest, page: int = 0, *, is_founding: bool = False) -> None:
    """The claims that the reader may decide, three a page with their buttons, the oldest first."""
    claims = await request.services[ClaimService].open_claims(request.actor, page, 3)
    words = request.words
    rows: list[list[Item]] = [
        [
            DecideButton.make(
                words("Confirm {name}", name=claim.name), style=ButtonStyle.success, claim_id=claim.claim_id, word="yes"
            ),
            DecideButton.make(words("Not ours"), claim_id=claim.claim_id, word="no"),
        ]
        for claim in claims
    ]
    rows += [turning(ClaimsPageButton.make, claims.page, claims.pages, words), [home_button(words)]]
    await request.show(render.claims_page(claims, words, rows, is_founding=is_founding))


class ClaimsButton(RoutedButton, route="posts:claims"):
    async def act(self, request: MemberRequest) -> None:
        await show_claims(request)


class ClaimsPageButton(RoutedButton, route="posts:claims:{page:int}"):
    async def act(self, request: MemberRequest, page: int) -> None:
        await show_claims(request, page)


class DecideButton(RoutedButton, route="posts:decide:{claim_id:int}:{word}"):
    async def act(self, request: MemberRequest, claim_id: int, word: str) -> None:
        added = await request.services[ClaimService].decide(request.actor, claim_id, confirm=word == "yes")
        await show_claims(request, is_founding=added is not None and added.is_founding)


async def home_part(request: MemberRequest) -> HomePart:
    """How many claims wait for this reader."""
    claims = await request.services[ClaimService].open_claims(request.actor)
    if not claims:
        return HomePart()
    words = request.words
    return HomePart(
        waiting=[words.plural("{n} new officer to confirm", "{n} new officers to confirm", claims[0].total)],
        actions=[ClaimsButton.make(words("To be confirmed"), emoji="✅", style=ButtonStyle.success)],
    )
