"""ホーム: what waits for me and what I can do. Each cog adds its part; none knows the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from enum import Enum

from discord import ButtonStyle

from bot.features.homes.facts import Fact, FactKind, Facts
from bot.features.homes.service import HomeService
from bot.features.people.rules import Right
from bot.i18n import N_, Words
from bot.paging import part_of
from bot.ui.items import RoutedButton
from bot.ui.pages import Item, Page, Rows, each_once, in_rows
from bot.ui.paging import TurningButton
from bot.ui.replies import HOME_STEP
from bot.ui.requests import MemberRequest, host


class Whose(Enum):
    """For whom something waits: what stands under one heading."""

    ME = N_("For you")
    LC = N_("For your LC")
    NATION = N_("For the national officers")


@dataclass(frozen=True, slots=True)
class HomeLine:
    """Something that waits, or that one can do, with the button that leads there. ``beside``: other answers to it."""

    text: str
    button: Item | None = None
    whose: Whose = Whose.ME
    beside: Sequence[Item] = ()


@dataclass(frozen=True, slots=True)
class HomePart:
    """``waiting``: what needs this person. ``ideas``: what they can do this week. ``actions``: pages that they use.

    ``more``: settings, behind one button. ``managing``: what national officers do now and then, behind another. One
    alone stands on home itself.
    """

    about_me: Sequence[str] = ()
    waiting: Sequence[HomeLine] = ()
    ideas: Sequence[HomeLine] = ()
    actions: Sequence[Item] = ()
    more: Sequence[Item] = ()
    managing: Sequence[Item] = ()


def by_reader(facts: Sequence[Fact], own: Collection[int]) -> dict[Whose, int]:
    """The counts of LCs, as they wait for the reader: those of their ``own`` LCs, and those that they decide on for the
    nation. None is 0."""
    counts = Counter[Whose]()
    for one in facts:
        counts[Whose.LC if one.lc_id in own else Whose.NATION] += one.n or 0
    return {whose: counts[whose] for whose in Whose if counts[whose]}


Contributor = Callable[[MemberRequest, Facts], Awaitable[HomePart]]


@dataclass(slots=True)
class Home:
    """The parts, in the order of their positions."""

    _contributors: list[tuple[int, Contributor]] = field(default_factory=list)
    kinds: list[FactKind] = field(default_factory=list)
    #: What other features add to the card of /me.
    card_items: list[Callable[[Words], Item]] = field(default_factory=list)
    #: What stands beside "Home" on the pinned panel: made of the words of the server and those of the other language.
    panel_items: list[Callable[[Words, Words], Item]] = field(default_factory=list)

    def contribute(self, position: int, contributor: Contributor, *kinds: FactKind) -> None:
        """``kinds``: the facts that the part needs. All parts' facts are read by one statement, each of them once."""
        self._contributors.append((position, contributor))
        self._contributors.sort(key=lambda pair: pair[0])
        self.kinds += [one for one in kinds if one not in self.kinds]

    async def page(self, request: MemberRequest, part_shown: int = 0) -> Page:
        """``part_shown``: which page of its buttons, if somebody may do more than a message has room for."""
        parts = await self._parts(request)
        words, organisation = request.words, request.actor.organisation
        waiting = [line for part in parts for line in part.waiting]
        ideas = [line for part in parts for line in part.ideas]
        actions: list[Item] = [item for part in parts for item in part.actions]
        actions += _behind(
            [item for part in parts for item in part.managing], ManageButton.make(words("Management"), emoji="🧭")
        )
        actions += _behind(
            [item for part in parts for item in part.more], MoreButton.make(words("Settings and more"), emoji="⚙️")
        )
        fields = [
            (words(whose.value), _listed([line for line in waiting if line.whose is whose]), False) for whose in Whose
        ]
        fields.append((words("This week you can"), _listed(ideas), False))
        shown = [one for one in fields if one[1]]
        buttons = [item for line in (*waiting, *ideas) for item in (line.button, *line.beside) if item is not None]
        return Page(
            title=words("Home"),
            text="\n".join(
                [
                    f"**{words.either(organisation.name_ja, organisation.name_en)}**",
                    *(line for part in parts for line in part.about_me),
                ]
            ),
            fields=shown or [(words("For you"), words("Nothing is waiting for you right now."), False)],
            rows=_rows_of([*buttons, *actions], part_shown, HomePageButton, words),
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
            text=words("What national officers look after. More is in the commands that begin with /manage."),
            rows=_rows_of(items, number, ManagePageButton, words, [home_button(words)]),
        )

    async def more_page(self, request: MemberRequest) -> Page:
        items = [item for part in await self._parts(request) for item in part.more]
        return Page(title=request.words("Settings and more"), rows=[*in_rows(items), [home_button(request.words)]])

    async def _parts(self, request: MemberRequest) -> list[HomePart]:
        facts = await request.services[HomeService].facts(request.actor, self.kinds)
        return [await contributor(request, facts) for _, contributor in self._contributors]


def _behind(items: Sequence[Item], button: Item) -> Sequence[Item]:
    """The button to a page with these, or the only one itself: nobody opens a page for one button."""
    return [button] if len(items) > 1 else items


def _listed(lines: Sequence[HomeLine]) -> str:
    """Each line begins with the sign of its button."""
    return "\n".join(dict.fromkeys(f"{_sign(line.button)}{line.text}" for line in lines))


def _sign(button: Item | None) -> str:
    emoji = getattr(getattr(button, "item", button), "emoji", None)
    return f"{emoji} " if emoji else "・"


def _rows_of(
    items: Sequence[Item], number: int, turner: type[TurningButton], words: Words, last: Sequence[Item] = ()
) -> Rows:
    """Four rows of buttons a page, and a row to turn the pages; five if that is all."""
    items = each_once(items)
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


class MoreButton(RoutedButton, route="homes:more"):
    async def act(self, request: MemberRequest) -> None:
        await request.show(await host(request.interaction).home.more_page(request))


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
