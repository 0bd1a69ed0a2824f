"""An event with rules: the organiser confirms who comes, and first-years' places are for everybody after their day."""

from __future__ import annotations

from pathlib import Path

from tests.wire.discord import organisation, wire_discord
from tests.wire.discord.pages import text
from tests.wire.organisation import GUILD, LC, Place
from tests.wire.people import Person
from tests.wire.test_journey_new_year import days_from

TITLE = "症例勉強会"
LINE = f"5/22(土) 19時〜21時 Zoomで{TITLE}、誰でも 定員2名"


async def test_an_organiser_confirms_and_kept_places_are_released(database_url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord:
        place = Place(discord)
        maker, student, other = place.representative, place.student, place.other
        async with days_from(place, database_url, log, "05-10 12:00") as days:
            await place.set_up(term="2027-04-01 ~ 2028-03-31")
            await place.begin_lc()
            await _posted_with_rules(place)
            post = await place.until_said(LC, TITLE)
            assert "1年生の枠を1人分確保" in text(post)
            for person in (student, other):
                await person.press("events:join", on=post)
                assert "主催者からの返事をお待ちください" in person.reads, person.reads
                await person.press("events:messages")
            await maker.use("home")
            assert "2人があなたの返事を待っています" in maker.reads, maker.reads
            await maker.press("signups:board")
            await maker.press("signups:approve")
            await maker.press("signups:approve")
            assert "キャンセル待ち1人" in maker.reads, maker.reads
            await discord.until(lambda: _told(student, "参加できることになりました"))
            assert not _told(other, "参加できることになりました")
            await days.process.kill()
        async with days_from(place, database_url, log, "05-14 23:50") as days:
            await days.go("05-15 09:00")
            await discord.until(lambda: _told(other, TITLE))
            await other.use("event")
            await other.choose("events:one", TITLE)
            await other.press("events:accept")
            assert "参加予定" in other.reads or "申し込みました" in other.reads, other.reads
            assert await days.process.end() == 0


async def _posted_with_rules(place: Place) -> None:
    maker = place.representative
    await maker.use("event")
    await maker.press("イベントをつくる")
    await maker.write(text=LINE)
    await maker.press("events:places")
    await maker.press("events:mode")
    await maker.press("グループの枠")
    await maker.write(seats="1", years="1", until="2027-05-15 0:00")
    assert "1年生の枠を1人分確保" in maker.reads, maker.reads
    await maker.press("events:draft")
    await maker.press("投稿する")


def _told(person: Person, words: str) -> list[str]:
    return [one for one in map(text, person.direct) if words in one]
