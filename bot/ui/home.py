"""ホーム: what waits for me and what I can do. Each cog adds its part; none knows the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from discord import ButtonStyle

from bot.features.people.rules import Right
from bot.i18n import Words
from bot.paging import part_of
from bot.ui.items import RoutedButton
from bot.ui.pages import Item, Page, Rows, in_rows
from bot.ui.paging import TurningButton
from bot.ui.replies import HOME_STEP
from bot.ui.requests import MemberRequest, host


@dataclass(frozen=True, slots=True)
class HomePart:
    """``waiting``: lines about what needs this person. ``actions``: only what this person may do.

    ``managing``: the same, of what national officers do now and then; one button leads to all of it.
    """

    waiting: Sequence[str] = ()
    about_me: Sequence[str] = ()
    actions: Sequence[Item] = ()
    managing: Sequence[Item] = ()


Contributor = Callable[[MemberRequest], Awaitable[HomePart]]


@dataclass(slots=True)
class Home:
    """The parts, in the order of their positions."""

    _contributors: list[tuple[int, Contributor]] = field(default_factory=list)
    #: What other features add to the card of /me.
    card_items: list[Callable[[Words], Item]] = field(default_factory=list)
    #: What stands beside "Home" on the pinned panel: made of the words of the server and those of the other language.
    panel_items: list[Callable[[Words, Words], Item]] = field(default_factory=list)

    def contribute(self, position: int, contributor: Contributor) -> None:
        self._contributors.append((position, contributor))
        self._contributors.sort(key=lambda pair: pair[0])

    async def page(self, request: MemberRequest, part_shown: int = 0) -> Page:
        """``part_shown``: which page of its buttons, if somebody may do more than a message has room for."""
        parts = await self._parts(request)
        words, organisation = request.words, request.actor.organisation
        about = [line for part in parts for line in part.about_me]
        waiting = [line for part in parts for line in part.waiting]
        actions: list[Item] = []
        last = max((number for number, part in enumerate(parts) if part.managing), default=-1)
        for number, part in enumerate(parts):
            if number == last:
                actions.append(ManageButton.make(words("Management"), emoji="🧭"))
            actions += part.actions
        nothing = words("Nothing is waiting for you just now.")
        return Page(
            title=words("Home"),
            text=f"**{words.either(organisation.name_ja, organisation.name_en)}**\n" + "\n".join(about),
            fields=[(words("Waiting for you"), "\n".join(f"・{line}" for line in waiting) or nothing, False)],
            rows=_rows_of(actions, part_shown, HomePageButton, words),
        )

    async def managing_page(self, request: MemberRequest, number: int = 0) -> Page:
        """What national officers do now and then.

        Raises:
            NotAllowed: the reader is none, or no longer.
        """
        items = [item for part in await self._parts(request) for item in part.managing]
        if not items:
            request.actor.require(Right.EDIT_DIRECTORY)
        words = request.words
        return Page(
            title=words("Management"),
            text=words("The state of an LC: /manage lc. A code for an LC's own server: /manage server-code."),
            rows=_rows_of(items, number, ManagePageButton, words, [home_button(words)]),
        )

    async def _parts(self, request: MemberRequest) -> list[HomePart]:
        return [await contributor(request) for _, contributor in self._contributors]


def _rows_of(
    items: Sequence[Item], number: int, turner: type[TurningButton], words: Words, last: Sequence[Item] = ()
) -> Rows:
    """Four rows of buttons a page, and a row to turn the pages; five if that is all."""
    if len(items) + 5 * bool(last) <= 25:
        return [*in_rows(items), last]
    part = part_of(items, number, 20)
    return [*in_rows(part), [*turner.turning(part, words), *last]]


class HomeButton(RoutedButton, route=HOME_STEP.custom_id):
    """The way home from anywhere, and the button of the pinned panel."""

    async def act(self, request: MemberRequest) -> None:
        await request.show(await host(request.interaction).home.page(request))


class HomePageButton(TurningButton, route="homes:page:{page:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int) -> None:
        await request.show(await host(request.interaction).home.page(request, page))


class ManagePageButton(TurningButton, route="homes:manage:{page:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, page: int) -> None:
        await request.show(await host(request.interaction).home.managing_page(request, page))


class ManageButton(RoutedButton, route="homes:manage"):
    async def act(self, request: MemberRequest) -> None:
        await request.show(await host(request.interaction).home.managing_page(request))


def home_button(words: Words) -> HomeButton:
    return HomeButton.make(words(HOME_STEP.label), emoji="🏠")


def panel_page(name: str, words: Words, other: Words, items: Sequence[Callable[[Words, Words], Item]] = ()) -> Page:
    """The pinned message of a server: in its own language, with a line for readers of the other."""
    return Page(
        title=name,
        text="\n".join(
            [
                words("Press the button to see what waits for you and what you can do. Only you will see it."),
                other("Press the button to see what waits for you and what you can do. Only you will see it."),
            ]
        ),
        rows=[
            [
                HomeButton.make(
                    f"{words(HOME_STEP.label)} / {other(HOME_STEP.label)}", emoji="🏠", style=ButtonStyle.primary
                ),
                *(make(words, other) for make in items),
            ]
        ],
    )
