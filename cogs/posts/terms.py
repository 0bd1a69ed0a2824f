"""Who holds the posts of an LC, or all for which the reader appoints; appointing, one-time codes, and ends of terms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from discord import ButtonStyle, SelectOption
from discord.utils import escape_markdown

from bot.errors import NotFound
from bot.features.handovers.service import HandoverService
from bot.features.homes.facts import Facts
from bot.features.local_committees.service import LocalCommitteeService
from bot.features.people.models import Level
from bot.features.people.rules import Right
from bot.features.posts.claims import ClaimService
from bot.features.posts.service import NO_TERM, PostService
from bot.features.posts.values import PostCard, TermCard
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.choices import chosen_day, chosen_number, chosen_one
from bot.ui.dates import long_date
from bot.ui.fields import Date, Field, Maybe, Officers, Text, User
from bot.ui.forms import Form
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item, Page
from bot.ui.posts import term_line
from bot.ui.requests import MemberRequest
from cogs.posts import render
from cogs.posts.render import What

#: Terms of one page.
PAGE = 15
#: In a button: of every LC of which the reader is an officer, for national officers of all.
ALL = 0
STARTS = Maybe(Date(N_("First day"), hint=N_("Such as 1 Apr 2026; today if left empty")))
ENDS = Maybe(Date(N_("Last day"), hint=N_("The LC's handover or the end of the fiscal year if left empty")))
LC = Text(N_("LC"), 100, hint=N_("Its name or a part of it, such as 東京大学 or Tokyo"))


async def days_of(
    request: MemberRequest, lc_id: int | None, first: date | None, last: date | None
) -> tuple[date, date]:
    """The days of a term: from today, to the LC's own handover or the end of the fiscal year, where nothing was
    said."""
    starts = first or request.today
    return starts, last or await request.services[HandoverService].default_end(request.actor, lc_id, starts)


async def appoint(
    request: MemberRequest, person: User, post: str, lc_id: int | None, first: date | None, last: date | None
) -> None:
    starts, ends = await days_of(request, lc_id, first, last)
    added = await request.services[PostService].add(
        request.actor, person.id, person.display_name, post, lc_id, starts, ends
    )
    words = request.words
    posts = {one.key: one for one in await request.services[PostService].posts(request.actor)}
    request.done = words(
        "Appointed: {name} ({post}, until {date})",
        name=escape_markdown(person.display_name),
        post=words.either(posts[post].name_ja, posts[post].name_en),
        date=long_date(ends, words),
    )
    await TermsButton.show(request, lc_id or ALL, is_founding=added.is_founding)


class TermsButton(Board, route="posts:terms:{lc_id:int}:{page:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, lc_id: int = ALL, page: int = 0, *, is_founding: bool = False) -> None:
        """``is_founding``: the LC has just become one that is being founded."""
        words, actor = request.words, request.actor
        found = part_of(await request.services[PostService].terms(actor, lc_id or None), page, PAGE)
        last: list[Item] = []
        if _may(request, lc_id):
            last = [
                ChooseButton.make(words("Appoint"), emoji="➕", what=What.APPOINT, lc_id=lc_id),
                ChooseButton.make(words("One-time code"), emoji="🔑", what=What.CODE, lc_id=lc_id),
            ]
        await cls.lay_out(
            request,
            found,
            title=words("Posts and terms"),
            line=render.holder_line,
            empty=words("Nobody holds a post here today."),
            below=["", render.founding_line(words)] if is_founding else [],
            menus=[[EndSelect.make(words("End a term"), [_term_option(one, words) for one in found], lc_id=lc_id)]],
            last=last,
            in_last_row=True,
            lc_id=lc_id,
        )


def _may(request: MemberRequest, lc_id: int) -> bool:
    actor = request.actor
    if lc_id != ALL:
        return actor.may(Right.APPOINT_LC, lc_id)
    return bool(actor.lcs_where(Right.APPOINT_LC)) or actor.may(Right.APPOINT_LC) or actor.may(Right.APPOINT_NATION)


def _term_option(term: TermCard, words: Words) -> SelectOption:
    return option(term_line(term, words), term.term_id)


class EndSelect(RoutedSelect, route="posts:end:{lc_id:int}"):
    async def act(self, request: MemberRequest, chosen: list[str], lc_id: int) -> None:
        term_id = chosen_number(chosen)
        terms = await request.services[PostService].terms(request.actor, lc_id or None)
        term = next((one for one in terms if one.term_id == term_id), None)
        if term is None:
            raise NotFound(NO_TERM)
        await EndForm(request.words, term, lc_id).open(request.interaction)


class EndForm(Form, route="posts:end"):
    day = Maybe(Date(N_("Last day of the term"), hint=N_("Such as 21 Nov 2026; today if left empty")))

    def __init__(self, words: Words, term: TermCard, lc_id: int) -> None:
        super().__init__(words, render.who_of(term, words))
        self.term_id, self.lc_id = term.term_id, lc_id

    async def act(self, request: MemberRequest) -> None:
        """Shows what would end, and asks. Nothing has ended yet."""
        day, words = self.day or request.today, request.words
        term = await request.services[PostService].to_end(request.actor, self.term_id, day)
        row: list[Item] = [
            EndNowButton.make(
                words("Yes, end it"), style=ButtonStyle.danger, term_id=self.term_id, lc_id=self.lc_id, day=day
            ),
            TermsButton.make(words("Back"), emoji="↩️", lc_id=self.lc_id, page=0),
            home_button(words),
        ]
        await request.show(render.end_page(term, day, request.today, words, [row]))


class EndNowButton(RoutedButton, route="posts:end_now:{term_id:int}:{lc_id:int}:{day}"):
    async def act(self, request: MemberRequest, term_id: int, lc_id: int, day: str) -> None:
        last, words = chosen_day(day), request.words
        posts = request.services[PostService]
        term = await posts.to_end(request.actor, term_id, last)
        await posts.end(request.actor, term_id, last)
        who = escape_markdown(render.who_of(term, words))
        request.done = words("The term ends on {date}: {who}", date=long_date(last, words), who=who)
        await TermsButton.show(request, lc_id)


class ChooseButton(RoutedButton, route="posts:choose:{what}:{lc_id:int}"):
    """To which post somebody is to be appointed, or for which the code is to be."""

    async def act(self, request: MemberRequest, what: str, lc_id: int) -> None:
        wanted, words = chosen_one(What, what), request.words
        posts = await _posts(request, wanted, lc_id)
        rows: list[list[Item]] = [
            [PostSelect.make(words("Choose a post"), some, what=wanted, lc_id=lc_id, part=part)]
            for part, some in enumerate(render.post_menus(posts, words))
        ]
        rows.append([TermsButton.make(words("Back"), emoji="↩️", lc_id=lc_id, page=0), home_button(words)])
        await request.show(Page(title=words(render.WHAT_WORDS[wanted]), text=words("Which post is it?"), rows=rows))


async def _posts(request: MemberRequest, what: What, lc_id: int) -> list[PostCard]:
    is_any = what is What.APPOINT and lc_id == ALL and request.actor.may(Right.APPOINT_NATION)
    return await request.services[PostService].posts(request.actor, None if is_any else Level.LC)


class PostSelect(RoutedSelect, route="posts:post:{what}:{lc_id:int}:{part:int}"):
    """``part``: of more posts than one menu holds."""

    async def act(self, request: MemberRequest, chosen: list[str], what: str, lc_id: int, part: int) -> None:
        wanted = chosen_one(What, what)
        posts = await _posts(request, wanted, lc_id)
        post = next((one for one in posts if [one.key] == chosen), None)
        if post is None:
            raise NotFound(N_("There is no such post. Please choose from the list."))
        if lc_id == ALL and post.level is Level.LC and len(own := request.actor.officer_of) == 1:
            lc_id = ALL if request.actor.may(Right.APPOINT_LC) else own[0]
        form = AppointForm if wanted is What.APPOINT else CodeForm
        await form(request.words, post, lc_id).open(request.interaction)


class _PostForm(Form, route=""):
    """``lc_id``: whose post it is; if it may be any LC's, the form asks for it."""

    lc, starts, ends = LC, STARTS, ENDS

    def __init__(self, words: Words, post: PostCard, lc_id: int, first: Sequence[Field[Any]] = ()) -> None:
        asked = [LC] if lc_id == ALL and post.level is Level.LC else []
        super().__init__(words, words.either(post.name_ja, post.name_en), [*first, *asked, STARTS, ENDS])
        self.post, self.lc_id = post, lc_id

    async def place(self, request: MemberRequest) -> int | None:
        """The LC; None for a national post."""
        if self.post.level is not Level.LC:
            return None
        if self.lc_id != ALL:
            return self.lc_id
        return await request.services[LocalCommitteeService].meant(request.actor, self.lc)


