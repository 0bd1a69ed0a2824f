"""What tests need of SimCord beyond its public interface: things that people do to a server outside of the bot."""

from __future__ import annotations

from typing import Any

import discord
import simcord


async def limit_bot(env: simcord.Env, guild: simcord.GuildHandle, permissions: discord.Permissions) -> None:
    """Somebody takes permissions from the bot's own role."""
    assert guild.me is not None
    env.backend.edit_role(guild.id, guild.me.roles[-1].id, {"permissions": permissions.value})
    await env.settle()


async def delete_channel(env: simcord.Env, channel_id: int) -> None:
    """Somebody deletes a channel."""
    env.backend.delete_channel(channel_id)
    await env.settle()


async def take_roles(env: simcord.Env, member: simcord.MemberActor) -> None:
    """Somebody takes all roles from a member."""
    env.backend.edit_member(member.guild.id, member.id, {"role_ids": []})
    await env.settle()


async def ban(env: simcord.Env, member: simcord.MemberActor) -> None:
    """A moderator bans a member from their server."""
    env.backend.apply_ban(member.guild.id, member.id, None)
    await env.settle()


def forge_option(env: simcord.Env, message: Any, custom_id: str, value: str) -> None:
    """Let a menu take a value that was never offered, as a client of somebody's own making would send it."""
    channel_id = getattr(message, "channel_id", None) or message.channel.id
    for row in env.backend.get_message(channel_id, message.id).components:
        for item in row["components"]:
            if item["custom_id"] == custom_id:
                item["options"].append({"label": "forged", "value": value})
