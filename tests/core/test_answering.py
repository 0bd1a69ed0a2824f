"""Discord is answered before anything slow begins. Every world and every process of the tests is watched for it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.worlds import World, open_world, text_of


def _answers(world: World) -> list[int]:
    """The kinds of the first answers so far: 4 a message, 5 and 6 "just a moment", 7 a changed message, 9 a form."""
    sent: list[Any] = [one.json for one in world.env.http_requests if one.path.endswith("/callback")]
    return [one["type"] for one in sent]


async def test_a_transaction_waits_for_the_first_answer_and_a_mere_look_needs_none(world: World) -> None:
    server = world.server()
    admin = server.admin()
    await server.set_up(admin)
    before = len(_answers(world))
    await admin.slash(server.channel, "home")
    await admin.slash(server.channel, "language", language="en")
    refused = await admin.slash(
        server.channel, "officer appoint", person=admin, post="lc_representative", lc="#1", ends="??"
    )
    assert _answers(world)[before:] == [4, 5, 4]
    assert "That didn't work" in text_of(refused)


async def _write_unannounced(url: str) -> None:
    async with open_world(url) as world:
        world.bot.database.before_writing.clear()
        server = world.server()
        await server.admin().slash(server.channel, "language", language="en")


async def test_what_begins_too_early_is_found(sqlite_url: str) -> None:
    with pytest.raises(AssertionError, match="/language: a writing transaction before the first answer"):
        await _write_unannounced(sqlite_url)
