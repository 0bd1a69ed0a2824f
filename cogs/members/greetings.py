"""Greeting who comes: gathered for some seconds, so that a thousand who come at once make a few messages."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Coroutine
from datetime import datetime
from typing import Any

import discord
import structlog
from discord.ext import commands

from bot.deliveries.values import Due
from bot.features.members.arrivals import ArrivalService
from bot.i18n import N_, words_for
from bot.ui.chunking import all_members_at_last
from bot.ui.home import home_button
from bot.ui.host import Host
from bot.ui.pages import Page
from bot.ui.renderers import Message, Occasion
from cogs.members.views import panel_button

log = structlog.get_logger("tsunagu.members")

#: Seconds during which those who come are gathered.
GATHERED_FOR = 15.0


class Greetings(commands.Cog):
    """Newcomers of the last seconds are in memory only: after a crash, a look at the server's members finds them."""

    def __init__(self, bot: Host) -> None:
        self._bot = bot
        self.gathered_for = GATHERED_FOR
        self._come: dict[int, dict[int, datetime]] = defaultdict(dict)
        self._timer: asyncio.TimerHandle | None = None
        self._writing: set[asyncio.Task[None]] = set()

    @commands.Cog.listener()
    async def on_member_join(self, member: discord.Member) -> None:
        if member.bot:
            return
        self._come[member.guild.id][member.id] = member.joined_at or self._bot.clock.now()
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self.gathered_for, self._gathered)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Those who came while nobody was here to notice."""
        for guild_id, since in (await self._bot.services[ArrivalService].seen_until()).items():
            if (guild := self._bot.get_guild(guild_id)) is not None and not guild.unavailable:
                self._begin(self._greet_missed(guild, since))

    async def _greet_missed(self, guild: discord.Guild, since: datetime) -> None:
        """Each server by itself: Discord may tell of one's members much later. If it never does, nobody is greeted, as
        those who aren't known would count as seen; the next start tries again."""
        if await all_members_at_last(guild):
            await self._greet(guild.id, _come_since(guild, since))

    async def cog_unload(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _gathered(self) -> None:
        self._timer = None
        self._begin(self._greet_all())

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work, name="greetings")
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _greet_all(self) -> None:
        while self._come:
            guild_id, come = self._come.popitem()
            await self._greet(guild_id, come)

    async def _greet(self, guild_id: int, come: dict[int, datetime]) -> None:
        try:
            greeted = await self._bot.services[ArrivalService].arrived(guild_id, list(come.items()))
        except Exception:  # found again at the next start
            log.exception("newcomers not greeted", guild_id=guild_id, count=len(come))
        else:
            if greeted:
                log.info("newcomers greeted", guild_id=guild_id, count=greeted)


def _come_since(guild: discord.Guild, since: datetime) -> dict[int, datetime]:
    return {
        member.id: member.joined_at
        for member in guild.members
        if not member.bot and member.joined_at is not None and member.joined_at > since
    }


_HELLO = N_(
    "Nice to have you here! Press “Join” to sign up. It takes about two minutes, only you can see it, and you "
    "choose what to share."
)


async def message(occasion: Occasion, due: Due) -> Message | None:
    """Everybody who is greeted is mentioned, and so finds the button. Only the first message pings, and nobody who
    chose another way: what is edited, or made anew after somebody deleted it, pings nobody."""
    greeting = await occasion.services[ArrivalService].greeting(int(due.payload["batch"]))
    if not greeting.new and not greeting.back:
        return None  # their data have been deleted meanwhile
    words = occasion.words
    other = words_for("en" if words.language == "ja" else "ja")
    lines = [words(_HELLO), other(_HELLO)]
    if greeting.back:
        lines.append(words("If you've been here before, welcome back! Your details are just as you left them."))
    everybody = [*greeting.new, *greeting.back]
    page = Page(
        title=words("Welcome"),
        text="\n".join(lines),
        rows=[[panel_button(words, other), home_button(words)]],
    )
    pinged = [] if due.payload.get("again") else [one for one in everybody if one not in greeting.quiet]
    return Message(
        page,
        content=" ".join(f"<@{one}>" for one in everybody),
        mentions=discord.AllowedMentions(
            everyone=False, roles=False, replied_user=False, users=[discord.Object(one) for one in pinged]
        ),
    )


async def keep_up(occasion: Occasion, due: Due) -> None:
    payload = due.payload
    await occasion.services[ArrivalService].keep_up(
        payload["server"], payload["batch"], payload["mark"], payload["turn"]
    )
