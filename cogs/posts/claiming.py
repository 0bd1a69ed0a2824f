"""Taking up a post by oneself: with a one-time code at once, without one when somebody who knows confirms it."""

from __future__ import annotations

from discord import ButtonStyle

from bot.errors import NotFound
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.people.models import Level
from bot.features.people.terms import LC_MEMBER
from bot.features.posts.claims import ClaimService
from bot.features.posts.service import PostService
from bot.features.posts.values import PostCard
from bot.i18n import N_, Words
from bot.ui.fields import Text
from bot.ui.forms import Form
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.opening import button_to_form
from bot.ui.pages import Item, Page
from bot.ui.requests import MemberRequest
from cogs.posts import render
from cogs.posts.terms import ENDS, LC, STARTS, days_of


def claim_item(words: Words) -> Item:
    """On the page of /me, and where joining begins."""
    return ClaimButton.make(words("Post or post code"), emoji="🔑")


class ClaimButton(RoutedButton, route="posts:claim"):
    async def act(self, request: MemberRequest) -> None:
        words = request.words
        posts = await _posts(request)
        rows: list[list[Item]] = [
            [ClaimSelect.make(words("I have no code: my post is …"), some, part=part)]
            for part, some in enumerate(render.post_menus(posts, words))
        ]
        enter = EnterButton.make(words("Enter my post code"), emoji="🔑", style=ButtonStyle.primary)
        text = words(
            "With a one-time code the post is yours at once. Without one, choose your post: a fellow officer of the "
            "LC, your predecessor or a national officer confirms it."
        )
        await request.show(Page(title=words("Your post"), text=text, rows=[*rows, [enter, home_button(words)]]))


async def _posts(request: MemberRequest) -> list[PostCard]:
    """Those of an LC; members hold none that is claimed."""
    return [one for one in await request.services[PostService].posts(request.actor, Level.LC) if one.key != LC_MEMBER]


class EnterForm(Form, route="posts:enter", title=N_("Enter my post code")):
    code = Text(N_("One-time code"), 40, hint=N_("Capital or small letters, with or without the hyphen"))

    async def act(self, request: MemberRequest) -> None:
        term = await request.services[ClaimService].use_code(request.actor, self.code)
        await request.show(render.taken_up_page(term, request.words))


EnterButton = button_to_form("posts:enter", EnterForm)


class ClaimSelect(RoutedSelect, route="posts:claim:{part:int}"):
    """``part``: of more posts than one menu holds."""

    async def act(self, request: MemberRequest, chosen: list[str], part: int) -> None:
        post = next((one for one in await _posts(request) if [one.key] == chosen), None)
        if post is None:
            raise NotFound(N_("There is no such post. Please choose from the list."))
        await ClaimForm(request.words, post, await _own_lc(request)).open(request.interaction)


async def _own_lc(request: MemberRequest) -> str:
    """The name of the reader's LC if they are in just one: most claim a post of it."""
    own = request.actor.lc_ids
    if len(own) != 1:
        return ""
    card = await request.services[LocalCommitteeService].show(request.actor, f"#{own[0]}")
    return request.words.either(card.name_ja, card.name_en)


class ClaimForm(Form, route="posts:claim"):
    lc, starts, ends = LC, STARTS, ENDS

    def __init__(self, words: Words, post: PostCard, lc: str) -> None:
        super().__init__(words, words.either(post.name_ja, post.name_en))
        self.post_key, self.lc = post.key, lc

    async def act(self, request: MemberRequest) -> None:
        lc_id = await request.services[LocalCommitteeService].meant(request.actor, self.lc)
        first, last = await days_of(request, lc_id, self.starts, self.ends)
        await request.services[ClaimService].claim(request.actor, self.post_key, lc_id, first, last)
        await request.show(render.claimed_page(request.words))
