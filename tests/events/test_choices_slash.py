"""Several ways to take part, as people press them. The simulated world begins on 1 January 2026."""

from __future__ import annotations

import pytest
import simcord

from tests.events.test_questions_slash import MEAL, asked, field
from tests.events.test_slash import joined, post_of, write
from tests.support.members import join
from tests.support.worlds import Server, World, choose, labels, page_text, shown, text_of

LINE = "1/17(土) 19時〜21時 症例勉強会、誰でも"


@pytest.fixture
async def server(world: World) -> Server:
    return world.server()


@pytest.fixture
async def officer(world: World, server: Server) -> simcord.MemberActor:
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    return officer


async def test_one_press_more_says_how_somebody_comes(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    page = await write(server, officer, LINE)
    await officer.click(shown(page), label="その他の設定")
    form = await officer.click(shown(page), label="参加のしかた")
    await officer.submit_modal(form, {"lines": "会場で参加 | On site: 1\nオンラインで参加 | Online"})
    assert "・会場で参加（1人中0人）" in page_text(shown(page))
    await officer.click(shown(page), label="投稿する")
    student = await joined(world, server, "student")
    answer = await student.click(post_of(server), label="参加する")
    assert labels(shown(answer)) == ["会場で参加（1人中0人）", "オンラインで参加", "戻る"]
    await student.click(shown(answer), label="オンラインで参加")
    assert "申し込みました" in page_text(shown(answer))
    await officer.click(shown(page), label="主催者メニュー")
    await officer.click(shown(page), label="参加者・主催者")
    await officer.click(shown(page), label="参加者の一覧")
    assert "オンラインで参加" in page_text(shown(page))


async def test_a_newcomer_chooses_and_answers(world: World, server: Server, officer: simcord.MemberActor) -> None:
    page = await write(server, officer, LINE)
    await officer.click(shown(page), label="その他の設定")
    form = await officer.click(shown(page), label="参加のしかた")
    await officer.submit_modal(form, {"lines": "会場\nオンライン"})
    await officer.click(shown(page), label="質問")
    await asked(officer, page, **MEAL)
    await officer.click(shown(page), label="下書きを見る")
    await officer.click(shown(page), label="投稿する")
    stranger = server.person("stranger")
    answer = await stranger.click(post_of(server), label="参加する")
    form = await stranger.click(shown(answer), label="同意して参加する")
    await stranger.submit_modal(form, {"name": "札幌 四郎", "school": "札幌医科大学"})
    form = await stranger.click(shown(answer), label="会場")
    await stranger.submit_modal(form, {field(form, "お弁当"): ["肉"]})
    assert "申し込みました" in page_text(shown(answer))
    assert "会場" in text_of(await stranger.click(post_of(server), label="詳細"))


async def test_somebody_comes_online_after_all_and_a_full_hall_has_a_line(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    page = await write(server, officer, LINE)
    await officer.click(shown(page), label="その他の設定")
    form = await officer.click(shown(page), label="参加のしかた")
    await officer.submit_modal(form, {"lines": "会場で参加: 1\nオンラインで参加"})
    await officer.click(shown(page), label="投稿する")
    first, second = await joined(world, server, "first"), await joined(world, server, "second")
    hers = await first.click(post_of(server), label="参加する")
    await first.click(shown(hers), label="会場で参加（1人中0人）")
    his = await second.click(post_of(server), label="参加する")
    await second.click(shown(his), label="オンラインで参加")
    await second.click(shown(his), label="参加のしかたを変える")
    assert "今の参加のしかた：オンラインで参加" in page_text(shown(his))
    await choose(second, shown(his), "会場で参加（1人中1人）")
    assert "「会場で参加」は満員です" in page_text(shown(his))
    assert labels(shown(his)) == ["今の席をやめて待つ", "イベントを見る"]
    await first.click(shown(hers), label="参加のしかたを変える")
    await choose(first, shown(hers), "オンラインで参加（1人）")
    assert "保存しました" in page_text(shown(hers))
    assert "オンラインで参加" in page_text(shown(hers))
    await second.click(shown(his), label="今の席をやめて待つ")  # by now there is a place
    assert "保存しました" in page_text(shown(his))
    await first.click(shown(hers), label="参加のしかたを変える")
    await choose(first, shown(hers), "会場で参加（1人中1人）")
    await first.click(shown(hers), label="今の席をやめて待つ")
    assert "キャンセル待ち" in page_text(shown(hers))
    assert "参加のしかたを変える" not in labels(shown(hers))
