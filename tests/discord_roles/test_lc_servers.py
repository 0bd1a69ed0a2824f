"""Roles in an LC's own server: chosen by its officers, for its people, and nothing of anybody else."""

from __future__ import annotations

from datetime import date

import discord
import pytest
import simcord
from sqlalchemy import select

from bot.demo.simulator import in_bot
from bot.features.organisations.models import Server as Linked
from bot.features.organisations.models import ServerPart
from tests.channels.test_servers_slash import linked
from tests.channels.test_slash import build, give, noted
from tests.discord_roles.test_slash import look, make, names, role_calls
from tests.support.pages import lc_roles
from tests.support.simulated import limit_bot
from tests.support.worlds import Server, World, labels, options, page_text, shown, text_of

DAY = 86_400
LAST = date(2026, 3, 31)


async def roles_noted(world: World, own: Server) -> set[str]:
    query = (
        select(ServerPart.key)
        .join(Linked, Linked.id == ServerPart.server_id)
        .where(Linked.discord_guild_id == own.guild.id, ServerPart.key.startswith("role:"))
    )
    async with world.bot.database.reading() as connection:
        return set(await connection.scalars(query))


async def hold(world: World, person: simcord.MemberActor, post: str, lc_id: int, ends_on: date) -> None:
    """Somebody holds a post from now on; what follows from it is done before the test goes on."""
    await in_bot(world.env, give(world, person, post, lc_id, ends_on=ends_on))


@pytest.fixture
async def servers(world: World) -> tuple[Server, simcord.MemberActor, Server, simcord.MemberActor]:
    """The organisation's server with a national officer, and LC 1's own with its representative."""
    server, officer, own, _manager = await linked(world)
    leader = own.person("leader")
    await hold(world, leader, "lc_representative", 1, ends_on=LAST)
    return server, officer, own, leader


Servers = tuple[Server, simcord.MemberActor, Server, simcord.MemberActor]


async def test_nothing_is_made_until_an_officer_of_the_lc_chooses_it(world: World, servers: Servers) -> None:
    server, _officer, own, leader = servers
    elsewhere = server.guild.add_member(leader.user)
    await look(world)
    assert await roles_noted(world, own) == set()
    home = await leader.slash(own.channel, "home")
    assert "ロール" in labels(shown(home))
    assert "ロール" not in labels(shown(await elsewhere.slash(server.channel, "home")))
    looked = await lc_roles(leader, own.channel)
    assert "ここはLCのサーバーなので" in text_of(looked)
    assert await roles_noted(world, own) == set(), "a look changes nothing"
    assert "地域" not in labels(shown(looked))
    assert labels(shown(looked))[0] == "LCの人"
    await leader.click(shown(looked), label="会員の種類")
    assert options(shown(looked)) == ["スタッフ", "スタッフ候補", "個人会員"], "nobody is marked as nothing more"
    await leader.click(shown(looked), label="戻る")
    await leader.click(shown(looked), label="役職")
    assert "LCメンバー" not in options(shown(looked)), "that is the role of everybody in the LC"
    assert "全国役員" not in options(shown(looked))
    await leader.click(shown(looked), label="戻る")
    made = await make(world, leader, shown(looked), "LCの人")
    assert "@LCメンバー" in made
    assert names(leader) == {"LCメンバー", "LC役員"}
    assert await roles_noted(world, own) == {"role:lc:1", "role:lc_officers"}
    assert names(elsewhere) == {"LC役員"}, "the organisation's server has roles of its own"


