"""Bringing about in Discord what ``features/discord_roles`` decides: only differences are sent, each on its own, paced.

A role is given or taken by itself, never by writing a member's whole list: what others do meanwhile stays.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import discord
import structlog

from bot.deliveries.limiter import Limiter
from bot.features.discord_roles.rules import RoleChange, ServerRoles, differences
from bot.features.discord_roles.service import DiscordRoleService
from bot.features.people.terms import CHANGED, FORGOTTEN
from bot.ui.chunking import all_members, all_members_at_last
from bot.ui.patience import FAILURES, limited

log = structlog.get_logger("tsunagu.roles")

#: Changes per second: Discord's 50 requests are shared with all that is sent.
ROLE_RATE = 10.0
REASON = "Tsunagu: as the records say"
#: Members looked at before others get their turn.
AT_A_STRETCH = 1_000


@dataclass(slots=True)
class Kept:
    """What was done in one server."""

    given: int = 0
    taken: list[tuple[str, int]] = field(default_factory=list)
    let_in: int = 0
    let_out: int = 0
    #: Roles that couldn't be given or taken.
    refused: set[int] = field(default_factory=set)
    #: Officers' threads where somebody couldn't be let in or out: Discord id → name.
    closed: dict[int, str] = field(default_factory=dict)
    #: Changes at which Discord failed just now: the next look tries them again.
    failed: int = 0


class RoleKeeper:
    """One for the process. ``host``: the bot, connected to the gateway; without members there is nothing to compare."""

    def __init__(self, host: Any) -> None:
        self._host = host
        self.pace = Limiter(ROLE_RATE)
        #: Organisation → people with changes; None: everybody.
        self._waiting: dict[int, set[int] | None] = {}
        #: Organisation → people whose data were deleted: strangers, who lose all our roles.
        self._forgotten: dict[int, set[int]] = {}
        self._task: asyncio.Task[None] | None = None
        #: Servers whose members are being requested.
        self._asking: dict[int, asyncio.Task[None]] = {}
        #: Servers whose member list is complete, though Discord's own count may differ.
        self._told: set[int] = set()
        self._lost_threads: set[int] = set()
        self._is_stopping = False

    @property
    def _service(self) -> DiscordRoleService:
        service: DiscordRoleService = self._host.services[DiscordRoleService]
        return service

    def on_commit(self, info: Mapping[Any, Any]) -> None:
        """Called after each transaction."""
        for organisation_id, people in info.get(FORGOTTEN, {}).items():
            self._forgotten.setdefault(organisation_id, set()).update(people)
        if not self._host.is_ready():
            return  # then everybody is compared
        for organisation_id, people in info.get(CHANGED, {}).items():
            self.look(organisation_id, None if None in people else people)
        for organisation_id, people in info.get(FORGOTTEN, {}).items():
            self.look(organisation_id, people)

    def look(self, organisation_id: int, people: Iterable[int] | None = None) -> None:
        """Compare soon; what comes together is done together. ``people``: Discord ids, everybody if left out."""
        before = self._waiting.get(organisation_id, set())
        self._waiting[organisation_id] = None if people is None or before is None else before | set(people)
        if not self._is_stopping and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._work(), name="roles")

    async def look_everywhere(self) -> None:
        """The regular chore against drift."""
        self._told.clear()
        for organisation_id in await self._service.organisations():
            self.look(organisation_id)

    async def stop(self) -> None:
        """Begin nothing more. A look at the database comes to its end, so that its connection is given back; the next
        start compares everything."""
        self._waiting.clear()
        self._is_stopping = True
        for asking in self._asking.values():
            asking.cancel()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self) -> None:
        while self._waiting:
            organisation_id = next(iter(self._waiting))
            people = self._waiting.pop(organisation_id)
            forgotten = frozenset(self._forgotten.get(organisation_id, ()))
            try:
                servers = await self._service.plan(organisation_id, people)
            except Exception:
                log.exception("roles not compared", organisation=organisation_id)
                continue
            done = [
                await self._keep_alone(replace(server, known=server.known | forgotten), people) for server in servers
            ]
            if all(done):
                self._forgotten.get(organisation_id, set()).difference_update(forgotten if people is None else people)

    async def _keep_alone(self, server: ServerRoles, people: Collection[int] | None) -> bool:
        """One server, whatever becomes of the others; was everything done? The next look does what wasn't."""
        guild = self._host.get_guild(server.guild_id)
        if guild is None:
            return True
        try:
            if people is None and not self.knows_all(guild):
                self._ask_members(guild, server.organisation_id)
            return not (await self._keep(guild, server, people)).failed
        except FAILURES as error:
            log.warning("roles not compared to their end", server=server.guild_id, why=type(error).__name__)
        except Exception:
            log.exception("roles not compared", server=server.guild_id)
        return False

    async def keep(self, guild: discord.Guild, organisation_id: int, *, look_into_threads: bool = False) -> Kept:
        """Compare everybody in one server now. ``look_into_threads``: who really is in the officers' threads, too."""
        for server in await self._service.plan(organisation_id):
            if server.guild_id == guild.id:
                if await all_members(guild):
                    self._told.add(guild.id)
                return await self._keep(guild, server, None, look_into_threads=look_into_threads)
        return Kept()

    def knows_all(self, guild: discord.Guild) -> bool:
        """Whether those missing from the server's members aren't in it, rather than not known yet."""
        return guild.chunked or guild.id in self._told

    def is_back(self, guild: discord.Guild) -> None:
        """The server came, or came back: Discord has to send its members again."""
        self._told.discard(guild.id)

    def _ask_members(self, guild: discord.Guild, organisation_id: int) -> None:
        """Nobody else waits for the members of one server: as soon as they are there, they are looked at."""

        async def ask() -> None:
            try:
                if await all_members_at_last(guild):
                    self._told.add(guild.id)
                    self.look(organisation_id)
            finally:
                del self._asking[guild.id]

        if guild.id not in self._asking and not guild.unavailable:
            self._asking[guild.id] = asyncio.create_task(ask(), name=f"members of {guild.id}")

    async def _keep(
        self,
        guild: discord.Guild,
        server: ServerRoles,
        people: Collection[int] | None,
        *,
        look_into_threads: bool = False,
    ) -> Kept:
        kept = Kept()
        if guild.unavailable or guild.me is None:
            kept.failed += 1  # what is to be done there waits for the next look
            return kept
        if people is None and not self.knows_all(guild):
            kept.failed += 1  # those who are known are compared all the same
        members = guild.members if people is None else _here(guild, people)
        if people is not None and not guild.chunked and len(members) < len(people):
            kept.failed += 1  # missing people may only not be known yet
        for change in await _compare(guild, server, members):
            if self._is_stopping:
                return kept
            await self._change(guild, change, kept)
        for lc_id, thread_id in server.threads.items():
            if self._is_stopping:
                return kept
            try:
                await self._thread(guild, server, lc_id, thread_id, kept, look=look_into_threads)
            except FAILURES as error:
                self._thread_failed(guild, thread_id, kept, error)
        # Of everybody: this isn't in order, all else is. Of some: this isn't either.
        refused = kept.refused | kept.closed.keys()
        if refused - server.told or (people is None and refused != server.told):
            await self._service.note_trouble(server.server_id, refused if people is None else refused | server.told)
        if kept.given or kept.taken or kept.let_in or kept.let_out:
            log.info(
                "roles brought about",
                server=guild.id,
                given=kept.given,
                taken=len(kept.taken),
                let_in=kept.let_in,
                let_out=kept.let_out,
            )
        return kept

    async def _change(self, guild: discord.Guild, change: RoleChange, kept: Kept) -> None:
        member, role = guild.get_member(change.discord_user_id), guild.get_role(change.role_id)
        if member is None or role is None:
            return
        if not guild.me.guild_permissions.manage_roles or role >= guild.me.top_role:
            kept.refused.add(role.id)  # seen without asking Discord
            return
        await self.pace.wait()
        try:
            async with limited():
                if change.give:
                    await member.add_roles(role, reason=REASON)
                    kept.given += 1
                else:
                    await member.remove_roles(role, reason=REASON)
                    kept.taken.append((change.key, member.id))
        except discord.NotFound:
            log.debug("gone meanwhile", server=guild.id, role=role.id)
        except FAILURES as error:  # the others are not to wait for this one
            if _is_refused(error):
                kept.refused.add(role.id)
            else:
                kept.failed += 1
            log.warning("a role not brought about", server=guild.id, role=role.id, why=repr(error))

    def _thread_failed(self, guild: discord.Guild, thread_id: int, kept: Kept, error: Exception) -> None:
        if _is_refused(error):
            thread = guild.get_thread(thread_id)
            kept.closed[thread_id] = thread.name if thread else ""
        else:
            kept.failed += 1
        log.warning("an officers' thread not brought about", server=guild.id, thread=thread_id, why=repr(error))

    async def _thread(
        self, guild: discord.Guild, server: ServerRoles, lc_id: int, thread_id: int, kept: Kept, *, look: bool
    ) -> None:
        """Let an LC's officers into their private thread, and out of it after their last term. People let in by others
        stay. Discord shows a thread to those in it; nobody is mentioned."""
        guests = server.guests.get(thread_id, frozenset())
        officers, former = server.officers.get(lc_id, frozenset()), server.former_officers.get(lc_id, frozenset())
        if guild.get_role(server.roles.get(f"role:lc:{lc_id}", 0)) is None:
            officers = frozenset()  # people who can't see the channel can't be let into its thread
        if not look and (thread_id in self._lost_threads or not (officers - guests or guests & former)):
            return
        here = {member.id for member in _here(guild, officers | former)}
        if not look and not here & ((officers - guests) | (guests & former)):
            return
        async with limited():
            thread = await self._find_thread(guild, thread_id)
            if thread is None:
                return
            inside = {member.id for member in await thread.fetch_members()} if look else guests
            coming, going = (officers - inside) & here, inside & former & here
            if (coming or going) and thread.archived:
                thread = await thread.edit(archived=False, reason=REASON)
        failed: set[int] = set()
        for user in sorted(coming | going):
            await self.pace.wait()
            try:
                async with limited():
                    if user in coming:
                        await thread.add_user(discord.Object(user))
                        kept.let_in += 1
                    else:
                        await thread.remove_user(discord.Object(user))
                        kept.let_out += 1
            except FAILURES as error:  # one of them must not keep a former officer in
                failed.add(user)
                self._thread_failed(guild, thread_id, kept, error)
        came, went = (officers & here) - guests - failed, (going & guests) - failed
        if came or went:
            await self._service.note_guests(server.organisation_id, thread_id, came, went)

    async def _find_thread(self, guild: discord.Guild, thread_id: int) -> discord.Thread | None:
        """Discord tells of threads that rest only when asked.

        Raises:
            discord.Forbidden: the channel is closed to the bot.
        """
        if thread := guild.get_thread(thread_id):
            return thread
        try:
            found = await guild.fetch_channel(thread_id)
        except discord.NotFound:
            self._lost_threads.add(thread_id)  # people deleted it: not asked again by this process
            return None
        return found if isinstance(found, discord.Thread) else None