class AppointForm(_PostForm, route="posts:appoint"):
    person = Officers(N_("Whom"), 1)

    def __init__(self, words: Words, post: PostCard, lc_id: int) -> None:
        super().__init__(words, post, lc_id, [AppointForm.person])

    async def act(self, request: MemberRequest) -> None:
        lc_id = await self.place(request)
        await appoint(request, self.person[0], self.post.key, lc_id, self.starts, self.ends)


class CodeForm(_PostForm, route="posts:code"):
    async def act(self, request: MemberRequest) -> None:
        lc_id = await self.place(request)
        assert lc_id is not None, "codes are for posts of LCs"
        first, last = await days_of(request, lc_id, self.starts, self.ends)
        code = await request.services[ClaimService].new_code(request.actor, self.post.key, lc_id, first, last)
        back = TermsButton.make(request.words("Back"), emoji="↩️", lc_id=self.lc_id, page=0)
        await request.show(render.code_page(code, request.words, [back, home_button(request.words)]))


async def home_part(request: MemberRequest, _facts: Facts) -> HomePart:
    """The list of terms with appointing, codes and ends, for those who may appoint."""
    actor = request.actor
    button = TermsButton.make(request.words("Posts and terms"), emoji="🎖️", lc_id=ALL, page=0)
    if actor.may(Right.APPOINT_LC) or actor.may(Right.APPOINT_NATION):
        return HomePart(managing=[button])
    return HomePart(more=[button] if actor.lcs_where(Right.APPOINT_LC) else [])
