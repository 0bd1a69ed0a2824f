"""An account that is nobody's any more, because its record became one with another's, loses what the bot gave it: it
may have been lost to somebody else. The regular comparison leaves strangers alone."""

from __future__ import annotations

from collections.abc import Iterable

import discord
import structlog

from bot.features.discord_roles.records import ServerRoles
from bot.features.discord_roles.service import DiscordRoleService
from bot.ui.host import Host
from bot.ui.patience import FAILURES, limited
from bot.ui.requests import MemberRequest, host
from bot.ui.role_keeping import REASON

log = structlog.get_logger("tsunagu.roles")


async def given_to(request: MemberRequest, user: int) -> list[ServerRoles]:
    """What the bot may have given to a Discord user, by server. To be asked while their record is there."""
    return await request.services[DiscordRoleService].plan(request.actor.organisation.id, [user])


async def let_out(request: MemberRequest, user: int, given: Iterable[ServerRoles]) -> list[str]:
    """Take the bot's roles from a Discord user, and them out of the officers' threads; the names of servers in which
    that didn't go to its end."""
    left = []
    for server in given:
        guild = host(request.interaction).get_guild(server.guild_id)
        if guild is None:
            continue
        if not await _let_out_of(request, guild, server, user):
            left.append(guild.name)
    return left


async def _let_out_of(request: MemberRequest, guild: discord.Guild, server: ServerRoles, user: int) -> bool:
    """Was everything taken? Each role and thread stands alone."""
    bot, service = host(request.interaction), request.services[DiscordRoleService]
    try:
        member = await _member(bot, guild, user)
    except FAILURES as error:
        log.warning("somebody may keep what was theirs", server=guild.id, why=repr(error))
        return False
    ours = set(server.roles.values())
    is_done = True
    for role in [role for role in member.roles if role.id in ours] if member is not None else []:
        assert member is not None
        await bot.role_keeper.pace.wait()
        try:
            async with limited():
                await member.remove_roles(role, reason=REASON)
        except FAILURES as error:
            is_done = False
            log.warning("somebody keeps a role that was theirs", server=guild.id, role=role.id, why=repr(error))
    for thread_id in server.threads.values():
        if user not in server.guests.get(thread_id, ()):
            continue
        if member is not None:
            await bot.role_keeper.pace.wait()
            try:
                async with limited():
                    await _leave(guild, thread_id, user)
            except FAILURES as error:
                is_done = False
                log.warning("somebody stays in a thread", server=guild.id, thread=thread_id, why=repr(error))
                continue
        await service.note_guests(server.organisation_id, thread_id, set(), {user})
    return is_done


async def _member(bot: Host, guild: discord.Guild, user: int) -> discord.Member | None:
    """None if they aren't in the server: where not everybody is known yet, Discord is asked."""
    member = guild.get_member(user)
    if member is not None or bot.role_keeper.knows_all(guild):
        return member
    try:
        async with limited():
            return await guild.fetch_member(user)
    except discord.NotFound:
        return None


async def _leave(guild: discord.Guild, thread_id: int, user: int) -> None:
    try:
        thread = guild.get_thread(thread_id) or await guild.fetch_channel(thread_id)
    except discord.NotFound:
        return  # deleted, and nobody is in it
    if not isinstance(thread, discord.Thread):
        return
    if thread.archived:
        thread = await thread.edit(archived=False, reason=REASON)
    await thread.remove_user(discord.Object(user))
