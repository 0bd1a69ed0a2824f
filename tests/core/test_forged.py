"""What no menu of ours ever offered, sent to every menu and every button that there is."""

from __future__ import annotations

import re
from typing import Any

import pytest
import simcord

from bot.ui.items import Routed, RoutedButton, RoutedSelect, offered
from tests.support.simulated import forge_choice
from tests.support.worlds import World, page_text, shown, text_of
from tests.wire.crawling import routes, subclasses


def _filled(route: str, number: str = "1") -> str:
    """An id for a route that has ids and words: the first thing of its kind, and a word that there isn't."""
    return re.sub(r"\{\w+:text\}", "", re.sub(r"\{\w+\}", "forged", re.sub(r"\{\w+:int\}", number, route)))


def _fitting(route: str, number: str) -> str:
    """With as many of the digits as fit: Discord takes 100 characters."""
    return next(one for n in range(len(number), 0, -1) if len(one := _filled(route, number[:n])) <= 100)


def _routes_of(kind: type[Routed]) -> list[str]:
    known = routes()
    return sorted({one.route for one in subclasses(kind)} & known.keys())


async def _begin(world: World) -> tuple[simcord.MemberActor, Any]:
    """A national officer, and a private message to them."""
    server = world.server()
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    return officer, shown(await officer.slash(server.channel, "home"))


def _put(world: World, message: Any, item: dict[str, Any]) -> None:
    """Have one thing to press on the message."""
    kept = world.env.backend.get_message(message.channel_id, message.id)
    kept.components = [{"type": 1, "id": 1, "components": [{"id": 2, **item}]}]


@pytest.mark.parametrize("value", ["abc", "9" * 40, "１", "*"])
async def test_every_menu_says_so_when_it_gets_what_is_no_choice(world: World, value: str) -> None:
    """A forger of the menu's own value, too, reads what is wrong, and no number of an error."""
    officer, message = await _begin(world)
    for route in _routes_of(RoutedSelect):
        custom_id = _filled(route)
        own = offered(custom_id, value)
        menu = {"type": 3, "custom_id": custom_id, "options": [{"label": "forged", "value": own}]}
        _put(world, message, menu)
        answered = await officer.select(message, custom_id=custom_id, values=[own])
        assert answered.modal or page_text(answered.response or message), route


async def test_every_menu_refuses_what_an_older_message_of_it_sends(world: World) -> None:
    officer, message = await _begin(world)
    for route in _routes_of(RoutedSelect):
        custom_id = _filled(route)
        for value in ("1", offered("another:menu", "1")):
            menu = {"type": 3, "custom_id": custom_id, "options": [{"label": "old", "value": value}]}
            _put(world, message, menu)
            answered = await officer.select(message, custom_id=custom_id, values=[value])
            assert "もう使えません" in text_of(answered), route


async def test_no_form_takes_a_choice_that_it_never_had(world: World) -> None:
    server = world.server()
    admin = server.admin()
    form = await admin.click(shown(await admin.slash(server.channel, "setup")), custom_id="setups:create")
    forge_choice(form, "start", "forged")
    filled = {
        "name_ja": "例",
        "name_en": "",
        "start": ["forged"],
        "officers": [admin],
        "term": "2025-04-01 ~ 2026-03-31",
    }
    assert "選択肢にない値です" in text_of(await admin.submit_modal(form, filled))


@pytest.mark.parametrize("number", ["1", "9" * 19])
async def test_no_button_takes_an_id_or_a_word_that_it_never_had(world: World, number: str) -> None:
    officer, message = await _begin(world)
    asked = r"\{\w+\}" if number == "1" else r"\{\w+:int\}"
    found = [route for route in _routes_of(RoutedButton) if re.search(asked, route)]
    assert found
    for route in found:
        custom_id = _fitting(route, number)
        button = {"type": 2, "style": 2, "label": "forged", "custom_id": custom_id}
        _put(world, message, button)
        answered = await officer.click(message, custom_id=custom_id)
        assert answered.modal or page_text(answered.response or message), route
