"""Making the LCs' roles, channels and threads as planned; then their people come in (``bot/ui/role_keeping.py``)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

import discord

from bot.features.channels.rules import CategoryPlan, Fate, LcChannelsPlan, LcPlan, Present, Roster, RosterLc
from bot.features.channels.service import ChannelService
from bot.features.organisations.parts import OFFICER_ROLE, PENDING
from bot.i18n import N_, Words, words_for
from bot.ui.building import WAITS, Builder, Report, Target
from bot.ui.patience import FAILURES
from bot.ui.requests import MemberRequest, host

LC_COLOUR = 0x5B8DB8
THREAD_NAME, TOPIC = N_("LC officers only"), N_("{lc} and the national officers")
TALK = discord.PermissionOverwrite(view_channel=True, send_messages=True)

#: Called after each LC with how many are done.
Progress = Callable[[int], Awaitable[None]]


@dataclass(slots=True)
class ChannelReport(Report):
    #: Channels that went into another region's category.
    moved: list[str] = field(default_factory=list)
    #: LCs whose officers' thread people have deleted.
    lost: list[str] = field(default_factory=list)
    #: How often somebody was given, and taken from, a role or a thread.
    let_in: int = 0
    let_out: int = 0


def channel_name(text: str) -> str:
    """As Discord would write it: small letters, and a hyphen for all that is neither letter nor digit."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[^\w]+", "-", plain).strip("-_")[:100] or "lc"


def category_name(category: CategoryPlan, words: Words) -> str:
    """``関東``, ``関東 2`` …"""
    name = words.either(category.region_ja, category.region_en)[:90]
    return name if category.number == 1 else f"{name} {category.number}"


def present_in(guild: discord.Guild) -> Present:
    return Present(
        {role.id: role.name for role in guild.roles},
        {channel.id: channel.name for channel in guild.channels},
        {channel.id: channel.category_id for channel in guild.channels},
    )


