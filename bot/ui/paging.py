"""Turning the pages of a list."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, NamedTuple

from bot.i18n import N_, Words
from bot.paging import Part
from bot.ui.items import RoutedButton
from bot.ui.pages import Item

#: Instead of what was pressed for all on a page, if it would be about others by now.
CHANGED = N_("The list has changed. Please check it again.")


class Look(NamedTuple):
    """How a list is turned. ``has_ends``: a button that leads nowhere is there, and can't be pressed. ``number``: where
    that of the page stands."""

    back: str
    on: str
    signs: tuple[str | None, str | None] = ("◀️", "▶️")
    has_ends: bool = True
    number: Literal["title", "footer", "nowhere"] = "nowhere"


PLAIN = Look(N_("Previous"), N_("Next"))
USUAL = PLAIN._replace(number="title")
BARE = Look("◀", "▶", (None, None), number="footer")
#: The latest first.
BY_TIME = Look(N_("Newer"), N_("Older"), has_ends=False)


class TurningButton(RoutedButton):
    """Leads to a page of a list, and turns it. The number of the page stands where the route says ``{page:int}``. Where
    it doesn't say so, a number may follow; without one it is the first page."""

    look: ClassVar[Look] = USUAL

    def __init_subclass__(cls, *, route: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(route=route, page_at_end="{page:int}" not in route, **kwargs)

    @classmethod
    def custom_id_for(cls, **values: Any) -> str:
        first = super().custom_id_for(**values)
        return first if "{page:int}" in cls.route or "page" not in values else f"{first}:{values['page']}"

    @classmethod
    async def show(cls, request: Any, *_args: Any, **_kwargs: Any) -> None:
        """Answer with a page of the list; parameters of the route come as keywords."""
        raise NotImplementedError

    async def act(self, request: Any, **values: Any) -> None:
        await self.show(request, **values)

    @classmethod
    def turning(cls, found: Part[Any], words: Words, **values: Any) -> list[Item]:
        """The buttons back and on, none if all is on one page. ``values``: those of the route, apart from the page."""
        assert {*values, "page"} == {*cls._readers}, f"{cls.route} with {[*values]}"
        if found.pages <= 1:
            return []
        buttons = list[Item]()
        for label, sign, page in zip(cls.look[:2], cls.look.signs, (found.page - 1, found.page + 1), strict=True):
            is_end = not 0 <= page < found.pages
            if cls.look.has_ends or not is_end:
                buttons.append(cls.make(words(label), emoji=sign, disabled=is_end, page=max(page, 0), **values))
        return buttons
