"""Certificates after an event: issued by one press, told once over a kill, had as a file, checked, revoked."""

from __future__ import annotations

from pathlib import Path

from tests.wire.discord import organisation, wire_discord
from tests.wire.discord.pages import text
from tests.wire.organisation import GUILD, Place
from tests.wire.people import Person
from tests.wire.test_journey_new_year import days_from

TITLE, TOLD = "症例勉強会", "証明書が届きました"
LINE = f"5/22(土) 19時〜21時 A棟で{TITLE}、誰でも"


def told(person: Person) -> list[str]:
    return [one for one in map(text, person.direct) if TOLD in one]


async def test_one_who_came_has_a_certificate_that_is_checked_and_revoked(database_url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord:
        place = Place(discord)
        maker, student, other = place.representative, place.student, place.other
        async with days_from(place, database_url, log, "05-20 12:00") as days:
            await place.set_up(term="2027-04-01 ~ 2028-03-31")
            await place.begin_lc()
            await student.use("me")
            await student.press("members:step:contact")
            await student.press("members:contact:direct")
            await maker.use("event")
            await maker.press("イベントをつくる")
            await maker.write(text=LINE)
            await maker.press("投稿する")
            await student.use("event")
            await student.choose("events:one", TITLE)
            await student.press("events:join")
            assert "申し込みました" in student.reads, student.reads
            await days.go("05-23 12:00")
            await _issued(maker)
            await days.process.kill()
        async with days_from(place, database_url, log, "05-23 12:30") as days:
            await discord.until(lambda: told(student))
            await student.use("me")
            await student.press("certificates:mine")
            await student.choose("certificates:own", TITLE)
            assert "A4で印刷できるPDFです" in student.reads, student.reads
            await other.use("event")
            await other.press("certificates:check")
            await other.write(code="ABCD-EFGH-JKL3", name="東京 花子")
            assert "証明書はありません" in other.reads, other.reads
            await maker.use("event")
            await _desk(maker)
            await maker.press("certificates:revoke_all")
            await maker.write(reason="中止だった")
            assert "1枚を取り消しました" in maker.reads, maker.reads
            await student.use("me")
            await student.press("certificates:mine")
            assert "理由：中止だった" in student.reads, student.reads
            assert await days.process.end() == 0
        assert len(told(student)) == 1


async def _desk(maker: Person) -> None:
    await maker.use("event")
    await maker.choose("events:which", "終わったイベント")
    await maker.choose("events:one", TITLE)
    await maker.press("主催者メニュー")
    await maker.press("events:part_people")
    await maker.press("certificates:event")


async def _issued(maker: Person) -> None:
    await _desk(maker)
    assert "これから出す人：1人" in maker.reads, maker.reads
    await maker.press("certificates:prepare")
    await maker.write(kind="参加証明書", until="")
    assert "まだ出していません" in maker.reads, maker.reads
    await maker.press("certificates:issue")
    assert "1枚出しました" in maker.reads, maker.reads
