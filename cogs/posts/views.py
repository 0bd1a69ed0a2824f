from __future__ import annotations

from discord import ButtonStyle

from bot.features.homes.facts import Facts
from bot.features.people.rules import Right
from bot.features.posts.claims import ClaimService, claims_open, hands_over
from bot.ui.board import Board
from bot.ui.brief import BriefPart
from bot.ui.home import HomeLine, HomePart, Whose
from bot.ui.items import RoutedButton
from bot.ui.renderers import Occasion
from bot.ui.requests import MemberRequest
from cogs.posts import render


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
        request.done = (
            request.words("Confirmed. They hold the post from now on.")
            if added is not None
            else request.words("Not confirmed. Nothing changes.")
        )
        await ClaimsButton.show(request, is_founding=added is not None and added.is_founding)


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    """How many claims wait for this reader."""
    n = sum(one.n or 0 for one in facts[claims_open])
    if not n and hands_over(request.actor):
        n = (await request.services[ClaimService].open_claims(request.actor, 0, 1)).total
    if not n:
        return HomePart()
    words = request.words
    button = ClaimsButton.make(words("Confirm new officers"), emoji="✅", style=ButtonStyle.success)
    text = words.plural("{n} new officer to confirm", "{n} new officers to confirm", n)
    whose = Whose.NATION if request.actor.may(Right.APPOINT_LC) else Whose.LC
    return HomePart(waiting=[HomeLine(text, button, whose)])


async def brief_part(occasion: Occasion) -> BriefPart:
    """New officers without a confirmation so far."""
    words = occasion.words
    count = await occasion.services[ClaimService].count_open(occasion.address.organisation_id)
    line = words.plural("{n} new officer to confirm", "{n} new officers to confirm", count)
    return BriefPart(words("Awaiting confirmation"), [line] if count else [])
