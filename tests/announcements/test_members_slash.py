"""An officer announces to members and asks them something, as they all see it in Discord."""

from __future__ import annotations

import re
from typing import Any

import pytest
import simcord

from bot.features.people.actors import Caller
from bot.features.people.service import PeopleService
from bot.ui.items import offered
from tests.announcements.support import Setting, begin, choose_in, hold
from tests.announcements.test_afterwards import direct, read_csv
from tests.support.members import join
from tests.support.pages import latest_status
from tests.support.worlds import World, choose, labels, page_text, shown, text_of


@pytest.fixture
async def setting(world: World) -> Setting:
    return await begin(world)


async def member(setting: Setting, name: str, year: int, *, wants_messages: bool = False) -> simcord.MemberActor:
    """Somebody who has joined."""
    person = setting.server.person(name)
    await join(setting.world.services, person.id, name, year=year, guild=setting.server.guild.id)
    if wants_messages:
        listed = shown(await person.slash(setting.server.channel, "announcements"))
        await person.click(listed, label="DMで受け取る")
    return person


async def to_third_years(setting: Setting, *questions: dict[str, Any]) -> Any:
    """A draft to those in their third year."""
    page = await setting.write("合宿", "合宿のお知らせです。")
    await setting.officer.click(page, label="宛先")
    await choose(setting.officer, page, "メンバー（委員会・学年・種類で選ぶ）")
    await choose_in(setting.officer, page, "announcements:narrow_years", "3")
    assert "**メンバー（3年生）**" in page_text(page)
    await setting.officer.click(page, label="下書きに戻る")
    if questions:
        await setting.officer.click(page, label="質問")
        assert "回答は1人1つ" in page_text(page)
        for question in questions:
            form = await setting.officer.click(page, label="質問を追加")
            await setting.officer.submit_modal(form, question)
        await setting.officer.click(page, label="下書きに戻る")
    return page


async def test_from_the_preview_to_the_acknowledgement(setting: Setting) -> None:
    ann, ben = await member(setting, "ann", 3, wants_messages=True), await member(setting, "ben", 3)
    cay = await member(setting, "cay", 2, wants_messages=True)
    page = await to_third_years(setting)
    seen = page_text(page)
    assert "宛先：**メンバー（3年生）**（2人）" in seen
    assert "うち**1**人にはDMで届きます" in seen
    assert "**1**人はDMを希望していません。ホームとお知らせ一覧で読めます" in seen
    await setting.officer.click(page, label="いま送る")
    (message,) = direct(ann)
    assert not direct(ben)
    assert not direct(cay)
    assert not setting.messages("東京大学"), "LCs aren't spoken to"
    assert "対象\nメンバー（3年生）" in page_text(setting.last("お知らせ"))
    assert "対象" not in page_text(message)
    assert "確認：合宿" in text_of(await ben.slash(setting.server.channel, "home"))
    assert "合宿" not in text_of(await cay.slash(setting.server.channel, "home"))
    listed = shown(await ben.slash(setting.server.channel, "announcements"))
    await choose(ben, listed, "合宿")
    assert "合宿のお知らせです。" in page_text(listed)
    pressed = await ben.click(listed, label="確認しました")
    assert "確認を記録しました。" in text_of(pressed)
    assert "合宿" not in text_of(await ben.slash(setting.server.channel, "home"))

    status = await setting.status()
    told = page_text(status)
    assert "宛先\n**2**人\n📨 届きました **1**\n🏠 DMの希望なし **1**\n確認：2人中**1**人" in told
    assert not {"LCごと", "未回答・未確認のLC"} & set(labels(status))
    await setting.officer.click(status, label="CSV")
    head, *rows = await read_csv(status)
    assert head == ["氏名", "送信", "エラー", "確認日時（Asia/Tokyo）", "回答あり"]
    assert [row[:2] for row in rows] == [["ann", "届きました"], ["ben", "DMの希望なし"]]
    assert [bool(row[3]) for row in rows] == [False, True]
    await setting.officer.click(status, label="1人ずつ")
    assert "⬜ **ann** 届きました、未確認" in page_text(status)
    assert re.search(r"✅ \*\*ben\*\* DMの希望なし、<t:\d+:d>確認", page_text(status))


