"""What is offered while somebody types, and what a menu holds."""

from __future__ import annotations

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import words_for
from bot.ui.completing import MOST, fitting
from bot.ui.lengths import some
from cogs.regions.views import EntrySelect

NAMES = st.lists(st.text("あいuU1 ", min_size=1, max_size=6).map(str.strip).filter(bool), unique_by=str.casefold)


@given(NAMES, st.text("あいuU1 ", max_size=4))
def test_who_types_on_comes_to_everything(names: list[str], typed: str) -> None:
    named = [(name, str(place)) for place, name in enumerate(names)]
    offered = fitting(named, typed)
    assert len(offered) <= MOST
    assert all(typed.strip().casefold() in one.name.casefold() for one in offered)
    for name, value in named:
        assert fitting(named, name)[0].value == value


def test_all_is_looked_through_before_the_first_are_taken() -> None:
    named = [(f"大学{n}", str(n)) for n in range(60)]
    assert [one.value for one in fitting(named, "59")] == ["59"]
    assert [one.value for one in fitting(named, "")] == [str(n) for n in range(25)]


def test_a_menu_leaves_no_option_out() -> None:
    def menu(count: int) -> None:
        EntrySelect.make("?", [discord.SelectOption(label=str(n)) for n in range(count)])

    menu(25)
    with pytest.raises(AssertionError, match="26 options"):
        menu(26)


def test_of_names_that_are_left_out_the_number_is_said() -> None:
    words = words_for("en")
    assert some(["a", "b", "c"], 3, ", ", words) == "a, b, c"
    assert some(["a", "b", "c"], 1, ", ", words) == "a and 2 more"
