"""What /home costs: everybody begins there, so its statements are counted."""

from __future__ import annotations

from datetime import date

import pytest

from bot.features.announcements.inbox import waiting_for_lcs
from tests.announcements.support import begin
from tests.support.members import join
from tests.support.statements import statements_of
from tests.support.worlds import World

#: Of the page and the look at who asks, all facts, how far they came with joining, and officers' own terms.
AT_MOST = {"officer": 5, "representative": 5, "student": 2, "newcomer": 3}
#: Beside these, nobody has more in April, when terms have just ended.
IN_APRIL = {"officer": 8, "representative": 8, "student": 2, "newcomer": 3}


@pytest.mark.parametrize("day", [date(2026, 1, 10), date(2026, 4, 10)], ids=str)
async def test_home_takes_so_many_statements(world: World, day: date) -> None:
    """Also when terms end, when they have just ended, and in the weeks of the April question."""
    setting = await begin(world)
    await setting.send()
    newcomer = setting.server.person("newcomer")
    await newcomer.slash(setting.server.channel, "home")
    await join(world.bot.services, newcomer.id, "新田 花", guild=setting.server.guild.id)
    await world.until(day)
    people = {
        "officer": setting.officer,
        "representative": setting.tokyo,
        "student": setting.server.person("student"),
        "newcomer": newcomer,
    }
    for who, person in people.items():
        await person.slash(setting.server.channel, "home")  # whose roles are looked at after the first
        with statements_of(world.bot.database) as found:
            await person.slash(setting.server.channel, "home")
        assert len(found) <= (IN_APRIL if day.month > 1 else AT_MOST)[who], f"{who}: " + "\n".join(found)
    assert waiting_for_lcs in world.bot.home.kinds
