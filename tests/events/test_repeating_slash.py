"""Events that repeat, as people see them. The simulated world begins on 1 January 2026."""

from __future__ import annotations

import pytest
import simcord

from tests.events.test_slash import post, post_of, write
from tests.support.members import join
from tests.support.worlds import Server, World, menus, options, page_text, shown, text_of


@pytest.fixture
async def server(world: World) -> Server:
    return world.server()


@pytest.fixture
async def officer(server: Server) -> simcord.MemberActor:
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    return officer


async def test_a_series_is_posted_with_two_presses(world: World, server: Server, officer: simcord.MemberActor) -> None:
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    preview = await write(server, officer, "毎週月曜 19時〜20時半 部室で勉強会")
    said = text_of(preview)
    assert "🔁 毎週 月曜 19:00" in said
    assert "2026年1月12日(月) 19:00（成人の日）" in said
    assert said.count("・2026年1月") == 4
    form = await officer.click(shown(preview), label="繰り返す…")
    await officer.submit_modal(form, {"text": "毎週月曜 3月末まで", "skips_holidays": ["yes"]})
    assert "成人の日" not in page_text(shown(preview))
    await officer.click(shown(preview), label="投稿する")
    assert "イベントを投稿しました" in page_text(shown(preview))
    assert "🔁 毎週 月曜" in page_text(post_of(server, "勉強会"))
    page = await officer.slash(server.channel, "event")
    assert len(options(shown(page))) > 4


async def test_one_is_left_out_and_the_later_ones_are_moved(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    page = await post(server, officer, "毎週月曜 19時〜20時半 部室で勉強会")
    await officer.click(shown(page), label="主催者メニュー")
    await officer.click(shown(page), label="投稿・日程")
    await officer.click(shown(page), label="繰り返し")
    skipped = menus(shown(page))["events:skip:1"]
    await officer.select(shown(page), values=[next(iter(skipped.values()))], custom_id="events:skip:1")
    assert "お休みにしました" in page_text(shown(page))
    form = await officer.click(shown(page), label="この回以降をまとめて編集")
    answer = await officer.submit_modal(form, {"title_ja": "勉強会", "when": "2025-01-05 19:00"})
    assert "過ぎて" in text_of(answer)
    form = await officer.click(shown(page), label="この回以降をまとめて編集")
    await officer.submit_modal(form, {"title_ja": "勉強会", "when": "1/13 18:00-19:00"})
    assert "この回以降に保存しました" in page_text(shown(page))
    assert "2026年1月20日(火) 18:00" in page_text(shown(page))


async def test_a_series_ends_and_says_what_becomes_of_the_rest(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    page = await post(server, officer, "毎週月曜 19時〜20時半 部室で勉強会")
    await officer.click(shown(page), label="主催者メニュー")
    await officer.click(shown(page), label="投稿・日程")
    await officer.click(shown(page), label="繰り返し")
    await officer.click(shown(page), label="繰り返しを終了")
    assert "すでに予定されている回は" in page_text(shown(page))
    form = await officer.click(shown(page), label="それらも中止…")
    await officer.submit_modal(form, {"reason": "部員不足のため"})
    assert "中止しました" in page_text(shown(page))
    listed = await officer.slash(server.channel, "event")
    assert "勉強会" not in text_of(listed)
    again = await post(server, officer, "毎週火曜 19時 練習")
    await officer.click(shown(again), label="主催者メニュー")
    await officer.click(shown(again), label="投稿・日程")
    await officer.click(shown(again), label="繰り返し")
    await officer.click(shown(again), label="繰り返しを終了")
    await officer.click(shown(again), label="そのまま残す")
    assert "予定されている回は行われます" in page_text(shown(again))
    assert "練習" in text_of(await officer.slash(server.channel, "event"))
