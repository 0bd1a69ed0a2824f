"""What a server gets: roles, channels and the pinned panel, as data."""

from __future__ import annotations

from dataclasses import dataclass

import discord

from bot.i18n import N_


@dataclass(frozen=True, slots=True)
class RolePlan:
    key: str
    name: str
    colour: int
    permissions: discord.Permissions


@dataclass(frozen=True, slots=True)
class ChannelPlan:
    """``officers_only``: seen by national officers alone. ``read_only``: everybody reads, officers write."""

    key: str
    name: str
    topic: str
    officers_only: bool = False
    read_only: bool = False


#: Discord shows `/manage` to those who have this permission (View Server Insights): it lets them do nothing else.
MARK = discord.Permissions(view_guild_insights=True)
OFFICER_ROLE = RolePlan("role:national_officers", N_("National officers"), 0x1F7A8C, MARK)
CATEGORY_KEY, CATEGORY_NAME = "category:national", N_("National")
HOME_CHANNEL = ChannelPlan("channel:home", N_("home"), N_("Start here: press the button"), read_only=True)
CHANNELS = (
    HOME_CHANNEL,
    ChannelPlan(
        "channel:announcements",
        N_("announcements"),
        N_("News for everybody, from the national officers"),
        read_only=True,
    ),
    ChannelPlan("channel:lounge", N_("lounge"), N_("Talk with everybody")),
    ChannelPlan("channel:officers", N_("national-officers"), N_("Only national officers see this"), officers_only=True),
)
PANEL_KEY = "message:panel"

#: What the bot needs in a server, and under which name Discord's settings show it.
PERMISSIONS = {
    "view_channel": N_("View Channels"),
    "manage_channels": N_("Manage Channels"),
    "manage_roles": N_("Manage Roles"),
    "send_messages": N_("Send Messages"),
    "embed_links": N_("Embed Links"),
    "attach_files": N_("Attach Files"),
    "read_message_history": N_("Read Message History"),
    "pin_messages": N_("Pin Messages"),
    "view_guild_insights": N_("View Server Insights"),
}


def needed_permissions() -> discord.Permissions:
    """Exactly what the bot needs, for the link that invites it."""
    return discord.Permissions(**dict.fromkeys(PERMISSIONS, True))


def missing_permissions(have: discord.Permissions) -> list[str]:
    """The names (message ids) of the permissions that the bot lacks."""
    if have.administrator:
        return []
    return [label for flag, label in PERMISSIONS.items() if not getattr(have, flag)]


#: The ways of saying something in a text channel.
_TALKING = ("send_messages", "send_messages_in_threads", "create_public_threads", "create_private_threads")


def overwrites(
    plan: ChannelPlan, guild: discord.Guild, officers: discord.Role
) -> dict[discord.Role | discord.Member | discord.Object, discord.PermissionOverwrite]:
    """Who sees and writes in the channel. The bot always does: it must not lock itself out."""
    allowed = discord.PermissionOverwrite(view_channel=True, send_messages=True)
    made: dict[discord.Role | discord.Member | discord.Object, discord.PermissionOverwrite] = {guild.me: allowed}
    if plan.officers_only:
        made[guild.default_role] = discord.PermissionOverwrite(view_channel=False)
    elif plan.read_only:
        # Nobody can deny what they don't hold themselves: Discord would refuse the whole channel.
        held = guild.me.guild_permissions
        closed = {name: False for name in _TALKING if held.administrator or getattr(held, name)}
        made[guild.default_role] = discord.PermissionOverwrite(**closed)
    if plan.officers_only or plan.read_only:
        made[officers] = allowed
    return made
