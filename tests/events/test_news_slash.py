"""News of events and an LC's week, as people see them. The simulated world begins on 1 January 2026."""

from __future__ import annotations

import pytest
import simcord

from tests.events.test_slash import post
from tests.support.members import join
from tests.support.worlds import Server, World, labels, page_text, shown, text_of


@pytest.fixture
async def server(world: World) -> Server:
    return world.server()


@pytest.fixture
async def officer(world: World, server: Server) -> simcord.MemberActor:
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    return officer


async def test_an_empty_week_offers_news_and_one_press_ends_them(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    student = server.person("student")
    await join(world.services, student.id, "学生 一", guild=server.guild.id)
    home = await student.slash(server.channel, "home")
    assert "今週の予定はありません" in text_of(home)
    await student.click(shown(home), label="お知らせを受け取る")
    assert "自分のLC" not in labels(shown(home)), "they belong to none"
    await student.click(shown(home), label="オンライン")
    assert "お知らせを止める" in labels(shown(home))
    assert "今週の予定はありません" not in text_of(await student.slash(server.channel, "home"))
    await post(server, officer, "1/17(土) 19時〜21時 Zoomで症例勉強会、誰でも\nhttps://us02web.zoom.us/j/123")
    await world.env.advance_time(7 * 86_400)  # past the first Wednesday
    (message,) = student.user.dm_channel.history()
    assert "新しいイベントのお知らせ" in page_text(message)
    assert "症例勉強会" in page_text(message)
    assert "zoom.us" not in page_text(message)
    ended = await student.user.click(message, label="お知らせを止める")
    assert "お知らせを止めました" in text_of(ended)
    await post(server, officer, "1/24(土) 19時〜21時 Zoomで新年会、誰でも")
    await world.env.advance_time(14 * 86_400)
    assert len(student.user.dm_channel.history()) == 1


async def test_officers_of_an_lc_read_its_week_and_switch_it_off(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    leader = server.person("leader")
    await officer.slash(server.channel, "officer appoint", person=leader, post="lc_representative", lc="東京大学")
    await join(world.services, leader.id, "代表 一", guild=server.guild.id)
    await post(server, leader, "1/3(土) 19時〜21時 Zoomで部会、誰でも\nhttps://us02web.zoom.us/j/123")
    page = await leader.slash(server.channel, "home")
    await leader.click(shown(page), label="その他")
    await leader.click(shown(page), label="今週のまとめ（LINE用）")
    told = page_text(shown(page))
    assert "・1月3日(土) 19:00–21:00 部会" in told
    assert "zoom.us" not in told
    await leader.click(shown(page), label="まとめを止める")
    assert "まとめを送っていません" in page_text(shown(page))
    await leader.click(shown(page), label="日曜日に送る")
    assert "日曜日の夜に" in page_text(shown(page))


async def test_where_nothing_comes_home_shows_what_there_was(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    await post(server, officer, "1/2(金) 19時〜21時 Zoomで症例勉強会、誰でも\nhttps://us02web.zoom.us/j/123")
    student = server.person("student")
    await join(world.services, student.id, "学生 一", guild=server.guild.id)
    assert "様子を見る" not in text_of(await student.slash(server.channel, "home")), "it is still to come"
    await world.env.advance_time(3 * 86_400)
    home = await student.slash(server.channel, "home")
    assert "症例勉強会（終わりました。様子を見る）" in text_of(home)
    await student.click(shown(home), label="症例勉強会")
    assert "このイベントは終わりました" in page_text(shown(home))
    assert [one.filename for one in shown(home).attachments] == ["event.png"]
    await world.env.advance_time(90 * 86_400)
    assert "様子を見る" not in text_of(await student.slash(server.channel, "home")), "long ago"
