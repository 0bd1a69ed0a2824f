"""Names on a post and a thread under it, as people see them."""

from __future__ import annotations

from typing import Any

import pytest
import simcord

from tests.events.test_pictures_slash import picture_page
from tests.events.test_slash import open_event, post, post_of
from tests.support.members import join
from tests.support.worlds import Server, World, choose, page_text, shown, text_of

LINE = "1/17(土) 19時〜21時 Zoomで症例勉強会、誰でも"


@pytest.fixture
async def server(world: World) -> Server:
    return world.server()


@pytest.fixture
async def officer(world: World, server: Server) -> simcord.MemberActor:
    officer = server.person("officer")
    await server.set_up(server.admin(), officers=[officer])
    await join(world.services, officer.id, "役員 花", guild=server.guild.id)
    await post(server, officer, LINE)
    return officer


async def organisers_page(server: Server, person: simcord.MemberActor, label: str) -> Any:
    page = await picture_page(server, person)
    await person.click(shown(page), label="主催者メニュー")
    await person.click(shown(page), label="投稿・日程")
    await person.click(shown(page), label=label)
    return page


async def test_a_name_stands_on_the_post_only_if_its_owner_wants_it(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    page = await organisers_page(server, officer, "投稿の名前表示")
    await officer.click(shown(page), label="同意した人の名前を出す")
    assert "同意した人の名前が出ます" in page_text(shown(page))
    shy, bold = server.person("shy"), server.person("bold")
    await join(world.services, shy.id, "学生 一", guild=server.guild.id)
    await join(world.services, bold.id, "学生 *二*", guild=server.guild.id)
    for person, label in ((shy, "名前を出さずに参加する"), (bold, "名前を出して参加する")):
        asked = await person.click(post_of(server), label="参加する")
        assert "あなたの名前が投稿に表示されます" in text_of(asked)
        await person.click(shown(asked), label=label)
        assert "申し込みました" in page_text(shown(asked))
    await world.env.advance_time(15)
    assert "学生 \\*二\\*、ほか1人" in page_text(post_of(server))
    page = await bold.slash(server.channel, "event")
    await open_event(bold, page)
    await bold.click(shown(page), label="投稿の名前")
    await bold.click(shown(page), label="投稿から名前を消す")
    await world.env.advance_time(15)
    assert "学生" not in page_text(post_of(server))


async def test_a_thread_is_made_once_and_adds_nobody(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    student = server.person("student")
    await join(world.services, student.id, "学生 一", guild=server.guild.id)
    await student.click(post_of(server), label="参加する")
    await organisers_page(server, officer, "このチャンネルにも投稿")  # in a channel where everybody talks
    page = await organisers_page(server, officer, "スレッド")
    await officer.click(shown(page), label="スレッドをつくる")
    assert "スレッドをつくりました" in page_text(shown(page))
    guild = world.bot.get_guild(server.guild.id)
    assert guild is not None
    (thread,) = [one for one in guild.threads if one.name == "症例勉強会"]
    await choose(officer, shown(page), "スレッドに1回だけ、通知音なしで")
    assert "保存しました" in page_text(shown(page))
    mine = await student.slash(server.channel, "event")
    await open_event(student, mine)
    assert thread.mention in page_text(shown(mine))
    await officer.click(shown(page), label="スレッドの登録を外す")
    await officer.click(shown(page), label="スレッドをつくる")
    assert thread.mention in page_text(shown(page)), "the same one: Discord gives a message one thread"


async def test_a_thread_stands_also_in_a_channel_that_setup_made_read_only(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    page = await organisers_page(server, officer, "スレッド")
    await officer.click(shown(page), label="スレッドをつくる")
    assert "スレッドをつくりました" in page_text(shown(page))
    guild = world.bot.get_guild(server.guild.id)
    assert guild is not None
    (thread,) = guild.threads
    assert thread.parent is not None
    assert not thread.parent.permissions_for(guild.default_role).create_public_threads


async def test_without_the_right_the_organiser_is_told_what_to_allow(
    world: World, server: Server, officer: simcord.MemberActor
) -> None:
    guild = world.bot.get_guild(server.guild.id)
    assert guild is not None
    (channel,) = (one for one in guild.text_channels if one.name == "お知らせ")
    allowed = channel.overwrites_for(guild.me)
    allowed.update(create_public_threads=False)
    await channel.set_permissions(guild.me, overwrite=allowed)
    page = await organisers_page(server, officer, "スレッド")
    await officer.click(shown(page), label="スレッドをつくる")
    assert "公開スレッドの作成" in page_text(shown(page))
    await post_of(server).delete()
    allowed.update(create_public_threads=True)
    await channel.set_permissions(guild.me, overwrite=allowed)
    page = await organisers_page(server, officer, "スレッド")
    await officer.click(shown(page), label="スレッドをつくる")
    assert "もう一度投稿してください" in page_text(shown(page))
