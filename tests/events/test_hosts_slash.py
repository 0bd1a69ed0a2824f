"""Co-hosts as people press them."""

from __future__ import annotations

import simcord

from tests.events.test_slash import open_event, post, post_of, write
from tests.support.members import join
from tests.support.worlds import Server, World, choose, labels, page_text, shown, text_of

LINE = "1/17(土) 19時〜21時 A棟で症例勉強会、誰でも 定員20名"
TERM = {"starts": "2026-01-01", "ends": "2026-12-31"}


async def begun(world: World) -> tuple[Server, simcord.MemberActor, simcord.MemberActor]:
    """A national officer and the representative of an LC, who have joined."""
    server = world.server()
    officer, leader = server.person("officer"), server.person("leader")
    await server.set_up(server.admin(), officers=[officer])
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    await join(world.services, leader.id, "京都 太郎", guild=server.guild.id)
    await officer.slash(
        server.channel, "officer appoint", person=leader, post="lc_representative", lc="京都大学", **TERM
    )
    return server, officer, leader


async def test_the_preview_names_co_hosts_who_are_asked_with_the_post(world: World) -> None:
    server, officer, leader = await begun(world)
    page = await write(server, officer, LINE)
    await officer.click(shown(page), label="その他の設定")
    await officer.click(shown(page), label="共催")
    form = await officer.click(shown(page), label="LCに共催を頼む")
    await officer.submit_modal(form, {"lc": "京都大学"})
    assert "投稿すると依頼されます" in page_text(shown(page))
    form = await officer.click(shown(page), label="団体・機関を追加する")
    await officer.submit_modal(form, {"name": "国際学生の会"})
    assert "共催の依頼" not in text_of(await leader.slash(server.channel, "home"))
    await officer.click(shown(page), label="その他の設定")
    await officer.click(shown(page), label="下書きを見る")
    told = page_text(shown(page))
    assert "投稿すると共催を依頼するLC：京都大学" in told
    assert "国際学生の会" in told
    await officer.click(shown(page), label="投稿する")
    home = await leader.slash(server.channel, "home")
    assert "京都大学に共催の依頼が来ています：症例勉強会" in text_of(home)


async def test_an_lc_is_asked_and_its_officer_says_yes(world: World) -> None:
    server, officer, leader = await begun(world)
    await post(server, officer, LINE)
    page = await officer.slash(server.channel, "event")
    await open_event(officer, page)
    await officer.click(shown(page), label="主催者メニュー")
    await officer.click(shown(page), label="その他")
    await officer.click(shown(page), label="共催")
    form = await officer.click(shown(page), label="LCに共催を頼む")
    await officer.submit_modal(form, {"lc": "京都大学"})
    assert "返事待ち" in page_text(shown(page))
    form = await officer.click(shown(page), label="団体・機関を追加する")
    await officer.submit_modal(form, {"name": "国際学生の会"})
    home = await leader.slash(server.channel, "home")
    assert "京都大学に共催の依頼が来ています：症例勉強会" in text_of(home)
    await leader.click(shown(home), label="返事をする")
    await leader.click(shown(home), label="共催する")
    assert "あなたのLCが共催になりました" in page_text(shown(home))
    assert "共催の依頼" not in text_of(await leader.slash(server.channel, "home"))
    await world.env.advance_time(60)
    card = page_text(post_of(server))
    assert "国際学生の会" in card
    assert "京都大学" in card
    await leader.click(shown(home), label="共催をやめる")
    assert labels(shown(home))[0] == "共催する"
    page = await officer.slash(server.channel, "event")
    await open_event(officer, page)
    await officer.click(shown(page), label="主催者メニュー")
    await officer.click(shown(page), label="その他")
    await officer.click(shown(page), label="共催")
    assert "辞退" in page_text(shown(page))
    await choose(officer, shown(page), "国際学生の会")
    await officer.click(shown(page), label="外す")
    assert "国際学生の会" not in page_text(shown(page))
