"""Each server: may the bot do there what it has to, and is everything still there that it made?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import discord

from bot.doctor.report import Report
from bot.features.organisations.parts import LC_OFFICER_ROLE, PENDING, KnownServer
from bot.i18n import N_
from bot.ui.building import PANEL_KEY
from bot.ui.patience import FAILURES
from bot.ui.permissions import (
    FOR_EVENTS,
    FOR_ROLES,
    FOR_THREADS,
    IN_LC_SERVER,
    NEEDED,
    PERMISSIONS,
    WISHED,
    missing_permissions,
)
from cogs.setups import builder, pages

#: Message ids of what the blueprints make: in an organisation's server, and in one of an LC's own.
_NAMES = {
    builder.OFFICER_ROLE.key: builder.OFFICER_ROLE.name,
    builder.LC_OFFICERS.key: builder.LC_OFFICERS.name,
    builder.CATEGORY_KEY: builder.CATEGORY_NAME,
    **{plan.key: plan.name for plan in builder.CHANNELS},
    PANEL_KEY: N_("the pinned panel"),
}
_NAMES_IN_LC_SERVER = {
    pages.CATEGORY: builder.CATEGORY_NAME,
    pages.HOME: pages.HOME_NAME,
    PANEL_KEY: _NAMES[PANEL_KEY],
}
#: What the bot must be able to do in each channel that it made.
_IN_CHANNELS = ("view_channel", "send_messages", "embed_links")
#: Nobody posts events there.
_WITHOUT_EVENTS = (builder.HOME_CHANNEL.key, pages.HOME)


async def check(report: Report, client: discord.Client, known: Sequence[KnownServer] | None) -> None:
    """``known``: the servers in the database, None if it can't be read."""
    words = report.words
    linked = {server.guild_id: server for server in known or ()}
    try:
        present = [guild async for guild in client.fetch_guilds(limit=None, with_counts=False)]
        if not present:
            report.notice(
                words("The bot isn't in any server yet."), words("Open the invite link above to add it to one.")
            )
    except FAILURES as error:
        _broke_off(report, error)
        return
    for one in present:
        report.section(words("Server “{name}”", name=one.name))
        try:
            guild = await client.fetch_guild(one.id, with_counts=False)
            await _Examination(report, client, guild, linked.get(one.id)).run(database_read=known is not None)
        except FAILURES as error:  # the other servers are looked at all the same
            _broke_off(report, error)
    for absent in linked.keys() - {guild.id for guild in present}:
        server = linked[absent]
        name = words.either(server.name_ja, server.name_en)
        report.notice(
            words("A server is linked to “{name}”, but the bot isn't in it (ID {id}).", name=name, id=absent),
            words("If that server is still in use, open the invite link above to add the bot again."),
        )


def _broke_off(report: Report, error: Exception) -> None:
    words = report.words
    report.problem(
        words("The connection to Discord was interrupted ({reason}).", reason=type(error).__name__),
        words("Try again in a minute."),
    )


