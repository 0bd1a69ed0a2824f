"""What a visitor of the demo can do as a newcomer, as the LC's representative and as somebody who leaves again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import simcord

from bot.demo.main import own_settings
from bot.demo.simulator import localised
from bot.demo.world import DemoWorld, close, create
from bot.settings import Settings
from tests.support.pages import delete_data
from tests.support.worlds import choose, page_text, shown, text_of


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[DemoWorld]:
    with localised(lambda _user: "ja"):
        world = await create(own_settings(Settings(), tmp_path / "demo"))
        try:
            yield world
        finally:
            await close(world)


async def answer(person: simcord.MemberActor, world: DemoWorld, school: str, region: str) -> simcord.InteractionResult:
    """From the panel to the question about the LC."""
    panel = world.guild.channels["ホーム"].pinned_messages()[0]
    result = await person.click(panel, label="参加登録 / Join")
    message = shown(result)
    await person.click(message, label="日本語")
    await person.click(message, label="同意する")
    form = await person.click(message, custom_id="members:name")
    await person.submit_modal(form, {"name": "見本 一号", "reading": "みほん いちごう"})
    await choose(person, message, region)
    await choose(person, message, school)
    await choose(person, message, "1年")
    return result


async def test_a_newcomer_does_it_all_and_the_representative_confirms(demo: DemoWorld) -> None:
    newcomer, representative = demo.newcomer_joins().member, demo.people["representative"].member
    lounge = demo.guild.channels["ラウンジ"]
    mine = await representative.slash(lounge, "me")
    lc = next(field.value for field in shown(mine).embeds[0].fields if field.name == "LC")
    found = await representative.autocomplete(lounge, "lc", "lc", lc)
    region = text_of(await representative.slash(lounge, "lc", lc=found[0]["value"]))
    name = next(one for one in ("北海道", "東北", "関東", "中部", "近畿", "中国", "四国", "九州") if one in region)
    regions = await newcomer.slash(lounge, "lc")
    offered = [option for row in shown(regions).components for option in row["components"][0].get("options", [])]
    label = next(option["label"] for option in offered if name in option["label"])
    result = await answer(newcomer, demo, lc, label)
    message = shown(result)
    await newcomer.click(message, label="所属しています")
    await choose(newcomer, message, "人権と平和（SCORP）")
    await newcomer.click(message, label="チャンネルでのメンション")
    assert "見本 一号さん、ありがとうございます。" in page_text(message)

    await demo.env.advance_time(60)
    greeting = demo.guild.channels["ホーム"].history()[-1]
    assert greeting.content == f"<@{newcomer.id}>", "who was there before the bot is not greeted"

    home = await representative.slash(lounge, "home")
    assert "1人がLCのメンバーだと申し出ています" in text_of(home)
    await representative.click(shown(home), label="メンバーを確認する")
    await representative.click(shown(home), label="この1人を承認する")
    card = await newcomer.slash(lounge, "me")
    assert f"LC\n{lc}" in text_of(card)

    officer = demo.people["officer"].member
    seen = await officer.slash(lounge, "member", member="みほん")
    assert "見本 一号" in text_of(seen)
    asked = await delete_data(newcomer, lounge)
    await newcomer.click(shown(asked), label="すべて削除する")
    nobody = await officer.slash(lounge, "member", member="みほん")
    assert "見つかりませんでした" in text_of(nobody)


async def test_the_people_of_the_demo_have_cards_of_their_own(demo: DemoWorld) -> None:
    lounge = demo.guild.channels["ラウンジ"]
    for key, told in (("student", "設立に関心あり"), ("officer", "北海道大学 5年"), ("member", "れいだ みお")):
        card = await demo.people[key].member.slash(lounge, "me")
        assert told in text_of(card), key
    nothing = await demo.people["newcomer-1"].member.slash(lounge, "me")
    assert "まだ参加登録をしていません" in text_of(nothing)
