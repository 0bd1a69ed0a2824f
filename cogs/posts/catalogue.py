"""The list of posts, and the page and form of each."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Any

from discord import SelectOption
from discord.utils import escape_markdown

from bot.errors import NotFound
from bot.features import Services
from bot.features.homes.facts import Facts
from bot.features.organisations.models import OrganisationKind
from bot.features.people.models import EVERYTHING, Level, Reach
from bot.features.people.rules import Right
from bot.features.posts.catalogue import NO_POST, PostCatalogueService, grantable, reaches
from bot.features.posts.values import PostDraft, PostEntry
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.choices import chosen_one
from bot.ui.committees import COMMITTEE_WORDS
from bot.ui.draft_forms import RowForm
from bot.ui.fields import Choice, Field, Text, or_none
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.opening import button_to, menu_to
from bot.ui.pages import Item, Page
from bot.ui.requests import MemberRequest

PER_PAGE = 25
LEVEL_WORDS = {Level.NATION: N_("The whole organisation"), Level.LC: N_("Each LC")}
_NONE = N_("none")
NEEDS_LOOK = N_(
    "Its permissions haven't been set, so it allows everything officers can do there. A national officer "
    "who can appoint others can set them."
)
RIGHT_WORDS = {
    EVERYTHING: N_("Everything"),
    Right.SEE_OFFICERS: N_("View national officers' terms"),
    Right.CHANGE_LC_STATE: N_("Change the status of an LC"),
    Right.ANSWER_FOR_LC: N_("Answer for the LC"),
    Right.EDIT_LC: N_("Edit the LC's names and contacts"),
    Right.APPOINT_LC: N_("Appoint LC officers"),
    Right.APPOINT_NATION: N_("Appoint national officers, set permissions of posts"),
    Right.SEE_LC_HISTORY: N_("View the history"),
    Right.CONFIRM_MEMBER: N_("Confirm members of the LC"),
    Right.SEE_DELIVERIES: N_("View undelivered messages"),
    Right.EDIT_DIRECTORY: N_("Edit posts, regions, useful links and the seal"),
    Right.BUILD_CHANNELS: N_("Create channels and roles"),
    Right.INVITE_LC_SERVER: N_("Create codes for LCs' own servers"),
    Right.KEEP_LC_SERVER: N_("Manage the LC's own server"),
    Right.USE_SHEETS: N_("Import and export sheets"),
    Right.ANNOUNCE_NATION: N_("Make announcements for the organisation"),
    Right.ANNOUNCE_LC: N_("Make announcements for the LC"),
    Right.READ_ANSWERS: N_("View everybody's answers"),
    Right.KEEP_FEES: N_("Manage fees"),
    Right.TICK_STAFF_STEPS: N_("Manage the Staff Internship"),
    Right.KEEP_PEOPLE: N_("Manage people's records"),
    Right.ENTER_PEOPLE: N_("Add people without an account"),
    Right.KEEP_TASKS: N_("Assign tasks to posts"),
    Right.ORGANISE: N_("Organise events"),
    Right.MAKE_EVENTS: N_("Create events"),
    Right.CHECK_IN: N_("Help at the check-in of an event"),
    Right.KEEP_SYMPOSIA: N_("Plan series and their speakers"),
}


class Group(StrEnum):
    """What rights are about: Discord's menus hold 25, so that they stand in a menu for each group."""

    LCS = "lcs"
    PEOPLE = "people"
    WORK = "work"


GROUP_WORDS = {
    Group.LCS: N_("LCs and servers"),
    Group.PEOPLE: N_("Posts, people and fees"),
    Group.WORK: N_("Announcements and everything else"),
}
#: All that aren't named are of the last group.
GROUPS = {
    **dict.fromkeys(
        [
            Right.CHANGE_LC_STATE,
            Right.ANSWER_FOR_LC,
            Right.EDIT_LC,
            Right.EDIT_DIRECTORY,
            Right.BUILD_CHANNELS,
            Right.INVITE_LC_SERVER,
            Right.KEEP_LC_SERVER,
        ],
        Group.LCS,
    ),
    **dict.fromkeys(
        [
            Right.SEE_OFFICERS,
            Right.APPOINT_LC,
            Right.APPOINT_NATION,
            Right.CONFIRM_MEMBER,
            Right.KEEP_FEES,
            Right.TICK_STAFF_STEPS,
            Right.KEEP_PEOPLE,
            Right.ENTER_PEOPLE,
        ],
        Group.PEOPLE,
    ),
}
REACH_WORDS = {
    Reach.PLACE: N_("Everywhere"),
    Reach.COMMITTEE: N_("For its committee only"),
    Reach.STAND_IN: N_("While the LC has no representative"),
}