async def test_a_question_to_members_its_reminders_and_the_board(setting: Setting) -> None:
    ann, ben = [await member(setting, name, 3, wants_messages=True) for name in ("ann", "ben")]
    cay = await member(setting, "cay", 2)
    page = await to_third_years(setting, {"text_ja": "何泊しますか", "kind": ["number"], "needed": ["yes"]})
    await setting.officer.click(page, label="質問")
    deadline = await setting.officer.click(page, label="締切")
    await setting.officer.submit_modal(deadline, {"when": "1/10"})
    await setting.officer.click(page, label="下書きに戻る")
    await setting.officer.click(page, label="いま送る")
    form = await ann.user.click(direct(ann)[0], label="回答する")
    done = await ann.user.submit_modal(form, {_field(form): "二つ"})
    assert "⚠️ 「何泊しますか」" in text_of(done)
    form = await ann.user.click(done.response or done.followups[0], label="回答を変更")
    done = await ann.user.submit_modal(form, {_field(form): "2"})
    assert "回答ありがとうございます。<t:1768057140:F>まで変更できます" in text_of(done)
    refused = await cay.click(setting.last("お知らせ"), label="回答する")
    assert "あなたへの質問ではありません" in text_of(refused)
    home = shown(await ben.slash(setting.server.channel, "home"))
    assert "<t:1768057140:F>までに回答：合宿" in page_text(home)
    await setting.go(days=9)
    reminders = [page_text(one) for one in direct(ben)[1:]]
    assert len(reminders) == 2, "three days and one day before"
    assert all("「合宿」へのあなたの回答を" in text for text in reminders)
    assert len(direct(ann)) == 1, "who has answered hears no more of it"
    assert not direct(cay)
    (told,) = [text for text in setting.texts("全国役員") if "まだ回答していません" in text]
    assert "2人中1人" in told
    assert "ben" not in told, "a count and no names"

    status = await setting.status()
    assert "回答：2人中**1**人" in page_text(status)
    await setting.officer.click(status, label="回答一覧")
    board = page_text(status)
    assert "✅ **ann** 2" in board
    assert "⚪ ben" in board
    assert "合計 **2**（1人）" in board
    await setting.officer.click(status, label="CSV")
    assert [row[:2] for row in await read_csv(status)] == [["氏名", "何泊しますか"], ["ann", "2"], ["ben", ""]]


def _field(form: Any) -> str:
    return str(form.modal["components"][0]["component"]["custom_id"])


async def choose_of(person: simcord.MemberActor, page: Any, menu: str, values: list[str]) -> None:
    await person.select(page, values=[offered(menu, value) for value in values], custom_id=menu)


async def test_menus_that_narrow_together_and_can_be_emptied_again(setting: Setting) -> None:
    await member(setting, "ann", 3)
    await member(setting, "ben", 4)
    page = await setting.write()
    await setting.officer.click(page, label="宛先")
    await choose(setting.officer, page, "メンバー（委員会・学年・種類で選ぶ）")
    officer = setting.officer
    ids = {one["custom_id"].split(":")[1]: one["custom_id"] for one in _menus(page)}
    await choose_of(officer, page, ids["narrow_years"], ["3", "4", "graduate"])
    assert "**メンバー（3年生、4年生、卒業生）**（2人）" in page_text(page)
    await choose_of(officer, page, ids["narrow_kinds"], ["officer"])
    assert "**メンバー（3年生、4年生、卒業生、役員）**（0人）" in page_text(page)
    await choose_of(officer, page, ids["narrow_years"], [])
    assert "**メンバー（役員）**" in page_text(page)
    chosen = {option["value"] for menu in _menus(page) for option in menu["options"] if option.get("default")}
    assert chosen == {offered(ids["narrow_kinds"], "officer")}
    await choose_of(officer, page, ids["narrow_committees"], ["3"])
    assert "**メンバー（公衆衛生（SCOPH）に関心がある人、役員）**" in page_text(page)
    await officer.click(page, label="下書きに戻る")
    await officer.click(page, label="届ける場所")
    (places,) = _menus(page)
    assert [option["label"] for option in places["options"]] == ["組織のお知らせチャンネル", "希望した人へのDM"]
    await officer.click(page, label="下書きに戻る")
    await officer.click(page, label="その他の設定")
    assert "質問に未回答で、DMを希望した人にだけ" in page_text(page)
    await officer.click(page, label="下書きに戻る")
    await officer.click(page, label="宛先")
    assert "除くLCを指定" not in labels(page)
    await officer.click(page, label="委員会・学年・種類で絞る")
    assert "**メンバー（公衆衛生（SCOPH）に関心がある人、役員）**" in page_text(page)


def _menus(message: Any) -> list[dict[str, Any]]:
    rows = [row if isinstance(row, dict) else row.to_dict() for row in message.components]
    return [item for row in rows for item in row["components"] if item["type"] == 3]


async def test_whose_name_an_officer_may_not_see_is_counted_without_it(setting: Setting) -> None:
    ann = await member(setting, "ann", 3)
    page = await to_third_years(setting)
    await setting.officer.click(page, label="いま送る")
    in_charge = setting.server.person("npo-holder")
    await _appoint_nationally(setting, in_charge, "npo")
    status = await setting.status(in_charge)
    assert "宛先\n**1**人" in page_text(status)
    await in_charge.click(status, label="1人ずつ")
    assert "（名前は非表示）" in page_text(status)
    assert "ann" not in page_text(status)
    refused = await latest_status(ann, setting.server.channel)
    assert "**1**人" not in text_of(refused)


async def _appoint_nationally(setting: Setting, person: simcord.MemberActor, post: str) -> None:
    await setting.world.services[PeopleService].actor(Caller(person.id, person.name, setting.server.guild.id))
    await hold(setting.server, person, post, None)