async def test_people_of_the_lc_have_roles_and_people_of_others_have_none(world: World, servers: Servers) -> None:
    server, officer, own, leader = servers
    member, guest, other = own.person("member"), own.person("guest"), own.person("other")
    await hold(world, member, "lc_member", 1, ends_on=LAST)
    await hold(world, other, "leo", 2, ends_on=LAST)
    national = own.guild.add_member(officer.user)
    looked = await lc_roles(leader, own.channel)
    for group in ("LCの人", "委員会の担当者", "役職"):
        await make(world, leader, shown(looked), group)
    for group in ("会員の種類", "委員会に関心のある人"):
        await make(world, leader, shown(looked), group)
    assert names(member) == {"LCメンバー"}
    assert names(leader) == {"LCメンバー", "LC役員", "大学代表者"}
    for stranger in (guest, other, national):
        assert names(stranger) == set(), "neither LC 2's officer nor the nation's has a role from the records here"

    # At once, and at midnight.
    at_the_nations = server.guild.add_member(member.user)
    await officer.slash(
        server.channel,
        "officer appoint",
        person=at_the_nations,
        post="leo",
        lc="#1",
        starts="2026-01-01",
        ends="2026-01-02",
    )
    assert names(member) == {"LCメンバー", "LC役員", "SCOPE", "LEO（臨床交換留学 担当）"}
    await world.env.advance_time(2 * DAY)
    assert names(member) == {"LCメンバー"}

    # What people give by hand: strangers keep it, but not the role of those in office.
    members, officers = (role for role in own.guild.roles.values() if role.name in ("LCメンバー", "LC役員"))
    for one in (guest, other, member):
        mine = world.env.backend.get_member(own.guild.id, one.id).role_ids
        world.env.backend.edit_member(own.guild.id, one.id, {"role_ids": [*mine, members.id, officers.id]})
    await world.env.settle()
    before = len(role_calls(world))
    await look(world)
    for one in (guest, other, member):
        assert names(one) == {"LCメンバー"}, "the same for a stranger and for somebody known elsewhere"
    assert len(role_calls(world)) == before + 3, "only the differences"


async def test_who_comes_later_and_who_is_in_both_servers_has_the_right_roles_in_each(
    world: World, servers: Servers
) -> None:
    server, officer, own, leader = servers
    looked = await lc_roles(leader, own.channel)
    await make(world, leader, shown(looked), "LCの人")
    looked = await officer.slash(server.channel, "manage roles")
    await make(world, officer, shown(looked), "委員会の担当者")
    lore = server.person("lore")
    await hold(world, lore, "lore", 1, ends_on=LAST)
    await look(world)
    assert names(lore) == {"SCORE", "LC役員"}
    there = own.guild.add_member(lore.user)
    await world.env.settle()
    assert names(there) == {"LCメンバー", "LC役員"}
    assert names(lore) == {"SCORE", "LC役員"}


async def test_others_may_not_choose(world: World, servers: Servers) -> None:
    _server, _officer, own, leader = servers
    manager = own.person("student")
    other = own.person("other")
    await hold(world, other, "lc_representative", 2, ends_on=LAST)
    for one in (manager, other):
        refused = await lc_roles(one, own.channel)
        assert "このLCの役員と全国役員だけ" in text_of(refused)
    looked = await lc_roles(leader, own.channel)
    await leader.click(shown(looked), label="LCの人")
    await world.env.advance_time((LAST - date(2026, 1, 1)).days * DAY + DAY)
    refused = await leader.click(shown(looked), label="全部つくる")
    assert "任期は2026年3月31日(火)で終わっています" in text_of(refused)
    assert await roles_noted(world, own) == set()


async def test_a_missing_permission_is_named_and_setup_leads_there(world: World, servers: Servers) -> None:
    _server, _officer, own, leader = servers
    without = discord.Permissions(view_channel=True, send_messages=True, embed_links=True, manage_channels=True)
    await limit_bot(world.env, own.guild, without)
    looked = await lc_roles(leader, own.channel)
    assert "・ロールの管理" in text_of(looked)
    assert labels(shown(looked)) == ["ホーム"]
    manager = own.admin("second")
    await hold(world, manager, "lc_representative", 1, ends_on=LAST)
    status = await manager.slash(own.channel, "setup")
    opened = await manager.click(shown(status), label="自動で付くロール")
    assert "ここはLCのサーバーなので" in page_text(shown(opened))


async def test_a_role_that_stands_too_high_is_told_where_the_lcs_officers_read(world: World, servers: Servers) -> None:
    server, officer, own, leader = servers
    await build(server, officer)
    looked = await lc_roles(leader, own.channel)
    await make(world, leader, shown(looked), "LCの人")
    guild = world.bot.get_guild(own.guild.id)
    assert guild is not None
    high = next(role for role in guild.roles if role.name == "LC役員")
    world.env.backend.edit_role(guild.id, high.id, {"position": guild.me.top_role.position + 5})
    await world.env.settle()
    deputy = own.person("deputy")
    await hold(world, deputy, "leo", 1, ends_on=LAST)
    await look(world)
    await world.env.advance_time(60)
    thread = await noted(world, "thread:lc:1")
    posts = [one for one in world.env.http_requests if one.path == f"/channels/{thread}/messages"]
    assert len(posts) == 1, "once"
    told = str(posts[0].json)
    assert "北大のサーバー" in told, "in the LC's own thread, not among the national officers"
    assert "LC役員" in told
    assert server.guild.channels["全国役員"].history() == []
