"""Payloads as Discord writes them."""

from __future__ import annotations

import itertools
import time
from typing import Any

import discord

BOT_ID, APPLICATION_ID = 900_000_000_000_000_001, 900_000_000_000_000_002
#: What only GUILD_CREATE tells of a server.
GATEWAY_ONLY = ("channels", "members", "threads", "voice_states", "presences", "joined_at", "member_count", "large")
TOKEN = "OTAwMDAwMDAwMDAwMDAwMDAx.secret.wire-stand-in-token"
_EPOCH = 1_420_070_400_000
_counter = itertools.count()


def snowflake() -> int:
    """An id that tells its time, as Discord's do: histories are asked for by it."""
    return (int(time.time() * 1000) - _EPOCH) << 22 | next(_counter) & 0x3FFFFF


def made_at(some_id: int) -> float:
    """The time that an id tells: seconds since 1970."""
    return ((some_id >> 22) + _EPOCH) / 1000


def user(user_id: int, name: str, *, bot: bool = False) -> dict[str, Any]:
    return {
        "id": str(user_id), "username": name, "discriminator": "0", "global_name": name, "avatar": None, "bot": bot,
        "flags": 0, "public_flags": 0,
    }  # fmt: skip


def member(user_id: int, name: str = "student", joined_at: str = "2026-04-01T00:00:00+00:00") -> dict[str, Any]:
    return {
        "user": user(user_id, name), "nick": None, "avatar": None, "roles": [], "joined_at": joined_at,
        "premium_since": None, "deaf": False, "mute": False, "flags": 0, "pending": False,
        "communication_disabled_until": None,
    }  # fmt: skip


def role(role_id: int, name: str, position: int, permissions: int = 0) -> dict[str, Any]:
    return {
        "id": str(role_id), "name": name, "color": 0, "colors": {"primary_color": 0}, "hoist": False,
        "position": position, "permissions": str(permissions), "managed": False, "mentionable": False, "flags": 0,
    }  # fmt: skip


def channel(channel_id: int, name: str, position: int = 0, **about: Any) -> dict[str, Any]:
    """A text channel, unless ``about`` says otherwise."""
    return {
        "id": str(channel_id), "type": 0, "name": name, "position": position, "permission_overwrites": [],
        "nsfw": False, "rate_limit_per_user": 0, "topic": None, "parent_id": None, "last_message_id": None, "flags": 0,
        **about,
    }  # fmt: skip


#: What everybody may do in a new server, and what the bot may in most: all but what an administrator may.
EVERYBODY = discord.Permissions(
    view_channel=True, read_message_history=True, send_messages=True, send_messages_in_threads=True,
    create_public_threads=True, create_private_threads=True, add_reactions=True, attach_files=True, embed_links=True,
    use_application_commands=True, create_instant_invite=True, change_nickname=True, connect=True, speak=True,
).value  # fmt: skip
BOT = discord.Permissions.all().value & ~discord.Permissions(administrator=True).value


def organisation(guild_id: int, name: str, locale: str = "ja") -> dict[str, Any]:
    """A GUILD_CREATE payload of a server that somebody has just made: its owner, the bot with a role of its own, and a
    channel. Nobody may do more than people usually may."""
    made = guild(guild_id, name, members=1)
    owner = member(guild_id + 1, "owner")
    bot_role = role(guild_id + 2, "Tsunagu", 1, BOT)
    made["roles"] = [role(guild_id, "@everyone", 0, EVERYBODY), {**bot_role, "managed": True}]
    made["members"][0]["roles"] = [bot_role["id"]]
    made["members"].append(owner)
    return {**made, "member_count": 2, "preferred_locale": locale}


def guild(guild_id: int, name: str, members: int = 2, channels: int = 1) -> dict[str, Any]:
    """A GUILD_CREATE payload: the bot, who may do everything, and ``members`` - 1 others."""
    return {
        "id": str(guild_id), "name": name, "owner_id": str(guild_id + 1), "unavailable": False,
        "member_count": members, "large": members > 250, "joined_at": "2026-04-01T00:00:00+00:00",
        "roles": [role(guild_id, "@everyone", 0, permissions=8)],
        "channels": [channel(guild_id + 100 + number, f"channel-{number}", number) for number in range(channels)],
        "members": [
            member(BOT_ID, "tsunagu"),
            *(member(guild_id + 10_000 + n, f"member-{n}") for n in range(members - 1)),
        ],
        "emojis": [], "stickers": [], "features": [], "threads": [], "voice_states": [], "presences": [],
        "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [], "afk_channel_id": None,
        "afk_timeout": 300, "system_channel_id": None, "system_channel_flags": 0, "rules_channel_id": None,
        "public_updates_channel_id": None, "safety_alerts_channel_id": None, "verification_level": 0,
        "default_message_notifications": 1, "explicit_content_filter": 0, "mfa_level": 0, "nsfw_level": 0,
        "premium_tier": 0, "premium_progress_bar_enabled": False, "preferred_locale": "ja", "description": None,
        "icon": None, "splash": None, "discovery_splash": None, "banner": None, "vanity_url_code": None,
        "application_id": None, "widget_enabled": False, "max_members": 500_000,
    }  # fmt: skip


def application() -> dict[str, Any]:
    return {
        "id": str(APPLICATION_ID), "name": "tsunagu", "icon": None, "description": "", "bot_public": False,
        "bot_require_code_grant": False, "summary": "", "verify_key": "0" * 64, "flags": 0, "team": None,
        "owner": user(1, "owner"), "rpc_origins": [],
    }  # fmt: skip


def message(
    message_id: int, channel_id: int, body: dict[str, Any], author: dict[str, Any] | None = None
) -> dict[str, Any]:
    """What Discord answers to the request ``body`` that made it."""
    at = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(made_at(message_id)))
    return {
        "id": str(message_id), "channel_id": str(channel_id), "author": author or user(BOT_ID, "tsunagu", bot=True),
        "content": body.get("content") or "", "timestamp": at, "edited_timestamp": None,
        "tts": False, "mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": [],
        "embeds": body.get("embeds") or [], "components": body.get("components") or [], "pinned": False, "type": 0,
        "flags": body.get("flags") or 0, **({"nonce": body["nonce"]} if "nonce" in body else {}),
    }  # fmt: skip


def direct_channel(channel_id: int, user_id: int) -> dict[str, Any]:
    return {
        "id": str(channel_id), "type": 1, "last_message_id": None, "recipients": [user(user_id, f"user-{user_id}")],
        "flags": 0,
    }  # fmt: skip
