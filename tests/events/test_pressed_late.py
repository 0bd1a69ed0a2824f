"""Every button of an event and of its sign-up, pressed when it is no longer what it was."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import simcord
from sqlalchemy import select

from bot.db import fetch
from bot.features.events.models import Event
from bot.features.signups.models import Party, SignUp
from bot.ui.items import RoutedButton, RoutedSelect, offered
from tests.events.test_slash import post, write
from tests.support.members import join
from tests.support.worlds import Server, World, page_text, shown
from tests.wire.crawling import routes, subclasses

FAULT = "こちらの不具合"
#: What an event's own buttons have in place of numbers and words.
WORDS = {"which": "mine", "word": "yes", "version": "1", "yes": "1"}


async def _cancelled(world: World, server: Server, officer: simcord.MemberActor) -> None:
    page = await post(server, officer)
    page = await officer.click(shown(page), label="主催者メニュー")
    page = await officer.click(shown(page), label="その他")
    form = await officer.click(shown(page), label="イベントを中止する")
    await officer.submit_modal(form, {"reason": "台風のため"})


async def _over(world: World, server: Server, officer: simcord.MemberActor) -> None:
    await post(server, officer)
    await world.env.advance_time(60 * 60 * 24 * 20)


async def _discarded(world: World, server: Server, officer: simcord.MemberActor) -> None:
    preview = await write(server, officer)
    await officer.click(shown(preview), label="破棄")


async def _ids(world: World) -> dict[str, str]:
    async with world.bot.database.reading() as connection:
        found = {
            "event_id": await fetch(connection, select(Event.id)),
            "signup_id": await fetch(connection, select(SignUp.id)),
            "party_id": await fetch(connection, select(Party.id)),
        }
    return {name: str(rows[0].id if rows else 1) for name, rows in found.items()}


@pytest.mark.parametrize("what", [_cancelled, _over, _discarded])
async def test_each_press_has_a_clear_answer(
    world: World, what: Callable[[World, Server, simcord.MemberActor], Awaitable[None]]
) -> None:
    server = world.server()
    officer, stranger = server.person("officer"), server.person("stranger")
    await server.set_up(server.admin(), officers=[officer])
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    await what(world, server, officer)
    known = routes()
    values = WORDS | await _ids(world)
    for person in (officer, stranger):
        message = shown(await person.slash(server.channel, "home"))
        for kind in (RoutedButton, RoutedSelect):
            for route in sorted({one.route for one in subclasses(kind)} & known.keys()):
                if not route.startswith(("events:", "signups:")):
                    continue
                custom_id = re.sub(r"\{(\w+)(?::\w+)?\}", lambda one: values.get(one.group(1), "1"), route)
                answered = await _press(world, person, message, kind, custom_id)
                if answered.modal is None:
                    said = page_text(answered.response) if answered.response else page_text(message)
                    assert FAULT not in said, (person, custom_id, said)


async def _press(world: World, person: Any, message: Any, kind: type[Any], custom_id: str) -> Any:
    kept = world.env.backend.get_message(message.channel_id, message.id)
    if kind is RoutedButton:
        item: dict[str, Any] = {"type": 2, "style": 2, "label": "old", "custom_id": custom_id}
    else:
        own = offered(custom_id, "1")
        item = {"type": 3, "custom_id": custom_id, "options": [{"label": "old", "value": own}]}
    kept.components = [{"type": 1, "id": 1, "components": [{"id": 2, **item}]}]
    if kind is RoutedButton:
        return await person.click(message, custom_id=custom_id)
    return await person.select(message, custom_id=custom_id, values=[own])
