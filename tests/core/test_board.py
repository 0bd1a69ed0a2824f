"""A list says what stands on a page; the rest is the same for all of them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.i18n import words_for
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Page, Rows, custom_id_of
from bot.ui.paging import BARE, BY_TIME, PLAIN, USUAL, Look, TurningButton
from tests.wire.crawling import import_cogs, subclasses


class Chosen(RoutedSelect, route="board_test:chosen"):
    pass


class Places(Board, route="board_test:places:{lc_id:int}"):
    """``in_last_row``: where the buttons to turn stand."""

    names: tuple[str, ...] = ()
    in_last_row = False
    beside: Rows = ()

    @classmethod
    async def show(cls, request: Any, lc_id: int, page: int = 0) -> None:
        found = part_of(cls.names, page, 2)
        await cls.lay_out(
            request,
            found,
            title="Places",
            note="Done.",
            above=["Above"],
            line=lambda one, _words: one,
            empty="Add one with /place.",
            below=["Below"],
            menus=[[Chosen.make("Which?", [option(one, one) for one in found])]],
            last=[Chosen.make("Other", [option("x", "x")])],
            beside=cls.beside,
            in_last_row=cls.in_last_row,
            lc_id=lc_id,
        )


class Marked(Board, route="board_test:marked:{page:int}:{text:text}"):
    pass


class Asked:
    """Stands for a request, and keeps what it was answered with."""

    def __init__(self) -> None:
        self.words = words_for("en")
        self.pages: list[Page] = []

    async def show(self, page: Page) -> None:
        self.pages.append(page)


async def _shown(names: str, page: int = 0, **values: Any) -> Page:
    class Some(Places, route="board_test:some:{lc_id:int}"):
        pass

    Some.names = tuple(names)
    Some.in_last_row, Some.beside = values.pop("in_last_row", False), values.pop("beside", ())
    Some.look = values.pop("look", USUAL)
    asked = Asked()
    await Some.make("Open", lc_id=7, page=page).act(asked, lc_id=7, page=page)
    return asked.pages[0]


def _ids(page: Page) -> list[list[str | None]]:
    return [[custom_id_of(item) for item in row] for row in page.rows if row]


async def test_one_page_has_no_number_and_nothing_to_turn() -> None:
    page = await _shown("ab")
    assert (page.title, page.text) == ("Places", "Done.\nAbove\na\nb\nBelow")
    assert _ids(page) == [["board_test:chosen"], ["board_test:chosen", "homes:open"]]


async def test_more_pages_have_numbers_and_are_turned_with_the_values_of_the_route() -> None:
    page = await _shown("abcde", 1)
    assert (page.title, page.text) == ("Places (page 2 of 3)", "Done.\nAbove\nc\nd\nBelow")
    turn = ["board_test:some:7:0", "board_test:some:7:2"]
    assert _ids(page) == [["board_test:chosen"], turn, ["board_test:chosen", "homes:open"]]
    page = await _shown("abcde", 1, in_last_row=True)
    assert _ids(page) == [["board_test:chosen"], [*turn, "board_test:chosen", "homes:open"]]


@pytest.mark.parametrize(
    ("look", "page", "title", "footer", "turn"),
    [
        (PLAIN, 1, "Places", "", [("Previous", "◀️", False), ("Next", "▶️", False)]),
        (BARE, 0, "Places", "Page 1 of 3", [("◀", None, True), ("▶", None, False)]),
        (BY_TIME, 0, "Places", "", [("Older", "▶️", False)]),
        (BY_TIME, 1, "Places", "", [("Newer", "◀️", False), ("Older", "▶️", False)]),
        (BY_TIME, 2, "Places", "", [("Newer", "◀️", False)]),
    ],
)
async def test_a_list_is_turned_as_it_looks(
    look: Look, page: int, title: str, footer: str, turn: list[tuple[str, str | None, bool]]
) -> None:
    shown = await _shown("abcde", page, look=look)
    buttons = [getattr(item, "item") for item in shown.rows[1]]  # noqa: B009
    assert (shown.title, shown.footer) == (title, footer)
    assert [(one.label, str(one.emoji) if one.emoji else None, one.disabled) for one in buttons] == turn


async def test_what_stands_beside_a_list_is_there_without_rows() -> None:
    for names, first in (("abc", 2), ("", 0)):
        page = await _shown(names, beside=[[Chosen.make("Beside", [option("x", "x")])]])
        rows = [row for row in page.rows if row]
        assert [getattr(item, "item").placeholder for item in rows[first]] == ["Beside"]  # noqa: B009


async def test_past_the_end_is_the_last_page() -> None:
    page = await _shown("abcde", 10**6)
    assert (page.title, page.text) == ("Places (page 3 of 3)", "Done.\nAbove\ne\nBelow")
    assert [getattr(item, "item").disabled for item in page.rows[1]] == [False, True]  # noqa: B009


async def test_an_empty_list_says_what_to_do_and_has_no_menu() -> None:
    page = await _shown("")
    assert page.text == "Done.\nAbove\nAdd one with /place.\nBelow"
    assert _ids(page) == [["board_test:chosen", "homes:open"]]


@pytest.mark.parametrize(
    ("kind", "values", "custom_id"),
    [
        (Places, {"lc_id": 7}, "board_test:places:7"),
        (Places, {"lc_id": 7, "page": 0}, "board_test:places:7:0"),
        (Places, {"lc_id": 7, "page": 3}, "board_test:places:7:3"),
        (Marked, {"page": 3, "text": "東:1"}, "board_test:marked:3:東:1"),
    ],
)
async def test_a_button_leads_to_the_page_that_it_names(
    kind: type[Board], values: dict[str, Any], custom_id: str
) -> None:
    button = kind.make("Open", **values)
    assert button.custom_id == custom_id
    match = kind.__discord_ui_compiled_template__.fullmatch(custom_id)
    assert match is not None
    found: Any = None
    assert (await kind.from_custom_id(found, button.item, match)).values == values


async def test_a_value_that_the_route_does_not_have_is_noticed_on_the_first_page() -> None:
    with pytest.raises(AssertionError, match="board_test:places"):
        Places.turning(part_of("a", 0, 2), words_for("en"), lc=7)


def test_no_page_of_a_list_is_somebody_elses_button() -> None:
    """discord.py calls everyone whose route fits."""
    import_cogs()
    buttons = [one for one in subclasses(RoutedButton) if one.route and one.__module__.startswith(("bot.", "cogs."))]
    boards = [one for one in buttons if issubclass(one, TurningButton)]
    assert boards
    for board in boards:
        filled = re.sub(r"\{\w+(:int|:text)?\}", "1", board.route)
        for custom_id in (filled, f"{filled}:1"):
            fitting = [one for one in buttons if one.__discord_ui_compiled_template__.fullmatch(custom_id)]
            assert fitting in ([board], []), custom_id
