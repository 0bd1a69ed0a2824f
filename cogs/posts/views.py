from __future__ import annotations

from discord import ButtonStyle

from bot.features.posts.claims import ClaimService
from bot.features.posts.service import PostService
from bot.paging import part_of
from bot.ui.board import Board
from bot.ui.brief import BriefPart
from bot.ui.home import HomePart
from bot.ui.items import RoutedButton
from bot.ui.renderers import Occasion
from bot.ui.requests import MemberRequest
from cogs.posts import render

#: Terms of one page.
PAGE = 15
#: In a button: every LC of which the reader is an officer; for national officers all.
ALL = 0


class TermsButton(Board, route="posts:terms:{lc_id:int}:{page:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, lc_id: int = ALL, page: int = 0, *, is_founding: bool = False) -> None:
        """``is_founding``: the LC has just become one that is being founded."""
        words = request.words
        await cls.lay_out(
            request,
            part_of(await request.services[PostService].terms(request.actor, lc_id or None), page, PAGE),
            title=words("Posts and terms"),
            line=render.holder_line,
            empty=words("Nobody holds a post here today."),
            below=["", render.founding_line(words)] if is_founding else [],
            in_last_row=True,
            lc_id=lc_id,
        )


class ClaimsButton(Board, route="posts:claims"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0, *, is_founding: bool = False) -> None:
        """The claims that the reader may decide, three a page with their buttons, the oldest first."""
        claims = await request.services[ClaimService].open_claims(request.actor, page, 3)
        words = request.words
        await cls.lay_out(
            request,
            claims,
            title=words("Awaiting confirmation"),
            above=[render.founding_line(words), ""] if is_founding else [],
            line=render.claim_line,
            empty=words("Nothing to confirm right now."),
            menus=[
                [
                    DecideButton.make(
                        words("Confirm {name}", name=claim.name),
                        style=ButtonStyle.success,
                        claim_id=claim.claim_id,
                        word="yes",
                    ),
                    DecideButton.make(words("I don't know them"), claim_id=claim.claim_id, word="no"),
                ]
                for claim in claims
            ],
        )


class DecideButton(RoutedButton, route="posts:decide:{claim_id:int}:{word}"):
    async def act(self, request: MemberRequest, claim_id: int, word: str) -> None:
        added = await request.services[ClaimService].decide(request.actor, claim_id, confirm=word == "yes")
        await ClaimsButton.show(request, is_founding=added is not None and added.is_founding)


async def home_part(request: MemberRequest) -> HomePart:
    """How many claims wait for this reader."""
    claims = await request.services[ClaimService].open_claims(request.actor)
    if not claims:
        return HomePart()
    words = request.words
    return HomePart(
        waiting=[words.plural("{n} new officer to confirm", "{n} new officers to confirm", claims[0].total)],
        actions=[ClaimsButton.make(words("Awaiting confirmation"), emoji="✅", style=ButtonStyle.success)],
    )


async def brief_part(occasion: Occasion) -> BriefPart:
    """New officers without a confirmation so far."""
    words = occasion.words
    count = await occasion.services[ClaimService].count_open(occasion.address.organisation_id)
    line = words.plural("{n} new officer to confirm", "{n} new officers to confirm", count)
    return BriefPart(words("Awaiting confirmation"), [line] if count else [])
