"""An LC's own server, from the code to the unlinking."""

from __future__ import annotations

import re

import discord
import pytest
import simcord
from sqlalchemy import update

from bot.features.organisations.models import Server as Linked
from bot.features.people.terms import LC_REPRESENTATIVE
from tests.channels.test_slash import begin, give
from tests.support.pages import find_lc, lc_history
from tests.support.simulated import delete_channel, limit_bot, limit_in, put_out, refuse_one, take_roles
from tests.support.worlds import Server, World, labels, page_text, shown, text_of

LINK = "LCのサーバーとしてつなぐ"
OWN = ["つなぐ-ホーム", "全国からのお知らせ"]


async def code_for(server: Server, officer: simcord.MemberActor, lc: str = "#1") -> str:
    result = await officer.slash(server.channel, "manage lc server-code", lc=lc)
    found = re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}", text_of(result))
    assert found, text_of(result)
    return found[0]


async def enter(
    own: Server, manager: simcord.MemberActor, code: str, channel: simcord.ChannelHandle | None = None
) -> simcord.InteractionResult:
    begun = await manager.slash(own.channel, "setup")
    form = await manager.click(shown(begun), label=LINK)
    return await manager.submit_modal(form, {"code": code, **({"channel": [channel]} if channel else {})})


async def linked(world: World) -> tuple[Server, simcord.MemberActor, Server, simcord.MemberActor]:
    """The organisation's server with an officer, and the own server of LC 1 with somebody who manages it."""
    server, officer = await begin(world, lcs=1)
    own = world.server("北大のサーバー")
    manager = own.admin("manager")
    result = await enter(own, manager, await code_for(server, officer))
    assert "初期設定が終わりました" in text_of(result)
    return server, officer, own, manager


def made_in(own: Server) -> list[str]:
    return [name for name in own.guild.channels if name != "general"]


async def test_a_code_makes_a_server_the_lcs_own(world: World) -> None:
    server, officer, own, manager = await linked(world)
    assert made_in(own) == ["国際医学生連盟 日本", *OWN]
    assert [role.name for role in own.guild.roles.values() if "役員" in role.name] == [], "no officers' role here"
    panel = own.guild.channels[OWN[0]].pinned_messages()
    assert panel[0].embeds[0].title == "国際医学生連盟 日本 / 北海道大学"
    student = own.person("student")
    home = await student.click(panel[0], label="ホーム / Home")
    assert "国際医学生連盟 日本" in text_of(home), "commands know the organisation here"
    found = await find_lc(student, own.channel, text="北海道大学")
    assert shown(found).embeds[0].title == "北海道大学"
    status = await manager.slash(own.channel, "setup")
    assert "**北海道大学** のLCのサーバーです" in text_of(status)
    card = await officer.slash(server.channel, "lc", lc="#1")
    assert "LCのサーバー：つながっています（お知らせは<#" in text_of(card)
    history = await lc_history(officer, server.channel, lc="#1")
    assert "LCのサーバーの接続" in text_of(history)


