"""What the bot needs in a server: the one place where it is kept, with the names under which Discord shows it."""

from __future__ import annotations

from collections.abc import Iterable

import discord

from bot.i18n import N_

#: In an organisation's server.
PERMISSIONS = {
    "view_channel": N_("View Channels"),
    "manage_channels": N_("Manage Channels"),
    "manage_roles": N_("Manage Roles"),
    "send_messages": N_("Send Messages"),
    "create_public_threads": N_("Create Public Threads"),
    "create_private_threads": N_("Create Private Threads"),
    "send_messages_in_threads": N_("Send Messages in Threads"),
    "manage_threads": N_("Manage Threads"),
    "embed_links": N_("Embed Links"),
    "attach_files": N_("Attach Files"),
    "read_message_history": N_("Read Message History"),
    "pin_messages": N_("Pin Messages"),
    "create_events": N_("Create Events"),
    "view_guild_insights": N_("View Server Insights"),
    "view_creator_monetization_analytics": N_("View Server Subscription Insights"),
}
#: By these Discord shows ``/manage`` to national officers and ``/officer`` to officers of LCs, whose roles carry them
#: (docs/decisions/0034). Neither lets anybody do anything else.
MARK_OF_NATION = discord.Permissions(view_guild_insights=True)
#: Without this one all works, but officers of LCs don't see ``/officer``.
WISHED = ("view_creator_monetization_analytics",)
MARK_OF_OFFICER = discord.Permissions(**dict.fromkeys(WISHED, True))
#: Without this one all works, but Discord's own list of events doesn't show the bot's. Since 2026 Discord's "Manage
#: Events" doesn't include it. Its maker may change an event, too.
FOR_EVENTS = ("create_events",)
#: Without these all works, but an event has no thread. Another feature needs the second one anyway.
FOR_THREADS = ("create_public_threads", "send_messages_in_threads")
#: What the bot can't do without in an organisation's server.
NEEDED = tuple(name for name in PERMISSIONS if name not in (*WISHED, *FOR_EVENTS, "create_public_threads"))
#: In an LC's own server, which gets two channels and a panel.
IN_LC_SERVER = (
    "view_channel",
    "manage_channels",
    "send_messages",
    "embed_links",
    "attach_files",
    "read_message_history",
    "pin_messages",
)
#: In an LC's own server whose officers want roles.
FOR_ROLES = ("manage_roles",)
#: For a channel that people have chosen for the bot to write in.
TO_WRITE = ("view_channel", "send_messages", "embed_links", "attach_files")
#: In an LC's channel, to let its officers into their private thread and out of it.
IN_THREADS = ("view_channel", "send_messages_in_threads", "manage_threads")


def needed_permissions() -> discord.Permissions:
    """Exactly what the bot needs in an organisation's server, for the link that invites it."""
    return discord.Permissions(**dict.fromkeys(PERMISSIONS, True))


def invite_link(application_id: int, wanted: discord.Permissions) -> str:
    """Adds the bot to a server with these permissions; where it is already, its role gets them."""
    return discord.utils.oauth_url(application_id, permissions=wanted, scopes=("bot", "applications.commands"))


def grantable(guild: discord.Guild, wanted: discord.Permissions) -> discord.Permissions:
    """Of these permissions, those that the bot has itself: Discord lets nobody give others to a role."""
    have = guild.me.guild_permissions
    return wanted if have.administrator else wanted & have


def missing_permissions(have: discord.Permissions, needed: Iterable[str] = NEEDED) -> list[str]:
    """The names (message ids) of the permissions that the bot lacks."""
    if have.administrator:
        return []
    return [PERMISSIONS[flag] for flag in needed if not getattr(have, flag)]


def speaks(guild: discord.Guild) -> discord.PermissionOverwrite:
    """For the bot itself in a channel that it makes: it must not lock itself out, and threads stand under its posts."""
    held = guild.me.guild_permissions
    threads = {name: True for name in FOR_THREADS if held.administrator or getattr(held, name)}
    return discord.PermissionOverwrite(view_channel=True, send_messages=True, **threads)


#: The ways of saying something in a text channel.
_TALKING = ("send_messages", "send_messages_in_threads", "create_public_threads", "create_private_threads")


def silence(guild: discord.Guild) -> discord.PermissionOverwrite:
    """Takes from everybody the ways of saying something.

    Nobody can deny what they don't hold themselves: Discord would refuse the whole channel.
    """
    held = guild.me.guild_permissions
    return discord.PermissionOverwrite(
        **{name: False for name in _TALKING if held.administrator or getattr(held, name)}
    )
