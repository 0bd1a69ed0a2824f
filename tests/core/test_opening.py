"""Buttons and menus that only open something (``bot.ui.opening``)."""

from __future__ import annotations

import sys
from typing import Any

from bot.ui.items import Routed
from bot.ui.opening import button_to, menu_to
from tests.wire.crawling import routes, subclasses


async def page(*_values: Any) -> None: ...


def test_they_are_components_of_the_module_of_what_they_open() -> None:
    button, menu = button_to("test_opening:page:{number:int}", page), menu_to("test_opening:pages", page)
    assert (button.__module__, menu.__module__) == (__name__, __name__)
    assert button.custom_id_for(number=7) == "test_opening:page:7"


def test_each_component_is_where_the_bot_looks_for_it() -> None:
    """``Host.add_items`` goes by what a module defines. One that opens something of another would be lost."""
    known = routes()
    for one in subclasses(Routed):
        if one.route in known and one.__module__.startswith("cogs."):
            assert one in vars(sys.modules[one.__module__]).values(), one.route
