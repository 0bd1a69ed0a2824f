"""The demo's world, without its page."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

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
            looked = await officer.member.slash(world.channels_for(officer)[0], "manage lc channels")
            await officer.member.click(shown(looked), label="つくる")
            assert "チャンネル 60個" in page_text(shown(looked))
            seen = {key: len(world.channels_for(persona)) for key, persona in world.people.items()}
            assert seen["officer"] - seen["student"] == 61, "all 60 and the officers' own"
            assert seen["representative"] == seen["member"] == seen["student"] + 1
        finally:
            await close(world)


async def test_there_is_something_to_do_this_week_for_everybody(tmp_path: Path) -> None:
    with localised(lambda _user: "ja"):
        world = await create(own_settings(Settings(), tmp_path))
        try:
            for key, told in (
                ("student", "心電図の勉強会（札幌医科大学）（キャンセル待ち）"),
                ("member", "心電図の勉強会（札幌医科大学）（参加予定）"),
                ("representative", "LCの新メンバー歓迎会"),
                ("officer", "知っておきたい性と健康の話"),
            ):
                person = world.people[key]
                home = await person.member.slash(world.channels_for(person)[0], "home")
                assert told in page_text(shown(home)), key
            invited = await world.people["member"].member.slash(world.channels_for(world.people["member"])[0], "home")
            assert "招待が届いています" in page_text(shown(invited))
            posts = [one for name in ("お知らせ", "ラウンジ") for one in world.guild.channels[name].history()]
            cards = [text for text in map(page_text, posts) if "🕒" in text]
            assert len(cards) == 8
            assert sum("満員です（定員8人）" in text and "キャンセル待ち2人" in text for text in cards) == 1
            assert sum("中止になりました" in text for text in cards) == 1
            assert not [text for text in cards if "zoom.us" in text or "meet.google" in text]
            student = world.people["student"].member
            found = page_text(shown(await student.slash(world.guild.channels["ラウンジ"], "event")))
            assert "International Coffee Night" in found
            assert "LCの新メンバー歓迎会" not in found, "it is for members of the LC"
        finally:
            await close(world)


async def test_a_visitor_lets_time_go_on_to_the_end_of_march_and_sees_a_post_pass(tmp_path: Path) -> None:
    with localised(lambda _user: "ja"):
        world = await create(own_settings(Settings(), tmp_path))
        try:
            officer, holder = world.people["officer"], world.people["representative"]
            successor = world.people["member"]
            place = world.channels_for(officer)[0]
            looked = await officer.member.slash(place, "manage lc channels")
            await officer.member.click(shown(looked), label="つくる")
            named = await holder.member.slash(place, "officer handover", successor=successor.member)
            assert "回答待ち" in page_text(shown(named))
            home = await successor.member.slash(place, "home")
            await successor.member.click(shown(home), label="回答する")
            await successor.member.click(shown(home), label="引き受ける")

            def threads(key: str) -> int:
                return sum(
                    world.people[key].member.id in world.env.backend.get_thread(thread.id).thread_members
                    for guild in world.bot.guilds
                    for thread in guild.threads
                )

            now = world.env.now().astimezone(ZoneInfo("Asia/Tokyo"))
            last = date(now.year + (now.month > 3), 3, 31)
            for _ in range((last - now.date()).days):
                await world.env.advance_time(86_400)
            assert (threads("representative"), threads("member")) == (1, 0), "31 March is the last day"
            await world.env.advance_time(86_400)
            assert (threads("representative"), threads("member")) == (0, 1)
            home = await successor.member.slash(place, "home")
            assert "大学代表者" in page_text(shown(home))
        finally:
            await close(world)
