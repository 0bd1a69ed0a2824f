"""A list that is turned page by page.

A list is one class. It says what stands on a page, and is itself the button that leads to one::

    class DraftsButton(Board, route="announcements:drafts"):
        @classmethod
        async def show(cls, request: MemberRequest, page: int = 0) -> None:
            words = request.words
            found = await request.services[ListService].drafts(request.actor, page)
            options = [option(one.title, one.announcement_id) for one in found]
            await cls.lay_out(
                request,
                found,
                title=words("Drafts"),
                line=lambda one, words: f"**{one.title}** {words(STATE_WORDS[one.state])}",
                empty=words("No drafts."),
                menus=[[DraftSelect.make(words("Choose a draft"), options)]],
            )

    await DraftsButton.show(request)          # from a command, or after something was done
    DraftsButton.make(words("Drafts"))        # a button to it: custom_id "announcements:drafts"
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from discord import SelectOption

from bot.i18n import Words
from bot.paging import Part
from bot.ui.home import home_button
from bot.ui.pages import Document, Item, Page, Rows
from bot.ui.paging import TurningButton
from bot.ui.requests import Request

T = TypeVar("T")


class Board(TurningButton):
    """A list that is a page of its own. One that is a part of another page is a ``TurningButton``."""

    @classmethod
    async def lay_out(
        cls,
        request: Request,
        found: Part[T],
        *,
        title: str,
        note: str = "",
        above: Sequence[str] = (),
        line: Callable[[T, Words], str] | None = None,
        empty: str = "",
        below: Sequence[str] = (),
        fields: Sequence[tuple[str, str, bool]] = (),
        menus: Rows = (),
        beside: Rows = (),
        last: Sequence[Item] = (),
        in_last_row: bool = False,
        documents: Sequence[Document] = (),
        footer: str = "",
        **values: Any,
    ) -> None:
        """Answer with the page and the way home. If there are several pages, the number stands where the ``look`` says.

        Its text is ``note``, a word about what just happened; lines ``above``; a ``line`` for each row, or ``empty``,
        which says what to do next; lines ``below``. Its components are ``menus`` over the rows, if there are any; the
        buttons to turn; ``beside``, which is there without rows, too; and ``last`` with the way home. The buttons to
        turn have a row of their own unless they stand ``in_last_row``. ``values`` are those of the route, apart from
        the page.
        """
        words = request.words
        turn = cls.turning(found, words, **values)
        told = [line(one, words) for one in found] if line else []
        if not found and empty:
            told = [empty]
        text = [*([note] if note else []), *above, *told, *below]
        end = [*last, home_button(words)]
        rows = [*(menus if found else ()), *([*beside, [*turn, *end]] if in_last_row else [turn, *beside, end])]
        if cls.look.number == "title":
            title = numbered(title, found, words)
        elif cls.look.number == "footer" and found.pages > 1:
            footer = words("Page {page} of {pages}", page=found.page + 1, pages=found.pages)
        page = Page(title, "\n".join(text), fields=fields, rows=rows, documents=documents, footer=footer)
        await request.show(page)


def numbered(title: str, found: Part[Any], words: Words) -> str:
    """The title, with the number of the page if there are several."""
    if found.pages <= 1:
        return title
    return title + words(" (page {page} of {pages})", page=found.page + 1, pages=found.pages)


def option(label: str, value: object, description: str = "") -> SelectOption:
    """What a menu offers. Discord shows 100 characters of each text."""
    return SelectOption(label=label[:100], value=str(value), description=description[:100] or None)
