"""What tests need of SimCord beyond its public interface: things that people do to a server outside of the bot."""

from __future__ import annotations

import asyncio
import fnmatch
from collections.abc import Coroutine
from typing import Any

import discord
import pytest
import simcord
from simcord.backend.errors import BackendError
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType
from simcord.http import router

from bot.ui.items import offered


async def as_bot(env: simcord.Env, work: Coroutine[Any, Any, None]) -> None:
    """Write something as the bot itself does, whose roles then follow in simulated time. Unlike ``in_bot`` it doesn't
    wait for them: whatever comes next does."""
    with env._bot_scope():
        await asyncio.create_task(work)


async def limit_bot(env: simcord.Env, guild: simcord.GuildHandle, permissions: discord.Permissions) -> None:
    """Somebody takes permissions from the bot's own role."""
    assert guild.me is not None
    env.backend.edit_role(guild.id, guild.me.roles[-1].id, {"permissions": permissions.value})
    await env.settle()


async def limit_in(env: simcord.Env, channel: simcord.ChannelHandle) -> None:
    """Somebody takes from the bot the right to write in a channel."""
    await set_rights_in(env, channel.id, deny=discord.Permissions(send_messages=True))


async def set_rights_in(
    env: simcord.Env,
    channel_id: int,
    *,
    allow: discord.Permissions = discord.Permissions.none(),  # noqa: B008 - nobody changes it
    deny: discord.Permissions = discord.Permissions.none(),  # noqa: B008
) -> None:
    """Somebody says what the bot may and may not in a channel."""
    me = env.backend.bot_user.id
    target = Overwrite(target_id=me, type=OverwriteType.MEMBER, allow=allow.value, deny=deny.value)
    env.backend.set_overwrite(channel_id, target)
    await env.settle()


async def delete_channel(env: simcord.Env, channel_id: int) -> None:
    """Somebody deletes a channel."""
    env.backend.delete_channel(channel_id)
    await env.settle()


def forget_members(bot: Any, guild_id: int) -> None:
    """As after a start whose request for the members Discord didn't answer: only the bot itself is known."""
    guild = bot.get_guild(guild_id)
    for member in [one for one in guild.members if one != guild.me]:
        guild._remove_member(member)
    guild._member_count = 1_000  # no later look takes them for all
    bot.role_keeper._told.clear()


async def delete_message(env: simcord.Env, message: Any) -> None:
    """Somebody deletes a message."""
    env.backend.delete_message(message.channel.id, message.id)
    await env.settle()


async def take_roles(env: simcord.Env, member: simcord.MemberActor) -> None:
    """Somebody takes all roles from a member."""
    env.backend.edit_member(member.guild.id, member.id, {"role_ids": []})
    await env.settle()


async def change_channel(env: simcord.Env, channel_id: int, **changes: Any) -> None:
    """Somebody renames or moves a channel (``name``, ``parent_id``)."""
    env.backend.edit_channel(channel_id, changes)
    await env.settle()


async def put_to_rest(env: simcord.Env, thread_id: int) -> None:
    """Nobody has written in a thread for a week: Discord archives it."""
    env.backend.edit_channel(thread_id, {}, thread_metadata={"archived": True})
    await env.settle()


async def put_out(env: simcord.Env, guild: simcord.GuildHandle) -> None:
    """Somebody removes the bot from a server."""
    env.backend.remove_guild(guild.id)
    await env.settle()


def people_in_thread(env: simcord.Env, thread_id: int) -> set[int]:
    """Discord ids of those in a thread, the bot among them."""
    return set(env.backend.get_thread(thread_id).thread_members)


async def ban(env: simcord.Env, member: simcord.MemberActor) -> None:
    """A moderator bans a member from their server."""
    env.backend.apply_ban(member.guild.id, member.id, None)
    await env.settle()


def forge_option(env: simcord.Env, message: Any, custom_id: str, value: str, *, plain: bool = False) -> None:
    """Let a menu take a value that was never offered (``offered(custom_id, value)``), as a client of
    somebody's own making would send it. ``plain``: as it stands, without what makes it this menu's own."""
    channel_id = getattr(message, "channel_id", None) or message.channel.id
    for row in env.backend.get_message(channel_id, message.id).components:
        for item in row["components"]:
            if item["custom_id"] == custom_id:
                # Discord takes no more than 25, and the bot sends the menu back with an error.
                item["options"][24:] = []
                item["options"].append({"label": "forged", "value": value if plain else offered(custom_id, value)})


def forge_choice(form: simcord.InteractionResult, custom_id: str, value: str) -> None:
    """Let a menu of a form take a value that was never offered."""
    modal: Any = form._interaction.modal
    (menu,) = (one["component"] for one in modal["components"] if one["component"]["custom_id"] == custom_id)
    menu["options"].append({"label": "forged", "value": value})


def lift_limits(form: simcord.InteractionResult) -> None:
    """Let the fields of a form take texts of any length, as a client that keeps no limits would send them."""

    def lift(component: Any) -> None:
        if isinstance(component, dict):
            component.pop("max_length", None)
        for inside in component.values() if isinstance(component, dict) else component:
            if isinstance(inside, dict | list):
                lift(inside)

    lift(form._interaction.modal)


def show_to_all(env: simcord.Env, message: simcord.ResponseMessage) -> None:
    """Let others press what is on somebody's private message, as a forged interaction would."""
    env.backend.get_message(message.channel_id, message.id).flags = 0


def refuse_one(
    monkeypatch: pytest.MonkeyPatch, method: str, path: str, *, nth: int = 0, status: int = 403, code: int = 50013
) -> None:
    """Discord refuses a single request: of those that fit, the one with this number; ``path`` is a pattern."""
    passed = 0

    def check(backend: Any, asked: str, where: str, *rest: Any) -> None:
        nonlocal passed
        if asked == method and fnmatch.fnmatch(where, path):
            passed += 1
            if passed == nth + 1:
                raise BackendError(status, code, "refused by the test")
        usual(backend, asked, where, *rest)

    usual = router._check_faults
    monkeypatch.setattr(router, "_check_faults", check)
