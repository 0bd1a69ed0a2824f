"""The mark by which the bot knows its own message again: on a button, or in the footer as before."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ui import marks
from bot.ui.home import HomeButton
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Page


class SearchButton(RoutedButton, route="tests:search:{how}:{text:text}"):
    pass


class Menu(RoutedSelect, route="tests:menu"):
    pass


def sent(page: Page, mark: str) -> Any:
    """The message as Discord tells of it afterwards."""
    embed, view = page.embed(), page.view()
    marks.put(mark, embed, view)
    components = view.to_components() if view is not None else []
    rows = [discord.components._component_factory(one) for one in components]  # type: ignore[arg-type]
    return type("Message", (), {"embeds": [embed], "components": rows})()


@given(st.integers(1, 2**63 - 1), st.integers(1, 2**63 - 1))
def test_each_number_has_a_mark_of_its_own(one: int, other: int) -> None:
    first, second = marks.mark_of(one), marks.mark_of(other)
    assert int(first[1:], 36) == one
    assert (first == second) == (one == other)
    for page in (Page("お知らせ", footer="札幌"), Page("お知らせ", rows=[[HomeButton.make("ホーム")]])):
        assert marks.carries(sent(page, first), first)
        assert marks.carries(sent(page, first), second) == (one == other)


def test_the_footer_is_free_where_there_is_a_button() -> None:
    message = sent(Page("お知らせ", footer="札幌", rows=[[HomeButton.make("ホーム")]]), "#8w")
    assert message.embeds[0].footer.text == "札幌"
    assert [child.custom_id for child in message.components[0].children] == [f"#8w:{HomeButton.route}"]


@pytest.mark.parametrize(
    "row",
    [
        [discord.ui.Button(label="web", url="https://example.org")],
        [Menu.make("…", [discord.SelectOption(label="a")])],
        [SearchButton.make("…", how="x", text="あ" * 85)],
    ],
    ids=["link", "menu", "no room"],
)
def test_what_can_carry_no_mark_leaves_it_to_the_footer(row: list[Any]) -> None:
    message = sent(Page("お知らせ", footer="札幌", rows=[row]), "#8w")
    assert message.embeds[0].footer.text == "札幌  #8w"
    assert marks.carries(message, "#8w")


def test_a_message_of_before_is_known_by_its_footer_though_it_has_buttons() -> None:
    message = sent(Page("お知らせ", rows=[[HomeButton.make("ホーム")]]), "#8w")
    message.components[0].children[0].custom_id = HomeButton.route
    assert not marks.carries(message, "#8w")
    message.embeds[0].set_footer(text="札幌  #8w")
    assert marks.carries(message, "#8w")
    assert not marks.carries(message, "#w")


@given(st.text(max_size=60), st.from_regex(r"#[0-9a-z]{1,13}", fullmatch=True))
def test_a_marked_button_says_the_same(text: str, mark: str) -> None:
    """Whatever was typed into it, a mark of the same look included."""
    plain = SearchButton.custom_id_for(how="x", text=text)
    for custom_id in (plain, f"{mark}:{plain}"):
        found = SearchButton.__discord_ui_compiled_template__.fullmatch(custom_id)
        assert found is not None
        assert found["text"] == text
        assert marks.unmarked(custom_id) == plain
