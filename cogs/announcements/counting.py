"""How many people would see an announcement and be pinged by it, by what Discord told the bot of its servers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import discord
import structlog

from bot.features.announcements.models import Ping
from bot.features.audiences.models import Place
from bot.features.audiences.records import PostPlan, Reach
from bot.i18n import N_, Words
from bot.ui.host import Host
from bot.ui.lengths import some
from bot.ui.patience import FAILURES

log = structlog.get_logger("tsunagu.announcements")

GONE, CLOSED = N_("{n} channels were deleted in Discord"), N_("in {n} channels I may not write: {names}")


@dataclass(slots=True)
class Counts:
    """``people`` and ``pinged`` count everybody once; of @here, those who are online are fewer."""

    channels: int = 0
    direct: int = 0
    people: int = 0
    pinging: int = 0
    pinged: int = 0
    #: Channels in which the sender or the bot may not ping so.
    without_ping: int = 0
    deleted: int = 0
    closed: list[str] = field(default_factory=list)
    #: Discord hasn't told of all members yet, so there may be more people.
    is_unsure: bool = False

    @property
    def troubles(self) -> bool:
        return bool(self.deleted or self.closed)

    def trouble_lines(self, words: Words) -> Iterable[str]:
        if self.deleted:
            yield words(GONE, n=self.deleted)
        if self.closed:
            yield words(
                CLOSED, n=len(self.closed), names=some([f"#{name}" for name in self.closed], 5, words(", "), words)
            )

    def doubt_lines(self, words: Words) -> Iterable[str]:
        if self.without_ping:
            yield words(
                "In {n} channels it can't ping: you and the bot both need Discord's permission to mention everyone.",
                n=self.without_ping,
            )
        if self.is_unsure:
            yield words(
                "Discord hasn't told me of everybody yet, so it may be more people. Please look again in a minute."
            )


def count(bot: Host, reach: Reach, ping: Ping, user_id: int) -> Counts:
    """For an announcement that ``user_id`` would send just now."""
    counts, seen, pinged = Counts(), set[int](), set[int]()
    for post in reach.posts:
        if post.place is Place.DIRECT:
            counts.direct += 1
            seen.add(post.recipient_id)
            continue
        counts.channels += 1
        channel = _channel(bot, post)
        if channel is None:
            # A thread that rests isn't in the cache; of channels all are.
            counts.deleted += post.place is not Place.LC_OFFICERS
            continue
        if not _may_write(channel):
            counts.closed.append(channel.name)
            continue
        here = _readers(channel)
        seen |= here
        counts.is_unsure |= not bot.role_keeper.knows_all(channel.guild)
        if ping is Ping.NONE or isinstance(channel, discord.Thread):
            continue
        if not _may_ping(channel, post, ping, user_id):
            counts.without_ping += knows(bot, [post], user_id)
            continue
        counts.pinging += 1
        pinged |= _pinged(channel, post, ping, here)
    counts.people, counts.pinged = len(seen), len(pinged)
    return counts


def knows(bot: Host, posts: Iterable[PostPlan], user_id: int) -> bool:
    """Whether this process can tell of each server if somebody is in it: it may not know all members yet."""
    guilds = (bot.get_guild(post.guild_id or 0) for post in posts)
    return all(
        guild.get_member(user_id) is not None or bot.role_keeper.knows_all(guild)
        for guild in guilds
        if guild is not None
    )


def channels_to_ping(bot: Host, posts: Iterable[PostPlan], ping: Ping, user_id: int) -> list[int]:
    """Where somebody may ping so, by their rights in Discord just now, and the bot's."""
    if ping is Ping.NONE:
        return []
    allowed = []
    for post in posts:
        channel = _channel(bot, post)
        if isinstance(channel, discord.TextChannel) and _may_ping(channel, post, ping, user_id):
            allowed.append(channel.id)
    return allowed


async def channels_to_ping_by_request(bot: Host, posts: Iterable[PostPlan], ping: Ping, user_id: int) -> list[int]:
    """The same for a process that doesn't know the sender, or has no session at the gateway and so knows of no server:
    it asks Discord.

    Raises:
        discord.DiscordException, aiohttp.ClientError, OSError: Discord doesn't answer about any server.
    """
    assert bot.user is not None
    by_guild: dict[int, list[PostPlan]] = defaultdict(list)
    for post in posts:
        by_guild[post.guild_id or 0].append(post)
    allowed = []
    failed: Exception | None = None
    answered = False
    for guild_id, here in by_guild.items():
        try:
            guild = await bot.fetch_guild(guild_id, with_counts=False)
            both = [await guild.fetch_member(one) for one in (user_id, bot.user.id)]
            channels = {channel.id: channel for channel in await guild.fetch_channels()}
        except (discord.NotFound, discord.Forbidden):  # one of the two isn't there any more
            answered = True
            continue
        except FAILURES as error:  # the announcement doesn't wait for one server: there it goes out without a ping
            log.warning("a server couldn't be asked", server=guild_id, why=repr(error))
            failed = error
            continue
        answered = True
        for post in here:
            channel = channels.get(post.recipient_id)
            if isinstance(channel, discord.TextChannel) and _may_both_ping(channel, post, ping, both):
                allowed.append(channel.id)
    if failed is not None and not answered:
        raise failed
    return allowed


def _may_ping(channel: discord.TextChannel, post: PostPlan, ping: Ping, user_id: int) -> bool:
    return _may_both_ping(channel, post, ping, (channel.guild.get_member(user_id), channel.guild.me))


def _may_both_ping(
    channel: discord.TextChannel, post: PostPlan, ping: Ping, both: Iterable[discord.Member | None]
) -> bool:
    role = channel.guild.get_role(post.role_id or 0)
    if ping is Ping.LC_ROLE and (role is None or role.mentionable):
        return role is not None
    return all(one is not None and channel.permissions_for(one).mention_everyone for one in both)


def _channel(bot: Host, post: PostPlan) -> discord.TextChannel | discord.Thread | None:
    guild = bot.get_guild(post.guild_id or 0)
    found = guild.get_channel_or_thread(post.recipient_id) if guild else None
    return found if isinstance(found, discord.TextChannel | discord.Thread) else None


def _readers(channel: discord.TextChannel | discord.Thread) -> set[int]:
    if isinstance(channel, discord.Thread):
        return {member.id for member in channel.members if member.id != channel.guild.me.id}
    return {member.id for member in channel.members if not member.bot}


def _may_write(channel: discord.TextChannel | discord.Thread) -> bool:
    may = channel.permissions_for(channel.guild.me)
    writes = may.send_messages_in_threads if isinstance(channel, discord.Thread) else may.send_messages
    return may.view_channel and writes and may.embed_links


def _pinged(channel: discord.TextChannel, post: PostPlan, ping: Ping, here: set[int]) -> set[int]:
    if ping is not Ping.LC_ROLE:
        return here
    role = channel.guild.get_role(post.role_id or 0)
    return {member.id for member in role.members} if role else set()
