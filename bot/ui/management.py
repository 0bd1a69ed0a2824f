"""``/manage``: what only national officers do. Each cog brings its commands; none knows the others.

Discord hides it from whoever isn't an officer there (the officers' role carries the permission); the services decide
again.
"""

from __future__ import annotations

import discord
from discord import app_commands

from bot.i18n import N_
from bot.ui.translator import named


class Manage(app_commands.Group):
    def __init__(self) -> None:
        super().__init__(
            name=named("command", "manage"),
            description=N_("For national officers"),
            guild_only=True,
            default_permissions=discord.Permissions(view_guild_insights=True),
        )

    def take_in(self, part: app_commands.Group) -> None:
        """Make the commands of ``part``, a group of which only they matter, commands of ``/manage``."""
        for command in part.commands:
            self.add_command(command)