class _Examination:
    """One server."""

    def __init__(
        self, report: Report, client: discord.Client, guild: discord.Guild, linked: KnownServer | None
    ) -> None:
        self.report, self.words = report, report.words
        self.client, self.guild, self.linked = client, guild, linked
        is_of_lc = linked is not None and linked.is_of_lc
        self._expected = dict(_NAMES_IN_LC_SERVER if is_of_lc else _NAMES)
        if linked is not None and not builder.has_lcs(linked.kind):
            self._expected.pop(builder.LC_OFFICERS.key, None)
        self._needed = IN_LC_SERVER if is_of_lc else NEEDED
        if linked is not None and is_of_lc and any(key.startswith("role:") for key in linked.parts):
            self._needed += FOR_ROLES

    async def run(self, *, database_read: bool) -> None:
        assert self.client.user is not None
        me = await self.guild.fetch_member(self.client.user.id)
        self._permissions(me)
        if self.linked is None:
            if database_read:
                self.report.notice(
                    self.words("It isn't linked to an organisation yet."),
                    self.words("Ask someone with the “Manage Server” permission to run /setup there."),
                )
            return
        self.report.ok(
            self.words(
                "Linked to “{name}”.", name=self.words.either(self.linked.name_ja, self.linked.name_en)
            )
        )  # fmt: skip
        self._role_order(me)
        channels = {channel.id: channel for channel in await self.guild.fetch_channels()}
        await self._parts(me, channels)

    def _permissions(self, me: discord.Member) -> None:
        words = self.words
        wished = missing_permissions(me.guild_permissions, WISHED)
        if wished and self.linked and LC_OFFICER_ROLE in {*self._expected, *self.linked.parts}:
            self.report.notice(
                words("Without “{name}”, Discord doesn't show /officer to LC officers.", name=words(wished[0])),
                words(
                    "Open the invite link above again to grant the permission. Then run /setup there and press "
                    "“Check and create what's missing”."
                ),
            )
        without = missing_permissions(me.guild_permissions, FOR_EVENTS)
        if without and self.linked:
            self.report.notice(
                words(
                    "Without “{name}”, the bot's events don't appear in Discord's list of events.",
                    name=words(without[0]),
                ),
                words("Server Settings → Roles → {role}: turn these on, or open the invite link above again.",
                      role=_role_name(me.top_role)),
            )  # fmt: skip
        without = missing_permissions(me.guild_permissions, FOR_THREADS)
        if without and self.linked:
            self.report.notice(
                words("Without “{name}”, the bot can't make threads for events.",
                      name=words(", ").join(words(name) for name in without)),
                words("Server Settings → Roles → {role}: turn these on, or open the invite link above again.",
                      role=_role_name(me.top_role)),
            )  # fmt: skip
        missing = missing_permissions(me.guild_permissions, self._needed)
        if not missing:
            self.report.ok(words("The bot has all the permissions it needs."))
            return
        self.report.problem(
            words("Missing permissions: {names}", names=words(", ").join(words(name) for name in missing)),
            words("Server Settings → Roles → {role}: turn these on, or open the invite link above again.",
                  role=_role_name(me.top_role)),
        )  # fmt: skip

    def _role_order(self, me: discord.Member) -> None:
        """At Discord nobody can touch a role that isn't below their own highest one."""
        assert self.linked is not None
        words = self.words
        ids = [part for key, part in self.linked.parts.items() if key.startswith("role:")]
        managed = [role for part in ids if (role := self.guild.get_role(part))]
        above = sorted((role for role in managed if role >= me.top_role), reverse=True)
        if not above:
            if managed:
                self.report.ok(words("The bot's role is above the roles it manages."))
            return
        names = words(", ").join(_role_name(role) for role in above)
        if me.top_role.is_default():
            self.report.problem(
                words("The bot has no role of its own, so it can't assign or remove: {roles}", roles=names),
                words("Open the invite link above again for this server to give it one, then run this check again."),
            )
            return
        self.report.problem(
            words("The bot's role {mine} is too low, so it can't assign or remove {roles}.",
                  mine=_role_name(me.top_role), roles=names),
            words("Server Settings → Roles: drag {mine} above {highest}.",
                  mine=_role_name(me.top_role), highest=_role_name(above[0])),
        )  # fmt: skip

    async def _parts(self, me: discord.Member, channels: Mapping[int, discord.abc.GuildChannel]) -> None:
        assert self.linked is not None
        words, parts = self.words, self.linked.parts
        gone = [key for key, part in parts.items() if not await self._is_there(key, part, channels)]
        unmade = [key for key in self._expected if key not in parts]
        # Another command brings back what officers chose; people may have taken it away on purpose.
        chosen = [key for key in gone if key not in self._expected]
        gone = [key for key in gone if key in self._expected]
        if chosen:
            self.report.notice(
                words.plural(
                    "{n} channel, role or category created by officers is missing.",
                    "{n} channels, roles or categories created by officers are missing.",
                    len(chosen),
                ),
                words(
                    "If nobody meant to delete them, a national officer can create them again with “LC channels” "
                    "or “Roles” on /home. In an LC's own server, an officer of the LC can use “Roles” there."
                ),
            )
        if gone:
            self.report.problem(
                words("The bot created these, but they're gone: {names}", names=self._names(gone)),
                words(
                    "Ask someone with the “Manage Server” permission to run /setup there. It creates what's missing."
                ),
            )
        if unmade:
            self.report.notice(
                words("Not created yet: {names}", names=self._names(unmade)),
                words(
                    "Ask someone with the “Manage Server” permission to run /setup there. It creates what's missing."
                ),
            )
        if not gone and not unmade:
            self.report.ok(words("Everything the bot created is in place."))
        for key, part in parts.items():
            channel = channels.get(part)
            if channel is not None and key.startswith("channel:"):
                self._channel(me, channel)
                if key not in _WITHOUT_EVENTS:
                    self._threads(me, channel)

    async def _is_there(self, key: str, part: int, channels: Mapping[int, discord.abc.GuildChannel]) -> bool:
        if part == PENDING:
            return False
        if key.startswith("role:"):
            return self.guild.get_role(part) is not None
        if key.startswith(("channel:", "category:")):
            return part in channels
        if key == PANEL_KEY:
            assert self.linked is not None
            return await _has_message(channels.get(self.linked.parts.get(builder.HOME_CHANNEL.key, PENDING)), part)
        return True  # there is no way known here to look for it

    def _channel(self, me: discord.Member, channel: discord.abc.GuildChannel) -> None:
        words, have = self.words, channel.permissions_for(me)
        missing = [PERMISSIONS[flag] for flag in _IN_CHANNELS if not getattr(have, flag)]
        if missing and not missing_permissions(me.guild_permissions, self._needed):
            self.report.problem(
                words("Missing permissions in #{channel}: {names}",
                      channel=channel.name, names=words(", ").join(words(name) for name in missing)),
                words("Edit Channel → Permissions → {role}: allow these.", role=_role_name(me.top_role)),
            )  # fmt: skip

    def _threads(self, me: discord.Member, channel: discord.abc.GuildChannel) -> None:
        words, have = self.words, channel.permissions_for(me)
        missing = [PERMISSIONS[flag] for flag in FOR_THREADS if not getattr(have, flag)]
        if missing and have.send_messages and not missing_permissions(me.guild_permissions, FOR_THREADS):
            self.report.notice(
                words("The bot can't make threads for events in #{channel}. It's missing: {names}",
                      channel=channel.name, names=words(", ").join(words(name) for name in missing)),
                words("Edit Channel → Permissions → {role}: allow these.", role=_role_name(me.top_role)),
            )  # fmt: skip

    def _names(self, keys: Sequence[str]) -> str:
        return self.words(", ").join(self.words(self._expected[key]) for key in keys)


async def _has_message(channel: discord.abc.GuildChannel | None, message_id: int) -> bool:
    if not isinstance(channel, discord.TextChannel):
        return False
    try:
        await channel.fetch_message(message_id)
    except discord.NotFound:
        return False
    except discord.Forbidden:  # unknown here; another check says that the bot doesn't see the channel
        return True
    return True


def _role_name(role: discord.Role) -> str:
    return role.name if role.is_default() else f"@{role.name}"
