"""Copies, templates and further organisers, as people press them."""

from __future__ import annotations

from typing import Any

import pytest
import simcord

from tests.events.test_slash import open_event, post
from tests.support.members import join
from tests.support.worlds import Server, World, choose, labels, options, page_text, shown, text_of

LINE = "1/17(土) 19時〜21時 A棟で症例勉強会、誰でも 定員20名"


@pytest.fixture
async def server(world: World) -> Server:
    return world.server()


@pytest.fixture
async def officer(world: World, server: Server) -> simcord.MemberActor:
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    return officer


async def menu_of(server: Server, officer: simcord.MemberActor, part: str = "その他") -> Any:
    """What its organisers do with the event."""
    await post(server, officer, LINE)
    page = await officer.slash(server.channel, "event")
    await open_event(officer, page)
    await officer.click(shown(page), label="主催者メニュー")
    await officer.click(shown(page), label=part)
    return page


async def test_a_copy_asks_for_the_time_alone(server: Server, officer: simcord.MemberActor) -> None:
    page = await menu_of(server, officer)
    form = await officer.click(shown(page), label="コピーしてつくる")
    await officer.submit_modal(form, {"when": "1/24 19:00-21:00"})
    told = page_text(shown(page))
    for words in ("コピーをつくりました", "症例勉強会", "A棟"):
        assert words in told, words
    await officer.click(shown(page), label="投稿する")
    assert "イベントを投稿しました" in page_text(shown(page))


async def test_whoever_makes_events_there_copies_from_the_page_of_the_event(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    await post(server, officer, LINE)
    page = await officer.slash(server.channel, "event")
    await open_event(officer, page)
    form = await officer.click(shown(page), label="コピーしてつくる")
    await officer.submit_modal(form, {"when": "1/24 19:00-21:00"})
    assert "コピーをつくりました" in page_text(shown(page))
    student = server.person("student")
    await join(world.services, student.id, "学生 一", guild=server.guild.id)
    theirs = await student.slash(server.channel, "event")
    await open_event(student, theirs)
    assert "参加する" in labels(shown(theirs))
    assert "コピーしてつくる" not in labels(shown(theirs))


async def test_on_a_phone_organisers_see_few_buttons_and_an_error_fits(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    page = await menu_of(server, officer, "その他")
    await officer.click(shown(page), label="主催者メニュー")
    parts = ["参加者・主催者", "文章・画像", "申し込みの設定", "投稿・日程", "その他"]
    assert labels(shown(page)) == [*parts, "受付", "イベントを見る", "ホーム"]
    seen = list[str]()
    for part in parts:
        await officer.click(shown(page), label=part)
        assert len(labels(shown(page))) <= 8, labels(shown(page))
        assert len(shown(page).components) < 5, labels(shown(page))
        seen += labels(shown(page))
        await officer.click(shown(page), label="主催者メニュー")
    for label in (
        "参加者の一覧", "招待する", "名前を入力する", "主催者", "編集", "説明など", "使用言語・時差", "写真・画像",
        "LINE・メール用の文面", "申し込みのルール", "参加のしかた", "質問", "このチャンネルにも投稿", "投稿の名前表示",
        "スレッド", "共催", "コピーしてつくる", "ひな形として保存", "イベントを中止する",
    ):  # fmt: skip
        assert label in seen, label
    await officer.click(shown(page), label="文章・画像")
    form = await officer.click(shown(page), label="編集")
    await officer.submit_modal(form, {"title_ja": "症例勉強会", "when": "13/45"})
    assert len(shown(page).components) <= 5
    assert "文章・画像" in page_text(shown(page))


async def test_a_template_is_kept_used_renamed_and_deleted(server: Server, officer: simcord.MemberActor) -> None:
    page = await menu_of(server, officer)
    form = await officer.click(shown(page), label="ひな形として保存")
    await officer.submit_modal(form, {"name": "定例勉強会"})
    assert "保存しました" in page_text(shown(page))
    form = await officer.click(shown(page), label="名前を変える")
    await officer.submit_modal(form, {"name": "毎週の勉強会"})
    form = await officer.click(shown(page), label="このひな形でつくる")
    await officer.submit_modal(form, {"text": "1/24 19:00-21:00 @B棟"})
    assert "症例勉強会" in page_text(shown(page))
    page = await officer.slash(server.channel, "event")
    form = await officer.click(shown(page), label="イベントをつくる")
    await officer.submit_modal(form, {"text": "1/31 19:00-21:00", "source": ["t1"]})
    assert "症例勉強会" in page_text(shown(page))
    page = await officer.slash(server.channel, "event")
    form = await officer.click(shown(page), label="イベントをつくる")
    refused = await officer.submit_modal(form, {"text": "", "source": []})
    assert "1〜2000字" in text_of(refused) or "2000" in text_of(refused)
    page = await officer.slash(server.channel, "event")
    await officer.click(shown(page), label="自分の下書き")
    await officer.click(shown(page), label="ひな形")
    assert options(shown(page)) == ["毎週の勉強会"]
    await choose(officer, shown(page), "毎週の勉強会")
    await officer.click(shown(page), label="削除")
    await officer.click(shown(page), label="削除する")
    assert "ひな形はまだありません" in page_text(shown(page))


async def test_a_friend_organises_it_too(world: World, server: Server, officer: simcord.MemberActor) -> None:
    friend, stranger = server.person("friend"), server.person("stranger")
    await join(world.services, friend.id, "友人 一", guild=server.guild.id)
    page = await menu_of(server, officer, "参加者・主催者")
    await officer.click(shown(page), label="主催者")
    form = await officer.click(shown(page), label="主催者を追加する")
    refused = await officer.submit_modal(form, {"who": [stranger]})
    assert "まだ参加登録をしていません" in text_of(refused)
    form = await officer.click(shown(page), label="主催者を追加する")
    await officer.submit_modal(form, {"who": [friend]})
    assert "友人 一" in page_text(shown(page))
    theirs = await friend.slash(server.channel, "event")
    await open_event(friend, theirs)
    assert "参加者の一覧" in labels(shown(theirs))
    await choose(officer, shown(page), "友人 一")
    await officer.click(shown(page), label="外す")
    assert "友人 一" not in page_text(shown(page))
    theirs = await friend.slash(server.channel, "event")
    await open_event(friend, theirs)
    assert "参加者の一覧" not in labels(shown(theirs))
