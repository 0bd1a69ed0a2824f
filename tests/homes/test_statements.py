"""What /home costs: everybody begins there, so its statements are counted."""

from __future__ import annotations

import pytest

from tests.announcements.support import begin
from tests.support.statements import statements_of
from tests.support.worlds import World

#: Statements of the page and the look at who asks, for people for whom nothing waits; with room for a few parts more.
AT_MOST = {"officer": 24, "representative": 22, "student": 8}


@pytest.mark.parametrize("who", AT_MOST)
async def test_home_takes_so_many_statements(world: World, who: str) -> None:
    setting = await begin(world)
    people = {"officer": setting.officer, "representative": setting.tokyo, "student": setting.server.person("student")}
    await people[who].slash(setting.server.channel, "home")  # whose roles are looked at after the first
    with statements_of(world.bot.database) as found:
        await people[who].slash(setting.server.channel, "home")
    assert len(found) <= AT_MOST[who], "\n".join(found)
