"""A series as people see it: an owner plans a year and asks speakers, everybody else sees what is announced."""

from __future__ import annotations

from typing import Any

import pytest
import simcord

from tests.support.worlds import Server, World, choose, labels, menus, options, page_text, shown, text_of


@pytest.fixture
async def server(world: World) -> Server:
    return world.server()


async def owner_of(server: Server, locale: str = "ja") -> simcord.MemberActor:
    owner = server.person("owner", locale=locale)
    await server.set_up(server.admin(), officers=[owner])
    return owner


async def listed(server: Server, person: simcord.MemberActor, label: str = "シリーズ・シンポジウム") -> Any:
    """The list of series, opened from ``/event``."""
    page = await person.slash(server.channel, "event")
    await person.click(shown(page), label=label)
    return page


async def begun(server: Server, owner: simcord.MemberActor) -> Any:
    """The page of a series whose year is planned: it is 1 January 2026."""
    page = await listed(server, owner)
    form = await owner.click(shown(page), label="シリーズを始める")
    await owner.submit_modal(form, {"name_ja": "国際治療談話会", "first_number": "512", "home": ["0-0"]})
    await owner.click(shown(page), label="1年分の予定")
    assert "追加：第512回（2026年1月）" in page_text(shown(page))
    await owner.click(shown(page), label="この予定にする")
    return page


async def test_a_year_is_planned_announced_and_seen(server: Server) -> None:
    owner = await owner_of(server)
    page = await begun(server, owner)
    assert "毎年：奇数月（総会と同時：11月）" in page_text(shown(page))
    assert "⚠️ 未定の枠が24件あります" in page_text(shown(page))
    assert "第517回（2026年11月）" in options(shown(page))
    stranger = server.person("stranger")
    assert "発表されたシリーズはまだありません" in page_text(shown(await listed(server, stranger)))
    await choose(owner, shown(page), "第513回（2026年3月）")
    form = await owner.click(shown(page), label="編集")
    await owner.submit_modal(form, {"number": "513", "when": "2026年3月14日", "title_ja": "心臓", "place": "東京"})
    await owner.click(shown(page), label="発表する")
    seen = await listed(server, stranger)
    await choose(stranger, shown(seen), "国際治療談話会")
    assert options(shown(seen)) == ["第513回（2026年3月14日(土)） 心臓"]
    assert "1年分の予定" not in labels(shown(seen))
    await choose(stranger, shown(seen), "第513回（2026年3月14日(土)） 心臓")
    assert "感想（Discourse） – 未定" in page_text(shown(seen))
    assert "場所：東京" in page_text(shown(seen))


async def test_another_rule_is_shown_before_it_is_taken(server: Server) -> None:
    owner = await owner_of(server)
    page = await begun(server, owner)
    await choose(owner, shown(page), "第513回（2026年3月）")
    await owner.click(shown(page), label="発表する")
    await owner.click(shown(page), label="シリーズ")
    form = await owner.click(shown(page), label="開催月")
    typed = {"months": "3月、6月", "general": "", "every": ["1"], "since": "", "changes_country": ["no"]}
    await owner.submit_modal(form, typed)
    assert "発表済みのまま：第513回（2026年3月）" in page_text(shown(page))
    assert "第512回（2026年1月） → 第514回（2026年6月）" in page_text(shown(page))
    assert "取りやめ：第517回（2026年11月）" in page_text(shown(page))
    await owner.click(shown(page), label="この予定にする")
    assert options(shown(page)) == ["第513回（2026年3月）", "第514回（2026年6月）"]