def _is_refused(error: Exception) -> bool:
    """Discord won't do it as things are, so its officers have to know; else it may work at the next look."""
    return isinstance(error, discord.HTTPException) and 400 <= error.status < 500 and error.status != 429


def refused_at(guild: discord.Guild, kept: Kept) -> list[str]:
    """The names of roles that couldn't be given or taken, and of threads into which somebody couldn't be let."""
    roles = (guild.get_role(role_id) for role_id in sorted(kept.refused))
    return [*(f"@{role.name}" for role in roles if role is not None), *(f"🧵{name}" for name in kept.closed.values())]


def _here(guild: discord.Guild, people: Iterable[int]) -> list[discord.Member]:
    return [member for user in sorted(people) if (member := guild.get_member(user)) is not None]


async def _compare(
    guild: discord.Guild, server: ServerRoles, members: Collection[discord.Member] | Any
) -> list[RoleChange]:
    """What differs, without a word to Discord."""
    roles = {key: role_id for key, role_id in server.roles.items() if guild.get_role(role_id) is not None}
    ours = frozenset(roles.values())
    present: dict[int, frozenset[int]] = {}
    for number, member in enumerate(members):
        if number % AT_A_STRETCH == AT_A_STRETCH - 1:
            await asyncio.sleep(0)
        if not member.bot:
            present[member.id] = ours.intersection(role.id for role in member.roles)
    return differences(server.wanted, present, roles, frozenset(server.known))
