"""The Discord account that is nobody's any more once two records are one, through the simulated Discord."""

from __future__ import annotations

import pytest
import simcord

from bot.features.people.terms import LC_REPRESENTATIVE
from bot.ui import chunking
from tests.channels.test_slash import begin, build, channel_of, give, guild_of, noted
from tests.support.simulated import forget_members, people_in_thread, put_to_rest, refuse_one
from tests.support.worlds import Server, World, page_text, shown


async def merged(server: Server, officer: simcord.MemberActor, stays: str, goes: str) -> str:
    """Merge by name and return what is said at the end."""
    ids = {}
    for name in (stays, goes):
        (found,) = await officer.autocomplete(server.channel, "manage people merge", "stays", name)
        ids[name] = found["value"]
    looked = await officer.slash(server.channel, "manage people merge", stays=ids[stays], goes=ids[goes])
    assert "ロールがなくなり" in page_text(shown(looked))
    await officer.click(shown(looked), label="1つにまとめる")
    return page_text(shown(looked))


async def lc_officer_twice(world: World) -> tuple[Server, simcord.MemberActor, dict[str, simcord.MemberActor]]:
    server, officer = await begin(world, lcs=1)
    people = {name: server.person(name) for name in ("anew", "before")}
    await give(world, people["before"], LC_REPRESENTATIVE, 1)
    await give(world, people["anew"], LC_REPRESENTATIVE, 1)
    await build(server, officer)
    return server, officer, people


@pytest.mark.parametrize("rests", [False, True])
async def test_it_loses_the_bots_roles_and_its_place_among_the_officers(world: World, rests: bool) -> None:
    server, officer, people = await lc_officer_twice(world)
    role, thread = await noted(world, "role:lc:1"), await noted(world, "thread:lc:1")
    own = server.guild.create_role("お茶係")
    await world.env.settle()
    before = people["before"].member
    assert before is not None
    await before.add_roles(guild_of(world, server).get_role(own.id))  # type: ignore[arg-type]
    assert people["before"].id in people_in_thread(world.env, thread)
    if rests:
        await put_to_rest(world.env, thread)
    text = await merged(server, officer, "anew", "before")
    assert "1つの記録にまとめました" in text
    await world.env.settle()
    assert people["before"].member is not None
    assert people["anew"].member is not None
    assert [one.id for one in people["before"].member.roles[1:]] == [own.id], "what people gave stays"
    assert role in [one.id for one in people["anew"].member.roles]
    assert people["before"].id not in people_in_thread(world.env, thread)
    assert people["anew"].id in people_in_thread(world.env, thread)
    channel = await channel_of(world, 1)
    assert not channel.permissions_for(people["before"].member).view_channel


async def test_a_role_that_discord_refuses_to_take_keeps_no_other_and_no_place_in_the_thread(
    monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    server, officer, people = await lc_officer_twice(world)
    await build_roles(server, officer)
    before = people["before"].member
    assert before is not None
    assert len(ours := [one.name for one in before.roles if one.name in ("北海道大学", "北海道")]) == 2, before.roles
    thread = await noted(world, "thread:lc:1")
    refuse_one(monkeypatch, "DELETE", "/guilds/*/members/*/roles/*", status=500)
    text = await merged(server, officer, "anew", "before")
    assert "外しきれませんでした" in text
    assert people["before"].member is not None
    assert len([one for one in people["before"].member.roles if one.name in ours]) == 1, "the other was taken"
    assert people["before"].id not in people_in_thread(world.env, thread)


async def build_roles(server: Server, officer: simcord.MemberActor) -> None:
    """A role for each region."""
    looked = await officer.slash(server.channel, "manage roles")
    await officer.click(shown(looked), label="地域")
    await officer.click(shown(looked), label="全部つくる")


async def test_where_discord_refuses_the_officer_is_told(world: World) -> None:
    server, officer, _ = await lc_officer_twice(world)
    world.env.inject_error("DELETE", "/guilds/*/members/*/roles/*", status=403, code=50013, times=None)
    text = await merged(server, officer, "anew", "before")
    assert "1つの記録にまとめました" in text
    assert "外しきれませんでした" in text
    assert server.guild.name in text


async def test_whoever_is_not_known_yet_is_asked_for(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    server, officer, people = await lc_officer_twice(world)
    role, thread = await noted(world, "role:lc:1"), await noted(world, "thread:lc:1")
    monkeypatch.setattr(chunking, "CHUNK_WAIT", 0.0)
    forget_members(world.bot, server.guild.id)
    text = await merged(server, officer, "anew", "before")
    assert "外しきれませんでした" not in text
    await world.env.settle()
    assert role not in world.env.backend.get_member(server.guild.id, people["before"].id).role_ids
    assert people["before"].id not in people_in_thread(world.env, thread)


async def test_where_discord_does_not_tell_of_them_the_officer_is_told(
    monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    server, officer, people = await lc_officer_twice(world)
    monkeypatch.setattr(chunking, "CHUNK_WAIT", 0.0)
    forget_members(world.bot, server.guild.id)
    refuse_one(monkeypatch, "GET", f"/guilds/*/members/{people['before'].id}", status=500)
    assert "外しきれませんでした" in await merged(server, officer, "anew", "before")
