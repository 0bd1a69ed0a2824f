"""`/home`, where everybody begins: its statements, and its time against a constant answer."""

from __future__ import annotations

import tempfile

from benchmarks import Figure
from benchmarks._constant import to_constant
from tests.announcements.support import begin
from tests.support.members import join
from tests.support.statements import statements_of
from tests.support.worlds import open_world


async def measure() -> list[Figure]:
    """Of an officer, an LC's representative and a newcomer, with an announcement that waits for LCs."""
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        async with open_world(f"sqlite+aiosqlite:///{folder}/home.db") as world:
            with world.env.time_context():
                setting = await begin(world)
                await setting.send()
                server, newcomer = setting.server, setting.server.person("newcomer")
                await newcomer.slash(server.channel, "home")
                await join(world.bot.services, newcomer.id, "新田 花", guild=server.guild.id)
                for who, person in (
                    ("officer", setting.officer),
                    ("representative", setting.tokyo),
                    ("newcomer", newcomer),
                ):
                    await person.slash(server.channel, "home")
                    with statements_of(world.bot.database) as found:
                        await person.slash(server.channel, "home")
                    figures.append(Figure(f"home.{who}_statements", len(found), "", 8.0))
                    ratio = await to_constant(world, server, person, "home")
                    figures.append(Figure(f"home.{who}_ratio", ratio, "x", 10.0))
    return figures
