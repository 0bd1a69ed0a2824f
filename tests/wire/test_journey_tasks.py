"""A task of a post with two holders: the bot is killed before the morning, one message arrives, the second ticks."""

from __future__ import annotations

from pathlib import Path

from tests.wire.discord import organisation, wire_discord
from tests.wire.discord.pages import text
from tests.wire.organisation import GUILD, STUDENT, Place
from tests.wire.test_journey_new_year import days_from

THREAD, TASK = "LC役員専用", "部室の鍵を返す"


async def test_a_task_is_reminded_of_once_and_ticked_by_the_second_holder(database_url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord:
        place = Place(discord)
        first, second = place.representative, place.student
        async with days_from(place, database_url, log, "05-10 12:00") as days:
            await place.set_up(term="2027-04-01 ~ 2028-03-31")
            await place.begin_lc()
            for user in (STUDENT, place.representative.user_id):
                await place.officer.use("officer appoint", person=user, post="lpo", lc="東京大学")
            await first.use("home")
            await first.press("やること")
            await first.press("自分のLCのやること")
            await first.press("やることを追加")
            await first.choose("tasks:doer", "LPO（公衆衛生 担当）")
            await first.write(title=TASK, due="5/20")
            assert "2027年5月20日(木)まで" in first.reads
            await days.process.kill()

        def told() -> list[str]:
            return [one for one in map(text, place.said(THREAD)) if TASK in one]

        async with days_from(place, database_url, log, "05-13 10:00") as days:
            await discord.until(lambda: len(told()) == 1)
            await second.use("home")
            assert "やることが1件あります" in second.reads
            await second.press("やること")
            await second.choose("tasks:tick_one", TASK)
            assert "✅ 終わりました" in second.reads
            await first.use("home")
            assert "やることが" not in first.reads
            for morning in ("05-14 10:00", "05-19 10:00", "05-21 10:00", "05-28 10:00"):
                await days.go(morning)
            assert await days.process.end() == 0
        assert len(told()) == 1
