"""The list of posts, and the page and form of each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from discord.utils import escape_markdown

from bot import data
from bot.errors import NotFound
from bot.features.organisations.models import OrganisationKind
from bot.features.people.models import Level
from bot.features.people.rules import Right
from bot.features.posts.catalogue import NO_POST, PostCatalogueService
from bot.features.posts.values import PostDraft, PostEntry
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.choices import chosen_number
from bot.ui.fields import Choice, Field, Text, or_none
from bot.ui.forms import Form
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item, Page
from bot.ui.requests import MemberRequest

PER_PAGE = 25
LEVEL_WORDS = {Level.NATION: N_("The whole organisation"), Level.LC: N_("Each LC")}
_NONE = N_("none")
_COMMITTEES = {row["key"]: row["abbreviation"] for row in data.rows("committees")}


async def show_post(request: MemberRequest, post_id: int) -> None:
    entry, page = await _entry(request, post_id)
    words = request.words
    single = words("One person at a time") if entry.is_single else words("Several people at a time")
    lines = [
        escape_markdown(words.either(entry.name_en, entry.name_ja)),
        words(LEVEL_WORDS[entry.level])
        + (f" ・ {_COMMITTEES.get(entry.committee, entry.committee)}" if entry.committee else ""),
        single,
        words.plural("{n} person holds it today.", "{n} people hold it today.", entry.holders),
    ]
    if entry.is_built_in:
        lines.append(words("Much here rests on this post: it can be renamed, not retired."))
    if entry.is_retired:
        lines.append(words("Nobody is appointed to it any more. Terms that run go on, and the history stays."))
    changing: list[Item] = [
        EditPostButton.make(words("Edit"), emoji="✏️", post_id=post_id),
        MovePostButton.make(words("Up"), emoji="⬆️", post_id=post_id, way="up"),
        MovePostButton.make(words("Down"), emoji="⬇️", post_id=post_id, way="down"),
    ]
    if not entry.is_built_in:
        label = words("Use it again") if entry.is_retired else words("Retire")
        changing.append(RetireButton.make(label, post_id=post_id, word="no" if entry.is_retired else "yes"))
    await request.show(
        Page(
            title=words.either(entry.name_ja, entry.name_en),
            text="\n".join(lines),
            rows=[changing, [PostsButton.make(words("Back"), page=page), home_button(words)]],
        )
    )


async def _entry(request: MemberRequest, post_id: int) -> tuple[PostEntry, int]:
    """A post, and the page of the list on which it stands."""
    entries = await request.services[PostCatalogueService].entries(request.actor)
    for number, one in enumerate(entries):
        if one.post_id == post_id:
            return one, number // PER_PAGE
    raise NotFound(NO_POST)


def _line(entry: PostEntry, words: Words) -> str:
    name = escape_markdown(words.either(entry.name_ja, entry.name_en))
    if entry.is_retired:
        return words("・{post} (retired)", post=name)
    return words("・{post}: {n}", post=name, n=entry.holders)


async def home_part(request: MemberRequest) -> HomePart:
    if not request.actor.may(Right.EDIT_DIRECTORY):
        return HomePart()
    return HomePart(managing=[PostsButton.make(request.words("Posts"), emoji="🏷️", page=0)])


class PostsButton(Board, route="posts:catalogue:{page:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int = 0) -> None:
        words = request.words
        here = part_of(await request.services[PostCatalogueService].entries(request.actor), page, PER_PAGE)
        options = [
            option(words.either(one.name_ja, one.name_en), one.post_id, words(LEVEL_WORDS[one.level])) for one in here
        ]
        lines: list[str] = []
        for level in Level:
            of_level = [_line(one, words) for one in here if one.level is level]
            lines += [f"**{words(LEVEL_WORDS[level])}**", *of_level] if of_level else []
        await cls.lay_out(
            request,
            here,
            title=words("Posts"),
            above=lines,
            menus=[[EntrySelect.make(words("Choose a post"), options)]],
            last=[NewButton.make(words("New post"), emoji="➕")],
        )


class EntrySelect(RoutedSelect, route="posts:entry"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        await show_post(request, chosen_number(chosen))


class NewButton(RoutedButton, route="posts:new"):
    async def act(self, request: MemberRequest) -> None:
        await request.services[PostCatalogueService].to_add(request.actor)  # only who may add one fills the form in
        await PostForm(request, None).open(request.interaction)


class EditPostButton(RoutedButton, route="posts:edit:{post_id:int}"):
    async def act(self, request: MemberRequest, post_id: int) -> None:
        entry, _ = await _entry(request, post_id)
        await PostForm(request, entry).open(request.interaction)


class MovePostButton(RoutedButton, route="posts:move:{post_id:int}:{way}"):
    async def act(self, request: MemberRequest, post_id: int, way: str) -> None:
        _, page = await _entry(request, post_id)
        await request.services[PostCatalogueService].move(request.actor, post_id, up=way == "up")
        await PostsButton.show(request, page)


class RetireButton(RoutedButton, route="posts:retire:{post_id:int}:{word}"):
    async def act(self, request: MemberRequest, post_id: int, word: str) -> None:
        await request.services[PostCatalogueService].retire(request.actor, post_id, retired=word == "yes")
        await show_post(request, post_id)


class PostForm(Form, route="posts:form"):
    """A post's names, and what else of it may change; of a built-in one, the names alone."""

    name_ja = Text(N_("Name in Japanese"), 60, required=False)
    name_en = Text(N_("Name in English"), 60, hint=N_("One of the two names is enough"), required=False)
    level = Choice(
        N_("Where it belongs"),
        LEVEL_WORDS,
        hint=N_("A post of the whole organisation gives the rights of a national officer"),
    )
    committee = Choice(N_("Standing committee"), or_none(_NONE, _COMMITTEES))
    single = Choice(N_("Who holds it"), {False: N_("Several people at a time"), True: N_("One person at a time")})

    def __init__(self, request: MemberRequest, entry: PostEntry | None) -> None:
        words = request.words
        shown: list[Field[Any]] = [PostForm.name_ja, PostForm.name_en]
        if entry is None:
            shown.append(PostForm.level)
        if entry is None or not entry.is_built_in:
            has_committees = request.actor.organisation.kind == OrganisationKind.ASSOCIATION
            committee = (
                PostForm.committee if has_committees else replace(PostForm.committee, options=or_none(_NONE, {}))
            )
            shown += [committee, PostForm.single]
        super().__init__(words, words("New post") if entry is None else words("Edit the post"), shown)
        self.post_id = entry.post_id if entry else None
        self.name_ja, self.name_en = (entry.name_ja, entry.name_en) if entry else ("", "")
        self.level = entry.level if entry else Level.LC
        self.committee = entry.committee if entry else None
        self.single = entry.is_single if entry else False

    async def act(self, request: MemberRequest) -> None:
        service = request.services[PostCatalogueService]
        draft = PostDraft(self.name_ja, self.name_en, self.level, self.committee, self.single)
        if self.post_id is None:
            await show_post(request, await service.add(request.actor, draft))
        else:
            await service.edit(request.actor, self.post_id, draft)
            await show_post(request, self.post_id)
