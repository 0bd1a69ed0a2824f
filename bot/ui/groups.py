"""Groups of commands that several cogs fill. Each cog brings its commands; none knows the others."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.i18n import N_
from bot.ui.translator import named


class SharedGroup(app_commands.Group):
    def take_in(self, part: app_commands.Group) -> None:
        """Make the commands of ``part``, a group of which only they matter, commands of this one."""
        for command in part.commands:
            self.add_command(command)


def lc_group() -> SharedGroup:
    """``/lc``: what everybody may ask about an LC, and what its officers do there."""
    return SharedGroup(name=named("command", "lc"), description=N_("Local committees (LCs)"))


def manage_group() -> SharedGroup:
    """``/manage``: what only national officers do.

    Discord shows it only to officers there (the officers' role carries the permission); the services decide again.
    """
    return SharedGroup(
        name=named("command", "manage"),
        description=N_("For national officers"),
        guild_only=True,
        default_permissions=discord.Permissions(view_guild_insights=True),
    )
