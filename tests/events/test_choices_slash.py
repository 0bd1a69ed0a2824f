"""Several ways to take part, as people press them. The simulated world begins on 1 January 2026."""

from __future__ import annotations

import pytest
import simcord

from tests.events.test_questions_slash import MEAL, asked, field
from tests.events.test_slash import joined, post_of, write
from tests.support.members import join
from tests.support.worlds import Server, World, labels, page_text, shown, text_of

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
