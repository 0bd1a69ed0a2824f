"""The bot is away for a week over 1 April, over a brief's hour and the copies of seven nights: each comes once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.wire.discord import organisation, wire_discord
from tests.wire.discord.pages import text
from tests.wire.organisation import GUILD, LC, OTHER, REPRESENTATIVE, STUDENT, Place
from tests.wire.test_journey_new_year import OFFICERS, THREAD, days_from


async def test_a_week_away_over_1_april(database_url: str, tmp_path: Path) -> None:
    log, copies = tmp_path / "log", tmp_path / "copies"
    async with wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord:
        place = Place(discord)
        async with days_from(place, database_url, log, "03-29 12:00") as days:
            await place.set_up(term="2026-04-01 ~ 2028-03-31")
            await place.begin_lc()
            await place.representative.use("home")
            await place.representative.press("members:claims")
            await place.representative.press("members:confirm")
            await place.discord.until(lambda: LC in place.roles(STUDENT) & place.roles(OTHER))
            await place.representative.use("officer handover")
            await place.representative.press("後任を決める")
            await place.representative.write(person=STUDENT)
            await place.student.use("home")
            await place.student.press("handovers:asked")
            await place.student.press("handovers:answer")
            await days.go("03-30 08:01")
            await place.until_said(OFFICERS, "2027年3月30日(火)")
            assert len(list(copies.iterdir())) == 2
            await days.process.kill()
        async with days_from(place, database_url, log, "04-06 09:30") as days:
            await place.until_said(OFFICERS, "2027年4月6日(火)")
            thread = int(place.channel(THREAD)["id"])
            await place.discord.until(lambda: place.student.sees(thread) and not place.representative.sees(thread))
            assert LC in place.roles(REPRESENTATIVE) & place.roles(STUDENT) & place.roles(OTHER), "by the days of grace"
            await days.process.until_logged("backup made")
            await days.go("04-06 12:00")
            for person in (place.representative, place.student, place.other):
                await person.use("home")
                await person.until("新年度の確認")
            await days.go("04-07 08:01")
            await place.until_said(OFFICERS, "2027年4月7日(水)")
            assert await days.process.end() == 0
        said = [text(one) for name in (OFFICERS, THREAD, LC) for one in place.said(name)]
        assert [one for one, times in Counter(said).items() if times > 1] == [], "nothing twice"
        assert sum("けさの状況" in one for one in said) == 1
        assert sum("復旧のお知らせ" in one for one in said) <= 1
        assert not [one for one in said if "任期が終わります" in one], "of what is over and settled nobody hears"
    assert len(list(copies.iterdir())) == 4, "of the start, of a night, of seven missed ones, of the last"
