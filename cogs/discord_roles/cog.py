"""When the roles are compared with the records: at the start, at midnight, and when somebody joins.

``bot/ui/role_keeping.py`` hears of changes in the records by itself; against drift the housekeeping looks hourly.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.deliveries.values import Due
from bot.features.discord_roles.service import DiscordRoleService
from bot.i18n import N_
from bot.ui.host import Host
from bot.ui.renderers import Message, Occasion
from bot.ui.requests import Interaction, MemberRequest
from bot.ui.translator import named
from cogs.discord_roles import pages

log = structlog.get_logger("tsunagu.roles")

#: After midnight, so that a timer that goes off early still finds the new day.
MARGIN = timedelta(seconds=1)
#: Seconds.
GATHERED_FOR = 0.1
#: Seconds after which a new day that couldn't begin is tried again.
AGAIN = 60.0


class RoleManagement(app_commands.Group, name="roles"):
    @app_commands.command(
        name=named("command", "roles"), description=N_("Roles the bot keeps up to date, and creating more")
    )
    async def roles(self, interaction: Interaction) -> None:
        await pages.show_roles(await MemberRequest.open(interaction))


class RoleKeeping(commands.Cog):
    def __init__(self, bot: Host) -> None:
        self._bot = bot
        self._midnight: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._come: defaultdict[int, set[int]] = defaultdict(set)
        self._gathering: asyncio.TimerHandle | None = None
        self._looking: asyncio.Task[None] | None = None

    async def cog_unload(self) -> None:
        for timer in (self._midnight, self._gathering):
            if timer is not None:
                timer.cancel()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        await self._new_day()

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A server is back, or came late: what is to be done there has waited for it."""
        if self._bot.is_ready():
            await self.on_guild_join(guild)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        self._bot.role_keeper.is_back(guild)
        for organisation_id in await self._bot.services[DiscordRoleService].organisations(guild.id):
            self._bot.role_keeper.look(organisation_id)

    @commands.Cog.listener()
    async def on_member_join(self, member: discord.Member) -> None:
        """A thousand may come in a minute: who comes within a moment is looked up together."""
        self._come[member.guild.id].add(member.id)
        if self._gathering is None:
            self._gathering = asyncio.get_running_loop().call_later(GATHERED_FOR, self._gathered)

    def _gathered(self) -> None:
        self._gathering = None
        come, self._come = self._come, defaultdict(set)
        self._looking = asyncio.create_task(self._look_at(come), name="roles of who came")

    async def _look_at(self, come: Mapping[int, set[int]]) -> None:
        for guild_id, people in come.items():
            try:
                organisations = await self._bot.services[DiscordRoleService].organisations(guild_id)
            except Exception:  # the next look at everybody finds them
                log.exception("roles of who came not looked up", server=guild_id)
                continue
            for organisation_id in organisations:
                self._bot.role_keeper.look(organisation_id, people)

    async def _new_day(self) -> None:
        """Terms may have begun and ended: look everywhere, and again when the next day begins somewhere."""
        try:
            await self._bot.role_keeper.look_everywhere()
            midnight = await self._bot.services[DiscordRoleService].next_midnight()
            seconds = (midnight + MARGIN - self._bot.clock.now()).total_seconds()
        except Exception:  # else no midnight would ever come again
            log.exception("a new day not begun")
            seconds = AGAIN
        if self._midnight is not None:
            self._midnight.cancel()
        self._midnight = asyncio.get_running_loop().call_later(seconds, self._at_midnight)

    def _at_midnight(self) -> None:
        self._task = asyncio.create_task(self._new_day(), name="midnight")

    async def trouble_notice(self, occasion: Occasion, due: Due) -> Message | None:
        """What to move or to allow. None if all is well again meanwhile."""
        found = await occasion.services[DiscordRoleService].trouble(int(due.payload["server"]))
        guild = self._bot.get_guild(found.guild_id) if found else None
        if found is not None and guild is None and not self._bot.is_ready():
            # A process that only sends knows no servers.
            return Message(pages.unseen_trouble_page(occasion.words, found.roles, found.channels))
        if found is None or guild is None or guild.me is None:
            return None
        roles = [role for one in found.roles if (role := guild.get_role(one)) is not None]
        channels = [channel for one in found.channels if (channel := guild.get_channel(one)) is not None]
        return Message(pages.trouble_page(occasion.words, guild, roles, channels)) if roles or channels else None