async def show_post(request: MemberRequest, post_id: int) -> None:
    entry, page = await _entry(request, post_id)
    words = request.words
    single = words("One person at a time") if entry.is_single else words("Several people at a time")
    lines = [
        escape_markdown(words.either(entry.name_en, entry.name_ja)),
        words(LEVEL_WORDS[entry.level])
        + (f" ・ {words(COMMITTEE_WORDS[entry.committee])}" if entry.committee in COMMITTEE_WORDS else ""),
        single,
        words.plural("Held by {n} person today.", "Held by {n} people today.", entry.holders),
    ]
    if entry.is_built_in:
        lines.append(words("The bot relies on this post: it can be renamed, but not retired."))
    if entry.needs_look:
        lines.append(words(NEEDS_LOOK))
    if entry.is_retired:
        lines.append(
            words("Retired: nobody can be appointed any more. Current terms continue, and the history is kept.")
        )
    changing: list[Item] = [
        EditPostButton.make(words("Edit"), emoji="✏️", post_id=post_id),
        MovePostButton.make(words("Up"), emoji="⬆️", post_id=post_id, way="up"),
        MovePostButton.make(words("Down"), emoji="⬇️", post_id=post_id, way="down"),
    ]
    if reaches(entry) and request.actor.may(Right.APPOINT_NATION):
        changing.append(RightsButton.make(words("Permissions"), emoji="🔑", post_id=post_id))
    if not entry.is_built_in:
        label = words("Restore") if entry.is_retired else words("Retire")
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
    if entry.needs_look:
        return words("・{post}: {n} (please check its permissions)", post=name, n=entry.holders)
    return words("・{post}: {n}", post=name, n=entry.holders)


async def home_part(request: MemberRequest, _facts: Facts) -> HomePart:
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


EntrySelect = menu_to("posts:entry", show_post)


class NewButton(RoutedButton, route="posts:new"):
    async def act(self, request: MemberRequest) -> None:
        await request.services[PostCatalogueService].to_add(request.actor)  # checked before the form opens
        await PostForm(request, None).open(request.interaction)


class EditPostButton(RoutedButton, route="posts:edit:{post_id:int}"):
    async def act(self, request: MemberRequest, post_id: int) -> None:
        entry, _ = await _entry(request, post_id)
        await PostForm(request, entry).open(request.interaction)


class MovePostButton(RoutedButton, route="posts:move:{post_id:int}:{way}"):
    async def act(self, request: MemberRequest, post_id: int, way: str) -> None:
        _, page = await _entry(request, post_id)
        await request.services[PostCatalogueService].move(request.actor, post_id, up=way == "up")
        request.done = request.words("Saved.")
        await PostsButton.show(request, page)


class ReachButton(RoutedButton, route="posts:reach:{post_id:int}:{reach}"):
    async def act(self, request: MemberRequest, post_id: int, reach: str) -> None:
        await show_rights(request, post_id, chosen_one(Reach, reach))


async def show_rights(request: MemberRequest, post_id: int, reach: Reach | None = None) -> None:
    """The permissions of a post, and the menus of one reach: of the only one if there are no others."""
    entry, _ = await _entry(request, post_id)
    words, here = request.words, reaches(entry)
    open_one = here[0] if len(here) == 1 else reach if reach in here else None
    lines: list[str] = [words(LEVEL_WORDS[entry.level])]
    for one in here:
        given = [words(text) for right, text in RIGHT_WORDS.items() if (right, one) in entry.rights]
        lines.append(f"**{words(REACH_WORDS[one])}**: " + (", ".join(given) or words("none")))
    rows, last = list[list[Item]](), list[Item]()
    if open_one is not None:
        rows = _menus(entry, open_one, words)
        is_all = (EVERYTHING, open_one) in entry.rights
        label, emoji = (words("Choose one by one"), "☑️") if is_all else (words("Allow everything"), "✨")
        word = "no" if is_all else "yes"
        last.append(EverythingButton.make(label, emoji=emoji, post_id=post_id, reach=open_one, word=word))
        lines.append(words("“Everything” also covers permissions added later."))
    others = {one: words(REACH_WORDS[one]) for one in here if one is not open_one}
    last += [ReachButton.make(text, post_id=post_id, reach=one) for one, text in others.items()]
    last += [ShowButton.make(words("Back"), post_id=post_id), home_button(words)]
    title = words.either(entry.name_ja, entry.name_en)
    await request.show(Page(title=title, text="\n".join(lines), rows=[*rows, last]))


