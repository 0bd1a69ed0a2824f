"""An LC is asked whether it co-hosts an event: in its officers' thread, while the bot is killed in between. After its
yes, the event is its members' own."""

from __future__ import annotations

from pathlib import Path

from tests.wire.discord import organisation, wire_discord
from tests.wire.organisation import GUILD, LC, Place
from tests.wire.people import Person, join
from tests.wire.test_journey_new_year import days_from

ELSEWHERE, TITLE = "京都大学", "合同勉強会"
LINE = f"5/22(土) 19時〜21時 Zoomで{TITLE} LCメンバー限定"
LEADER = GUILD + 70


async def test_an_lc_is_asked_and_hosts_it_after_its_yes(database_url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord:
        place, leader = Place(discord), Person(discord, GUILD, LEADER)
        async with days_from(place, database_url, log, "05-10 12:00") as days:
            await place.set_up(term="2027-04-01 ~ 2028-03-31")
            await place.begin_lc()
            await _another_lc(place, leader)
            maker = place.representative
            await maker.use("event")
            await maker.press("イベントをつくる")
            await maker.write(text=LINE)
            await maker.choose("events:audience", "LCのメンバーだけ")
            await maker.press("投稿する")
            await leader.use("event")
            assert TITLE not in leader.reads
            await maker.press("主催者メニュー")
            await maker.press("その他")
            await maker.press("events:hosts")
            await maker.press("events:ask_lc")
            await maker.write(lc=ELSEWHERE)
            assert "返事待ち" in maker.reads, maker.reads
            await days.process.kill()
        async with days_from(place, database_url, log, "05-10 13:00") as days:
            await leader.use("home")
            assert f"{ELSEWHERE}に共催の依頼が来ています" in leader.reads, leader.reads
            await leader.press("events:host_asked")
            await leader.press("events:host_answer")
            assert "あなたのLCが共催になりました" in leader.reads, leader.reads
            await place.until_said(LC, f"共催：{ELSEWHERE}")
            await leader.use("event")
            await leader.choose("events:one", TITLE)
            await leader.press("events:join")
            assert "申し込みました" in leader.reads, leader.reads
            assert await days.process.end() == 0


async def _another_lc(place: Place, leader: Person) -> None:
    officer = place.officer
    await officer.use("manage lc state", lc=ELSEWHERE, state="member", decision="総会 2号")
    await place.discord.servers.join(GUILD, LEADER, "京都 太郎")
    await join(leader, "京都 太郎", region="近畿", school=ELSEWHERE, in_lc=True)
    await officer.use("officer appoint", person=LEADER, post="lc_representative", lc=ELSEWHERE)
    assert "京都 太郎" in officer.reads
