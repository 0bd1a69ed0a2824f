"""The day of a useful link passes while the bot is away: its keeper is told once, when it is back."""

from __future__ import annotations

from pathlib import Path

from tests.wire.discord import organisation, wire_discord
from tests.wire.discord.pages import text
from tests.wire.organisation import GUILD, LC, STUDENT, Place
from tests.wire.people import join
from tests.wire.test_journey_new_year import days_from


async def test_a_review_date_passes_while_the_bot_is_away(database_url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord:
        place = Place(discord)
        officer, student = place.officer, place.student
        async with days_from(place, database_url, log, "05-10 12:00") as days:
            await place.set_up(term="2027-04-01 ~ 2028-03-31")
            await join(officer, "全国 花子", region="関東", school=LC, in_lc=True, contact="direct")
            await officer.use("home")
            await officer.press("役に立つリンク")
            await officer.press("リンクを追加")
            link = {"address": "https://example.org/form", "purpose": "交通費を受け取るとき"}
            await officer.write(title_ja="精算書", **link, review_on="5/12")
            assert "次の確認日：2027年5月12日(水)" in officer.reads
            await discord.servers.join(GUILD, STUDENT, "東京 次郎")
            await student.use("home")
            await student.press("役に立つリンク")
            assert "[精算書](https://example.org/form)" in student.reads
            await days.process.kill()

        def letters() -> list[str]:
            return [one for one in map(text, officer.direct) if "役に立つリンク「精算書」" in one]

        async with days_from(place, database_url, log, "05-20 10:00") as days:
            await discord.until(lambda: len(letters()) == 1)
            await officer.use("home")
            assert "やることが1件あります" in officer.reads
            await officer.press("やること")
            await officer.choose("tasks:one", "精算書")
            await officer.press("リンクを確認する")
            await officer.press("いまも正しい")
            assert "次の確認日：2028年5月20日(土)" in officer.reads
            await officer.use("home")
            assert "やることが" not in officer.reads
            for morning in ("05-21 10:00", "05-22 10:00"):
                await days.go(morning)
            assert await days.process.end() == 0
        assert len(letters()) == 1
