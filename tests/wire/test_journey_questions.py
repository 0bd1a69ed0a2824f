"""An event with questions of its own: a newcomer comes by two forms, the organiser reads the answers, and a week later
the sensitive ones are gone, though the bot was away on that night."""

from __future__ import annotations

from pathlib import Path

from tests.support.waiting import until_it_is
from tests.wire.discord import organisation, wire_discord
from tests.wire.discord.pages import items, text
from tests.wire.organisation import GUILD, LC, Place
from tests.wire.people import Person
from tests.wire.test_journey_new_year import days_from

VISITOR = GUILD + 60
TITLE = "症例勉強会"
LINE = f"5/15(土) 19時〜21時 部室で{TITLE}、誰でも"


async def test_from_two_forms_to_the_night_on_which_answers_go(database_url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with wire_discord(guilds=[organisation(GUILD, "IFMSA-Japan")]) as discord:
        place = Place(discord)
        visitor, maker = Person(discord, GUILD, VISITOR), place.representative
        async with days_from(place, database_url, log, "05-10 12:00") as days:
            await place.set_up(term="2027-04-01 ~ 2028-03-31")
            await place.begin_lc()
            await _asks_before_it_is_posted(place)
            await discord.servers.join(GUILD, VISITOR, "visitor")
            await _a_newcomer_comes_by_two_forms(place, visitor)
            await days.process.kill()
        async with days_from(place, database_url, log, "05-15 12:00") as days:
            await _an_answer_is_changed(visitor)
            await _organisers_read_it(maker)
            await days.process.kill()
        async with days_from(place, database_url, log, "05-21 12:00") as days:
            await maker.use("event")
            await maker.choose("events:which", "終わったイベント")
            await maker.choose("events:one", TITLE)
            await maker.press("events:organise")
            await maker.press("events:part_people")
            await maker.press("events:replies")
            assert "えび" in maker.reads
            await days.process.kill()  # and it is away in the night
        async with days_from(place, database_url, log, "05-22 09:00") as days:

            async def are_gone() -> bool:
                await maker.press("events:organise")
                await maker.press("events:part_people")
                await maker.press("events:replies")
                return "えび" not in maker.reads

            await until_it_is(are_gone, lambda: maker.reads)
            assert "お弁当: 魚" in maker.reads, "the others stay"
            assert await days.process.end() == 0


async def _asks_before_it_is_posted(place: Place) -> None:
    maker = place.representative
    await maker.use("event")
    await maker.press("イベントをつくる")
    await maker.write(text=LINE)
    await maker.press("質問")
    await maker.press("質問を追加")
    await maker.write(text_ja="お弁当", kind="1つ選ぶ", options="肉\n魚", also="答えないと参加できない（必須）")
    await maker.press("質問を追加")
    await maker.write(text_ja="アレルギーはありますか")
    assert "イベントの7日後に削除" in maker.reads
    await maker.press("下書きを見る")
    await maker.press("投稿する")


async def _a_newcomer_comes_by_two_forms(place: Place, visitor: Person) -> None:
    post = await place.until_said(LC, TITLE)
    await visitor.press("参加する", on=post)
    assert "利用目的" in visitor.reads
    await visitor.press("events:agree")
    await visitor.write(name="札幌 四郎", school="札幌医科大学")
    assert "主催者からの質問に答えて" in visitor.reads
    assert "人が参加" not in text(post)
    await visitor.press("答えて参加する")
    meal, allergy = (item["custom_id"] for item in items(visitor.shown))
    await visitor.write({meal: "肉", allergy: "えび"})
    assert "申し込みました" in visitor.reads, visitor.reads


async def _an_answer_is_changed(visitor: Person) -> None:
    await visitor.use("event")
    await visitor.choose("events:one", TITLE)
    await visitor.press("events:answers")
    await visitor.press("events:answer:")
    meal, _ = (item["custom_id"] for item in items(visitor.shown))
    await visitor.write({meal: "魚"})
    assert "回答を保存しました" in visitor.reads


async def _organisers_read_it(maker: Person) -> None:
    await maker.use("event")
    await maker.choose("events:one", TITLE)
    await maker.press("events:organise")
    await maker.press("events:part_people")
    await maker.press("events:replies")
    for told in ("札幌 四郎", "お弁当: 魚", "えび", "肉 **0**"):
        assert told in maker.reads, told