def _menus(entry: PostEntry, reach: Reach, words: Words) -> list[list[Item]]:
    """A menu for each group of what can be allowed there; none where everything is."""
    rows: list[list[Item]] = []
    for group, text in GROUP_WORDS.items() if (EVERYTHING, reach) not in entry.rights else ():
        options = [
            SelectOption(label=words(RIGHT_WORDS[right]), value=right, default=(right, reach) in entry.rights)
            for right in group_of(entry.level, group)
        ]
        if options:
            most, label = len(options), f"{words(text)} ({words(REACH_WORDS[reach])})"
            where: dict[str, Any] = {"post_id": entry.post_id, "reach": reach, "group": group}
            rows.append([AllowSelect.make(label, options, min_values=0, max_values=most, **where)])
    return rows


RightsButton = button_to("posts:rights:{post_id:int}", show_rights)


def group_of(level: Level, group: Group) -> list[Right]:
    """The rights of a group that a post of a level can allow, in their order."""
    possible = grantable(level)
    return [one for one in Right if one in possible and GROUPS.get(one, Group.WORK) is group]


class AllowSelect(RoutedSelect, route="posts:allow:{post_id:int}:{reach}:{group}"):
    async def act(self, request: MemberRequest, chosen: list[str], post_id: int, reach: str, group: str) -> None:
        how_far, among = chosen_one(Reach, reach), [one for one in Right if GROUPS.get(one, Group.WORK) == group]
        await request.services[PostCatalogueService].allow(request.actor, post_id, how_far, chosen, among)
        request.done = request.words("Saved.")
        await show_rights(request, post_id, how_far)


class EverythingButton(RoutedButton, route="posts:everything:{post_id:int}:{reach}:{word}"):
    """Everything, or no longer: then each of today's rights is ticked, so that nobody is locked out by pressing it."""

    async def act(self, request: MemberRequest, post_id: int, reach: str, word: str) -> None:
        how_far, (entry, _) = chosen_one(Reach, reach), await _entry(request, post_id)
        rights = {EVERYTHING} if word == "yes" else grantable(entry.level) - {EVERYTHING}
        await request.services[PostCatalogueService].allow(request.actor, post_id, how_far, rights)
        request.done = request.words("Saved.")
        await show_rights(request, post_id, how_far)


ShowButton = button_to("posts:show:{post_id:int}", show_post)


class RetireButton(RoutedButton, route="posts:retire:{post_id:int}:{word}"):
    async def act(self, request: MemberRequest, post_id: int, word: str) -> None:
        await request.services[PostCatalogueService].retire(request.actor, post_id, retired=word == "yes")
        request.done = request.words("Retired.") if word == "yes" else request.words("Restored.")
        await show_post(request, post_id)


class PostForm(RowForm[PostDraft], route="posts:form"):
    """A post's names, and what else of it may change; of a built-in one, the names alone."""

    titles = N_("New post"), N_("Edit post")
    name_ja = Text(N_("Name in Japanese"), 60, required=False)
    name_en = Text(N_("Name in English"), 60, hint=N_("One of the two names is enough"), required=False)
    level = Choice(
        N_("Level"),
        LEVEL_WORDS,
        hint=N_("A post of the whole organisation gives the permissions of a national officer"),
    )
    committee = Choice(N_("Standing committee"), or_none(_NONE, COMMITTEE_WORDS))
    is_single = Choice(
        N_("Number of people"), {False: N_("Several people at a time"), True: N_("One person at a time")}
    )

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
            shown += [committee, PostForm.is_single]
        kept = PostDraft("", "", Level.LC, None, False) if entry is None else entry
        super().__init__(words, kept, entry.post_id if entry else None, shown)

    def service(self, services: Services) -> PostCatalogueService:
        return services[PostCatalogueService]

    async def show(self, request: MemberRequest, row_id: int) -> None:
        await show_post(request, row_id)