async def test_a_guest_is_asked_and_goes_from_step_to_step(server: Server) -> None:
    owner = await owner_of(server)
    page = await begun(server, owner)
    await choose(owner, shown(page), "第513回（2026年3月）")
    await choose(owner, shown(page), "演者：専門講演1")
    form = await owner.click(shown(page), label="外部の方に依頼")
    typed = {"name": "山田 太郎", "affiliation": "〇〇大学", "contact": "yamada@example.org", "is_outside": ["no"]}
    await owner.submit_modal(form, typed)
    assert "連絡先（担当者だけに表示）：yamada@example.org" in page_text(shown(page))
    await owner.click(shown(page), label="メールの文面")
    assert "山田 太郎 様" in page_text(shown(page))
    assert "Dear 山田 太郎," in page_text(shown(page))
    await owner.click(shown(page), label="枠のページ")
    await owner.click(shown(page), label="承諾")
    form = await owner.click(shown(page), label="演題受領")
    await owner.submit_modal(form, {"title_ja": "心電図", "title_en": "ECG"})
    for label in ("スライド受領", "旅費・謝金の手続き済み", "お礼済み"):
        await owner.click(shown(page), label=label)
    steps = page_text(shown(page))
    for step in ("依頼中", "承諾", "演題受領", "スライド受領", "旅費・謝金の手続き", "お礼済み"):
        assert step in steps
    history = text_of(await owner.slash(server.channel, "officer history"))
    assert "登壇者へのお礼" in history
    assert "yamada" not in history


async def test_a_guest_who_withdraws_leaves_the_slot_open(server: Server) -> None:
    owner = await owner_of(server)
    page = await begun(server, owner)
    await choose(owner, shown(page), "第513回（2026年3月）")
    await choose(owner, shown(page), "演者：感想（Discourse）")
    form = await owner.click(shown(page), label="外部の方に依頼")
    refused = await owner.submit_modal(form, {"name": "医師", "is_outside": ["no"]})
    assert "医・歯・薬学以外の分野の方" in text_of(refused)
    again = await owner.click(shown(refused), label="もう一度書く")
    await owner.submit_modal(again, {"name": "陶芸家", "is_outside": ["yes"]})
    page = await listed(server, owner)
    for chosen in ("国際治療談話会", "第513回（2026年3月）", "演者：感想（Discourse）"):
        await choose(owner, shown(page), chosen)
    await owner.click(shown(page), label="承諾")
    await owner.click(shown(page), label="辞退")
    assert "本当に辞退しますか" in page_text(shown(page))
    await owner.click(shown(page), label="辞退にする")
    assert "– 未定" in page_text(shown(page))
    assert "以前の依頼：" in page_text(shown(page))
    await owner.click(shown(page), label="枠を削除")
    assert "枠を削除しました" in page_text(shown(page))


async def test_a_member_answers_for_themselves(server: Server) -> None:
    owner = await owner_of(server)
    page = await begun(server, owner)
    stranger = server.person("stranger", locale="en-US")
    await choose(owner, shown(page), "第513回（2026年3月）")
    await choose(owner, shown(page), "座長")
    form = await owner.click(shown(page), label="メンバーに依頼")
    refused = await owner.submit_modal(form, {"who": [stranger], "is_outside": ["no"]})
    assert "まだ参加登録をしていません" in text_of(refused)


async def test_owners_are_people_or_a_post(server: Server) -> None:
    owner = await owner_of(server)
    page = await begun(server, owner)
    await owner.click(shown(page), label="担当者")
    by_name, by_post = menus(shown(page)).items()
    refused = await owner.select(shown(page), values=[*by_name[1].values()], custom_id=by_name[0])
    assert "シリーズには担当者が必要です" in text_of(refused)
    await owner.select(shown(page), values=[by_post[1]["会計"]], custom_id=by_post[0])
    assert "担当の役職：会計" in page_text(shown(page))
    await owner.click(shown(page), label="シリーズ")
    assert "担当の役職：会計" in page_text(shown(page))
    await owner.click(shown(page), label="CSVで受け取る")
    assert "6回分" in page_text(shown(page))


async def test_english_is_as_english(server: Server) -> None:
    owner = await owner_of(server, "en-US")
    page = await listed(server, owner, "Series and symposia")
    form = await owner.click(shown(page), label="Start a series")
    await owner.submit_modal(form, {"name_en": "Medical symposium", "first_number": "1", "home": ["0-0"]})
    await owner.click(shown(page), label="Plan a year")
    assert "New: No. 1, Jan 2026" in page_text(shown(page))
    await owner.click(shown(page), label="Plan it like this")
    assert "Every year: odd months; with the general meeting: November" in page_text(shown(page))
