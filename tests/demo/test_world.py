"""The demo's world, without its page."""

from __future__ import annotations

from pathlib import Path

from bot.demo.main import own_settings
from bot.demo.simulator import localised
from bot.demo.world import close, create
from bot.settings import Settings
from tests.support.worlds import page_text, shown


async def test_the_demos_officer_builds_the_channels_of_its_sixty_lcs(tmp_path: Path) -> None:
    with localised(lambda _user: "ja"):
        world = await create(own_settings(Settings(), tmp_path))
        try:
            officer = world.people["officer"]
            looked = await officer.member.slash(world.channels_for(officer)[0], "manage channels")
            await officer.member.click(shown(looked), label="つくる")
            assert "チャンネル 60個" in page_text(shown(looked))
            seen = {key: len(world.channels_for(persona)) for key, persona in world.people.items()}
            assert seen["officer"] - seen["student"] == 61, "all 60 and the officers' own"
            assert seen["representative"] == seen["member"] == seen["student"] + 1
        finally:
            await close(world)
