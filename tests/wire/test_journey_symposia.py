"""A year of a symposium over the wire: planned, announced, and a speaker who accepts and withdraws, while the bot is
killed in between."""

from __future__ import annotations

from pathlib import Path

from tests.wire.discord import organisation, wire_discord
from tests.wire.organisation import GUILD, Place
from tests.wire.test_journey_new_year import days_from

NAME = "国際治療談話会"


async def test_a_year_with_a_speaker_who_withdraws(database_url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord:
        place = Place(discord)
        async with days_from(place, database_url, log, "05-10 12:00") as days:
            await place.set_up(term="2027-04-01 ~ 2028-03-31")
            owner = place.officer
            await owner.use("event")
            await owner.press("symposia:list")
            await owner.press("symposia:add")
            await owner.write(name_ja=NAME, first_number="512", home="0-0")
            await owner.press("symposia:plan")
            assert "追加：第512回（2027年5月）" in owner.reads, owner.reads
            await days.process.kill()
        async with days_from(place, database_url, log, "05-10 13:00") as days:
            await owner.press("symposia:apply")
            assert "予定を立てました" in owner.reads, owner.reads
            await owner.choose("symposia:one_edition", "第513回（2027年7月）")
            await owner.press("symposia:announce")
            await owner.choose("symposia:one_slot", "演者：感想（Discourse）")
            await owner.press("symposia:ask_guest")
            await owner.write(name="佐藤 花子", affiliation="陶芸家", contact="", is_outside="yes")
            await owner.press("承諾")
            await days.process.kill()
        async with days_from(place, database_url, log, "05-10 14:00") as days:
            await owner.press("symposia:withdraw")
            await owner.press("辞退にする")
            assert "以前の依頼" in owner.reads, owner.reads
            assert "未定" in owner.reads, owner.reads
            await owner.use("home")
            await owner.press("tasks:mine")
            assert "登壇者を決める：第512回" in owner.reads, owner.reads
            assert await days.process.end() == 0
