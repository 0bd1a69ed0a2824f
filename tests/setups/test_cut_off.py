"""A part that a broken-off run made without all that it wanted is taken over; a part that people made never is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from bot.features.organisations.models import ServerPart
from bot.features.organisations.parts import PENDING
from bot.ui.cut_off import is_earlier
from tests.channels.test_slash import begin, build, channel_of, guild_of, noted
from tests.support.worlds import Server, World, page_text, shown

BITS = st.integers(0, 15)
Rights = Mapping[Any, discord.PermissionOverwrite]


async def pend(world: World, key: str) -> None:
    async with world.bot.database.writing() as session:
        await session.execute(update(ServerPart).where(ServerPart.key == key).values(discord_id=PENDING))


async def set_up(world: World) -> tuple[Server, Any, discord.Guild]:
    server = world.server()
    admin = server.admin()
    await server.set_up(admin)
    return server, admin, guild_of(world, server)


async def check(server: Server, admin: Any) -> str:
    status = await admin.slash(server.channel, "setup")
    await admin.click(shown(status), label="確認して、足りないものをつくる")
    return page_text(shown(status))


async def test_a_channel_from_when_the_bot_had_fewer_rights_is_put_right(world: World) -> None:
    server, admin, guild = await set_up(world)
    channel = discord.utils.get(guild.text_channels, name="ホーム")
    assert channel is not None
    before, category = channel.overwrites, channel.category
    fewer = discord.PermissionOverwrite(send_messages=False)
    earlier: dict[Any, discord.PermissionOverwrite] = {guild.me: before[guild.me], guild.default_role: fewer}
    await channel.edit(category=None, overwrites=earlier)
    await world.env.settle()
    await pend(world, "channel:home")
    assert "初期設定が終わりました" in await check(server, admin)
    await world.env.settle()
    (now,) = (one for one in guild.text_channels if one.name == "ホーム")
    assert (now.id, now.category, now.overwrites) == (channel.id, category, before)


async def test_a_category_that_has_taken_in_some_of_its_channels_already_is_not_made_twice(world: World) -> None:
    server, admin, guild = await set_up(world)
    outside = discord.utils.get(guild.text_channels, name="ラウンジ")
    assert outside is not None
    await outside.edit(category=None)
    await world.env.settle()
    await pend(world, "category:national")
    assert "初期設定が終わりました" in await check(server, admin)
    await world.env.settle()
    (category,) = guild.categories
    assert len(category.text_channels) == 4


async def test_an_lcs_channel_from_before_its_role_is_taken_over_and_lets_the_role_in(world: World) -> None:
    server, officer = await begin(world, lcs=1)
    await build(server, officer)
    channel, role = await channel_of(world, 1), guild_of(world, server).get_role(await noted(world, "role:lc:1"))
    assert role is not None
    before = channel.overwrites
    await channel.set_permissions(role, overwrite=None)
    await world.env.settle()
    await pend(world, "channel:lc:1")
    await build(server, officer)
    await world.env.settle()
    assert await noted(world, "channel:lc:1") == channel.id
    assert (await channel_of(world, 1)).overwrites == before


def open_to_all(_: discord.Guild, rights: Rights) -> Rights:
    return {one: right for one, right in rights.items() if not getattr(one, "is_default", bool)()}


def without_the_bot(guild: discord.Guild, rights: Rights) -> Rights:
    return {one: right for one, right in rights.items() if one != guild.me}


def with_somebody(guild: discord.Guild, rights: Rights) -> Rights:
    (owner,) = (one for one in guild.members if one.id == guild.owner_id)
    return {**rights, owner: discord.PermissionOverwrite(view_channel=True)}


@pytest.mark.parametrize("differs", [open_to_all, without_the_bot, with_somebody, "topic"])
async def test_what_people_made_is_never_taken_over(
    world: World, differs: Callable[[discord.Guild, Rights], Rights] | str
) -> None:
    server, admin, guild = await set_up(world)
    theirs = discord.utils.get(guild.text_channels, name="全国役員")
    assert theirs is not None
    if callable(differs):
        await theirs.edit(overwrites=differs(guild, theirs.overwrites))
    else:
        await theirs.edit(topic="役員だけの話", category=None)
    await world.env.settle()
    looks = (theirs.category, theirs.overwrites)
    await pend(world, "channel:officers")
    assert "✅ #全国役員" in await check(server, admin)
    await world.env.settle()
    assert len([one for one in guild.text_channels if one.name == "全国役員"]) == 2
    assert (theirs.category, theirs.overwrites) == looks


@given(BITS, BITS, BITS, BITS)
def test_fewer_rights_are_earlier_and_others_are_not(may: int, may_not: int, allow: int, deny: int) -> None:
    def rights(allow: int, deny: int) -> Any:
        both = discord.Permissions(allow), discord.Permissions(deny)
        return {discord.Object(1): discord.PermissionOverwrite.from_pair(*both)}

    whole, part = rights(may & ~may_not, may_not), rights(allow & ~deny, deny)
    is_within = not (allow & ~deny) & ~(may & ~may_not) and not deny & ~may_not
    assert is_earlier(part, whole) == is_within
    assert not is_earlier({}, whole), "all that the bot makes names itself"