async def test_people_choose_where_announcements_arrive(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    own = world.server("北大のサーバー")
    manager = own.admin("manager")
    news = own.guild.create_text_channel("お知らせ板")
    await enter(own, manager, await code_for(server, officer), news)
    assert made_in(own) == ["お知らせ板", "国際医学生連盟 日本", OWN[0]], "none is made where one was chosen"
    status = await manager.slash(own.channel, "setup")
    assert news.mention in text_of(status)

    closed = own.guild.create_text_channel("書けない板")
    await limit_in(world.env, closed)
    form = await manager.click(shown(status), label="お知らせのチャンネルを選ぶ")
    refused = await manager.submit_modal(form, {"channel": [closed]})
    assert "そのチャンネルには書き込めません" in text_of(refused)
    other = own.guild.create_text_channel("別の板")
    form = await manager.click(shown(status), label="お知らせのチャンネルを選ぶ")
    await manager.submit_modal(form, {"channel": [other]})
    assert other.mention in page_text(shown(status))

    await delete_channel(world.env, other.id)
    status = await manager.slash(own.channel, "setup")
    assert f"・{OWN[1]}" in text_of(status)
    await manager.click(shown(status), label="確認して、足りないものをつくる")
    assert OWN[1] in made_in(own)


async def test_wrong_used_and_late_codes_have_clear_answers(world: World) -> None:
    server, officer, own, _ = await linked(world)
    second = world.server("Second")
    manager = second.admin("second-manager")
    english = second.admin("english", locale="en-US")
    assert "このコードは見つかりません" in text_of(await enter(second, manager, "ABCDE-FGHJK"))
    again = await officer.slash(server.channel, "manage lc server-code", lc="#1")
    assert "すでにつながっているサーバーがあります" in text_of(again)
    code = await code_for(server, officer, "#2")
    assert "/setup" not in labels(shown(await manager.slash(second.channel, "setup")))
    for _ in range(15):
        await world.env.advance_time(86_400)
    begun = await english.slash(second.channel, "setup")
    form = await english.click(shown(begun), label="Link as an LC's server")
    assert "This code has expired" in text_of(await english.submit_modal(form, {"code": code}))
    assert made_in(second) == []
    code = await code_for(server, officer, "#2")
    await enter(second, manager, code)
    third = world.server("Third")
    used = await enter(third, third.admin("third-manager"), code)
    assert "すでに使われています" in text_of(used)
    assert made_in(third) == []
    assert made_in(own)


async def test_only_who_manages_the_server_links_it(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    own = world.server("北大のサーバー")
    manager = own.admin("manager")
    begun = await manager.slash(own.channel, "setup")
    form = await manager.click(shown(begun), label=LINK)
    await take_roles(world.env, manager)
    refused = await manager.submit_modal(form, {"code": await code_for(server, officer)})
    assert "「サーバー管理」の権限が必要です" in text_of(refused)
    await limit_bot(world.env, own.guild, discord.Permissions(view_channel=True, send_messages=True))
    begun = await own.admin("other").slash(own.channel, "setup")
    assert LINK not in labels(shown(begun))
    leader = server.person("leader")
    await give(world, leader, LC_REPRESENTATIVE, 1)
    assert "server-code" not in str(leader.available_commands(server.channel))


async def test_the_small_set_of_permissions_is_enough_for_an_lcs_server(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    own = world.server("北大のサーバー")
    manager = own.admin("manager")
    few = discord.Permissions(
        manage_messages=True,  # the simulation asks for it to pin, as Discord did before it had "Pin Messages"
        view_channel=True, manage_channels=True, send_messages=True, embed_links=True, attach_files=True,
        read_message_history=True, pin_messages=True,
    )  # fmt: skip
    await limit_bot(world.env, own.guild, few)
    begun = await manager.slash(own.channel, "setup")
    assert labels(shown(begun)) == [LINK]
    result = await enter(own, manager, await code_for(server, officer))
    assert "初期設定が終わりました" in text_of(result)
    assert made_in(own) == ["国際医学生連盟 日本", *OWN]


@pytest.mark.parametrize("status", [400, 403, 404])
@pytest.mark.parametrize(
    ("method", "path", "nth", "name"),
    [
        ("POST", "/guilds/*/channels", 0, "国際医学生連盟 日本"),
        ("POST", "/guilds/*/channels", 1, f"#{OWN[0]}"),
        ("POST", "/guilds/*/channels", 2, f"#{OWN[1]}"),
        ("POST", "/channels/*/messages", 0, "ピン留めのパネル"),
        ("PUT", "/channels/*/pins/*", 0, "ピン留めのパネル"),
    ],
)
async def test_one_thing_that_discord_refuses_in_the_lcs_server_stops_nothing_else(
    monkeypatch: pytest.MonkeyPatch, world: World, method: str, path: str, nth: int, name: str, status: int
) -> None:
    server, officer = await begin(world, lcs=1)
    own = world.server("北大のサーバー")
    manager = own.admin("manager")
    code = await code_for(server, officer)
    refuse_one(monkeypatch, method, path, nth=nth, status=status)
    broken = await enter(own, manager, code)
    said = text_of(broken)
    assert "初期設定はまだ終わっていません" in said
    assert f"・{name}" in said
    everything = {"国際医学生連盟 日本", *OWN}
    assert set(made_in(own)) == everything - {name.removeprefix("#")}
    await manager.click(shown(broken), label="もう一度試す")
    assert "初期設定が終わりました" in page_text(shown(broken))
    assert sorted(made_in(own)) == sorted(everything)
    assert len(own.guild.channels[OWN[0]].pinned_messages()) == 1
    assert manager.member is not None
    assert {one.name for one in manager.member.guild.categories[0].channels} == set(OWN)


async def test_unlinking_is_looked_at_first_and_deletes_nothing(world: World) -> None:
    server, officer, own, manager = await linked(world)
    leader = server.person("leader")
    await give(world, leader, LC_REPRESENTATIVE, 1)
    status = await manager.slash(own.channel, "setup")
    refused = await manager.click(shown(status), label="LCのサーバーとのつながりを解除")
    assert "このLCの役員と全国役員だけ" in text_of(refused)
    card = await leader.slash(server.channel, "lc", lc="#1")
    await leader.click(shown(card), label="LCのサーバーとのつながりを解除")
    assert "北大のサーバー" in page_text(shown(card))
    assert "ボットからは何も削除しません" in page_text(shown(card))
    assert "北海道大学" in text_of(await manager.slash(own.channel, "setup")), "a look changes nothing"
    await leader.click(shown(card), label="解除する")
    assert "解除しました" in page_text(shown(card))
    assert made_in(own) == ["国際医学生連盟 日本", *OWN]
    assert "つながっていません" in text_of(await manager.slash(own.channel, "home"))
    again = await leader.slash(server.channel, "lc", lc="#1")
    assert "LCのサーバー：つながっていません" in text_of(again)
    await enter(own, manager, await code_for(server, officer))
    assert "北海道大学" in text_of(await manager.slash(own.channel, "setup"))


async def test_when_the_bot_is_put_out_its_officers_see_it(world: World) -> None:
    server, officer, own, _ = await linked(world)
    await put_out(world.env, own.guild)
    card = await officer.slash(server.channel, "lc", lc="#1")
    assert "ボットが参加していないため、届きません" in text_of(card)
    student = await server.person("student").slash(server.channel, "lc", lc="#1")
    assert "LCのサーバー" not in text_of(student), "it is for the officers"
    await officer.click(shown(card), label="LCのサーバーとのつながりを解除")
    assert "そのサーバーに、このボットはもう参加していません" in page_text(shown(card))


async def test_being_put_out_while_the_bot_is_off_is_noticed_at_the_start(world: World) -> None:
    server, officer, own, _ = await linked(world)
    async with world.bot.database.writing() as session:
        await session.execute(update(Linked).where(Linked.lc_id.is_not(None)).values(discord_guild_id=4711))
    await world.restart()
    card = await officer.slash(server.channel, "lc", lc="#1")
    assert "ボットが参加していないため、届きません" in text_of(card)
    assert made_in(own)