class ChannelBuilder(Builder):
    """``again``: make parts again that people have deleted."""

    def __init__(
        self,
        request: MemberRequest,
        guild: discord.Guild,
        roster: Roster,
        planned: LcChannelsPlan,
        again: bool,
        progress: Progress,
    ) -> None:
        note = partial(request.services[ChannelService].note_part, request.actor)
        super().__init__(guild, roster.parts, note, "/manage lc channels")
        self.words = words_for(roster.language)
        self.roster, self.planned = roster, planned
        self.again, self.progress = again, progress
        self.outcome = ChannelReport()
        self._keeper, self._organisation_id = host(request.interaction).role_keeper, request.actor.organisation.id
        self._order = {lc.channel_key: number for number, lc in enumerate(roster.lcs)}
        self._categories: dict[str, discord.CategoryChannel] = {}

    async def run(self) -> ChannelReport:
        """Make what is planned and missing."""
        await self.go(self.outcome)
        return self.outcome

    async def everything(self) -> None:
        for number, one in enumerate(self.planned.lcs):
            await self._lc(one)
            await self.progress(number + 1)
        kept = await self._keeper.keep(self.guild, self._organisation_id, look_into_threads=True)
        self.outcome.let_in, self.outcome.let_out = kept.given + kept.let_in, len(kept.taken) + kept.let_out
        self.people(kept)

    async def _lc(self, one: LcPlan) -> None:
        lc = one.lc
        role: discord.Role | None = None
        if one.role is not Fate.DELETED:
            channel = self.guild.get_channel(self.noted(lc.channel_key))

            async def let_in(made: discord.Role) -> None:
                if isinstance(channel, discord.TextChannel):
                    await channel.set_permissions(made, overwrite=TALK, reason=self.reason)

            name = self.words.either(lc.name_ja, lc.name_en)[:100]
            role = await self.role(lc.role_key, name, LC_COLOUR, discord.Permissions.none(), let_in)
        if one.channel is Fate.DELETED:
            return
        found, is_new = await self._channel(one, role)
        if one.thread is not Fate.DELETED and isinstance(found, discord.TextChannel):
            try:
                await self._thread(lc, found, is_new=is_new)
            except FAILURES as error:
                self.failed(f"🧵{found.name}", error)

    async def _channel(self, one: LcPlan, role: discord.Role | None) -> tuple[discord.abc.GuildChannel | None, bool]:
        """The LC's channel, and whether it was made just now."""
        present = self.guild.get_channel(self.noted(one.lc.channel_key))
        name = channel_name(self.words.either(one.lc.name_ja, one.lc.name_en))
        if one.category is None:  # was there when it was planned
            if present is not None:
                self.outcome.found.append(f"#{name}")
            return present, False
        category = await self._category(one.category)
        if category is None:
            self.outcome.failed[f"#{name}"] = WAITS
            return present, False
        if one.moves_from is not None and isinstance(present, discord.TextChannel):
            await self._move(present, category)
            return present, False
        officers = self.guild.get_role(self.noted(OFFICER_ROLE))
        assert officers is not None, "looked at before the run"
        mine = discord.PermissionOverwrite(
            view_channel=True,
            send_messages=True,
            create_private_threads=True,
            send_messages_in_threads=True,
            manage_threads=True,
        )
        wanted: dict[Target, discord.PermissionOverwrite] = {
            self.guild.default_role: discord.PermissionOverwrite(view_channel=False),
            self.guild.me: mine,
            officers: TALK,
        }
        if role is not None:
            wanted[role] = TALK
        topic = self.words(TOPIC, lc=self.words.either(one.lc.name_ja, one.lc.name_en))
        made_before = len(self.outcome.made)
        channel = await self.text_channel(
            one.lc.channel_key,
            name,
            topic,
            category,
            wanted,
            among=self.guild.text_channels,  # the role among its rights makes it unlike any other
            **self._place(one.lc, category),
        )
        return channel, len(self.outcome.made) > made_before

    async def _move(self, channel: discord.TextChannel, category: discord.CategoryChannel) -> None:
        """Its permissions and messages move with it."""
        if channel.category_id == category.id:
            return
        try:
            await channel.edit(category=category, reason=self.reason)
        except FAILURES as error:
            self.failed(f"#{channel.name}", error)
        else:
            self.outcome.moved.append(channel.name)

    async def _category(self, category: CategoryPlan) -> discord.CategoryChannel | None:
        if category.key not in self._categories:
            name = category_name(category, self.words)
            made = await self.category(category.key, name)
            if made is None:  # it is tried again for the region's next LC
                return None
            self.outcome.failed.pop(name, None)
            self._categories[category.key] = made
        return self._categories[category.key]

    def _place(self, lc: RosterLc, category: discord.CategoryChannel) -> dict[str, int]:
        """The position between the channels around it in the directory; none where it comes last.

        Of two channels with the same position Discord shows the older one first, so no other has to be moved.
        """
        keys = {discord_id: key for key, discord_id in self.known.items()}
        ours = [(self._order.get(keys.get(one.id, ""), -1), one.position) for one in category.text_channels]
        here = self._order[lc.channel_key]
        later = [position for number, position in ours if number > here]
        if not later:
            return {}
        before = [position for number, position in ours if 0 <= number < here]
        return {"position": max(before) if before else max(0, min(later) - 1)}

    async def _thread(self, lc: RosterLc, channel: discord.TextChannel, *, is_new: bool) -> None:
        """``is_new``: the channel was made just now, so no thread can be in it."""
        name = self.words(THREAD_NAME)
        noted = self.noted(lc.thread_key)
        present: discord.Thread | None = None
        if noted != PENDING and not is_new:
            present = await self._known_thread(noted, channel)
            if present is None and not self.again:
                self.outcome.lost.append(channel.name)
                return
        await self.part(
            lc.thread_key,
            f"🧵{channel.name}",
            present,
            await self._cut_off_thread(channel, name) if self.known.get(lc.thread_key) == PENDING else None,
            lambda: channel.create_thread(
                name=name,
                type=discord.ChannelType.private_thread,
                invitable=False,
                auto_archive_duration=10_080,  # a week, the longest that Discord offers; writing in it wakes it
                reason=self.reason,
            ),
        )

    async def _known_thread(self, noted: int, channel: discord.TextChannel) -> discord.Thread | None:
        """Discord tells of threads that rest only when asked."""
        if thread := channel.get_thread(noted):
            return thread
        try:
            found = await self.guild.fetch_channel(noted)
        except discord.NotFound:
            return None
        return found if isinstance(found, discord.Thread) and found.parent_id == channel.id else None

    async def _cut_off_thread(self, channel: discord.TextChannel, name: str) -> discord.Thread | None:
        taken = set(self.known.values())
        resting = [thread async for thread in channel.archived_threads(private=True, joined=True, limit=50)]
        alike = (
            thread
            for thread in [*channel.threads, *resting]
            if (thread.owner_id, thread.name) == (self.guild.me.id, name) and thread.id not in taken
        )
        return next(alike, None)
