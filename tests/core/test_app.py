from __future__ import annotations

from pathlib import Path

import discord
import pytest

from bot.app import build
from bot.settings import Settings
from bot.ui.items import RoutedButton, compile_route
from bot.ui.pages import Page
from tests.support.clocks import FakeClock
from tests.support.processes import run_bot
from tests.support.worlds import World


def test_building_opens_and_writes_nothing(tmp_path: Path) -> None:
    bot = build(Settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/new/tsunagu.db"), FakeClock())
    assert bot.cogs == {}
    assert list(tmp_path.iterdir()) == []


async def test_a_database_of_a_newer_program_stops_the_start_with_one_line(tmp_path: Path, sqlite_url: str) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(sqlite_url.split("///")[1])) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    ended = await run_bot("migrate", env={"TSUNAGU_DATABASE_URL": sqlite_url})
    assert ended.code == 2
    assert ended.err.startswith("The database (9999) is newer than this program")
    assert len(ended.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("route", "custom_id", "values"),
    [
        ("a:show:{lc:int}", "a:show:7", {"lc": 7}),
        ("a:find:{page:int}:{text:text}", "a:find:0:東:大\n", {"page": 0, "text": "東:大\n"}),
        ("a:lang:{language}", "a:lang:ja", {"language": "ja"}),
        ("a:show:{lc:int}", "a:show:7x", None),
        ("a:show:{lc:int}", "a:show:", None),
        ("a:lang:{language}", "a:lang:ja:x", None),
    ],
)
def test_routes_read_what_they_write(route: str, custom_id: str, values: dict[str, object] | None) -> None:
    import re

    pattern, readers = compile_route(route)
    match = re.fullmatch(pattern, custom_id)
    if values is None:
        assert match is None
    else:
        assert match is not None
        assert {name: read(match[name]) for name, read in readers.items()} == values


class Probe(RoutedButton, route="probe:{number:int}"):
    pass


async def test_sent_views_are_not_kept_in_memory(world: World) -> None:
    server = world.server()
    await server.set_up(server.admin())
    student = server.person("student")
    await student.slash(server.channel, "home")
    store = world.bot._connection._view_store
    before = len(store._views)
    for _ in range(5):
        await student.slash(server.channel, "home")
    assert len(store._views) == before
    view = Page("t", rows=[[Probe.make("x", number=1)]]).view()
    assert view is not None
    assert view.is_finished()
    assert isinstance(view.children[0], discord.ui.DynamicItem)
