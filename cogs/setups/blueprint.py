"""What a server gets: roles, channels and the pinned panel, as data."""

from __future__ import annotations

from dataclasses import dataclass

import discord

from bot.features.organisations.parts import ANNOUNCEMENTS, OFFICER_CHANNEL
from bot.features.organisations.parts import OFFICER_ROLE as OFFICER_ROLE_KEY
from bot.i18n import N_
from bot.ui.permissions import silence


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
OFFICER_ROLE = RolePlan(OFFICER_ROLE_KEY, N_("National officers"), 0x1F7A8C, MARK)
CATEGORY_KEY, CATEGORY_NAME = "category:national", N_("National")
HOME_CHANNEL = ChannelPlan("channel:home", N_("home"), N_("Start here: press the button"), read_only=True)
CHANNELS = (
    HOME_CHANNEL,
    ChannelPlan(
        ANNOUNCEMENTS,
        N_("announcements"),
        N_("News for everybody, from the national officers"),
        read_only=True,
    ),
    ChannelPlan("channel:lounge", N_("lounge"), N_("Talk with everybody")),
    ChannelPlan(OFFICER_CHANNEL, N_("national-officers"), N_("Only national officers see this"), officers_only=True),
)


def overwrites(
    plan: ChannelPlan, guild: discord.Guild, officers: discord.Role | None
) -> dict[discord.Role | discord.Member | discord.Object, discord.PermissionOverwrite]:
    """Who sees and writes in the channel. The bot always does: it must not lock itself out."""
    allowed = discord.PermissionOverwrite(view_channel=True, send_messages=True)
    made: dict[discord.Role | discord.Member | discord.Object, discord.PermissionOverwrite] = {guild.me: allowed}
    if plan.officers_only:
        made[guild.default_role] = discord.PermissionOverwrite(view_channel=False)
    elif plan.read_only:
        made[guild.default_role] = silence(guild)
    if officers is not None and (plan.officers_only or plan.read_only):
        made[officers] = allowed
    return made
