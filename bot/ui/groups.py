"""Groups of commands that several cogs fill. Each cog brings its commands; none knows the others.

Discord hides only whole groups, by a permission that roles of the bot's carry (docs/decisions/0034); the services
decide again. In direct messages Discord shows everything to everybody, so these groups aren't there.
"""

from __future__ import annotations

from discord import app_commands

from bot.i18n import N_
from bot.ui.permissions import MARK_OF_NATION, MARK_OF_OFFICER
from bot.ui.translator import named


class SharedGroup(app_commands.Group):
    def take_in(self, part: app_commands.Group) -> None:
        """Make the commands of ``part``, a group of which only they matter, commands of this one."""
        for command in part.commands:
            self.add_command(command)


class OfficerGroup(SharedGroup):
    """``/officer``: what officers of LCs type. Everything there is a button somewhere, too."""

    def __init__(self) -> None:
        super().__init__(
            name=named("command", "officer"),
            description=N_("For LC officers"),
            guild_only=True,
            default_permissions=MARK_OF_OFFICER,
        )


class ManageGroup(SharedGroup):
    """``/manage``: what only national officers do."""

    def __init__(self) -> None:
        super().__init__(
            name=named("command", "manage"),
            description=N_("For national officers"),
            guild_only=True,
            default_permissions=MARK_OF_NATION,
        )
        self.lc = SharedGroup(
            name=named("command", "lc"), description=N_("LCs: status, channels, regions"), parent=self
        )
        self.people = SharedGroup(
            name=named("command", "people"), description=N_("Members: records, staff, fees"), parent=self
        )
        self.sheet = SharedGroup(
            name=named("command", "sheet"), description=N_("Sheets (Excel or CSV) to import and export"), parent=self
        )
