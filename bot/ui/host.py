"""What cogs and handlers may use of the bot."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.clock import Clock
from bot.features import Services
from bot.features.documents.typesetting import Typesetter
from bot.i18n import Words
from bot.settings import Settings
from bot.typed import storable
from bot.ui.answering import tracing
from bot.ui.brief import Brief
from bot.ui.chunking import hear_of_limits
from bot.ui.groups import ManageGroup, OfficerGroup
from bot.ui.home import Home
from bot.ui.items import Routed
from bot.ui.pages import Item
from bot.ui.renderers import Renderers
from bot.ui.role_keeping import RoleKeeper

if TYPE_CHECKING:
    from bot.features.events.queries import EventCard
    from bot.ui.requests import MemberRequest


class Host(commands.Bot):
    """The side of the bot that faces the cogs. ``bot.app`` completes it."""

    services: Services
    clock: Clock
    settings: Settings

    def __init__(self, tree: type[app_commands.CommandTree[Any]], guild_ready_timeout: float) -> None:
        intents = discord.Intents(guilds=True, members=True)
        super().__init__(
            command_prefix=(),
            help_command=None,
            tree_cls=tree,
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.from_intents(intents),
            guild_ready_timeout=guild_ready_timeout,
            max_messages=None,
            http_trace=tracing(),
        )
        # The one way in for all that people type and choose; there is no other hook before options are read.
        parsers = self._connection.parsers
        parse = parsers["INTERACTION_CREATE"]
        parsers["INTERACTION_CREATE"] = lambda data: parse(storable(data))
        hear_of_limits(self._connection)
        self.home = Home()
        self.brief = Brief()
        self.renderers = Renderers()
        self.role_keeper = RoleKeeper(self)
        self.typesetter = Typesetter()
        self.officer, self.manage = OfficerGroup(), ManageGroup()
        self.tree.add_command(self.officer)
        self.tree.add_command(self.manage)
        #: What features offer to somebody who hasn't joined yet, where joining begins and on the page of /me.
        self.newcomer_items: list[Callable[[Words], Item]] = []
        #: What features add to the page of an event, as its reader sees it.
        self.event_items: list[Callable[[MemberRequest, EventCard], Awaitable[Sequence[Item]]]] = []
        #: Since the start: interactions by kind, and errors told to users (``user``) and faults of ours (``fault``).
        self.interactions: Counter[str] = Counter()
        self.errors: Counter[str] = Counter({"user": 0, "fault": 0})
        self._routes: list[re.Pattern[str]] = []

    def add_items(self, module: ModuleType) -> None:
        """Take on every routed component that ``module`` defines."""
        found = [
            thing
            for thing in vars(module).values()
            if isinstance(thing, type)
            and issubclass(thing, Routed)
            and thing.route
            and thing.__module__ == module.__name__
        ]
        self.add_dynamic_items(*found)
        self._routes += [item.__discord_ui_compiled_template__ for item in found]

    def knows_route(self, custom_id: str) -> bool:
        """Is there a component for this ``custom_id`` today?"""
        return any(route.fullmatch(custom_id) for route in self._routes)
