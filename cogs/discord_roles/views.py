"""``/manage roles``: what there is, and making more of it."""

from __future__ import annotations

from functools import partial

import discord

from bot.errors import Conflict, Invalid
from bot.features.channels.rules import ROLES
from bot.features.channels.service import ChannelService
from bot.features.discord_roles.records import RoleCatalogue, RoleName
from bot.features.discord_roles.service import DiscordRoleService
from bot.features.organisations.parts import OFFICER_ROLE, PENDING
from bot.i18n import N_, words_for
from bot.ui.building import Builder, Report, alone
from bot.ui.home import home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item
from bot.ui.permissions import missing_permissions
from bot.ui.requests import MemberRequest, guild_of, host
from bot.ui.role_keeping import RoleKeeper, refused_at
from cogs.discord_roles import render

COLOURS = {"committee": 0xB07D2B, "region": 0x6B8E5A, "post": 0x7A6BA8}


class RoleBuilder(Builder):
    def __init__(
        self, request: MemberRequest, guild: discord.Guild, catalogue: RoleCatalogue, chosen: list[RoleName]
    ) -> None:
        note = partial(request.services[ChannelService].note_part, request.actor)
        super().__init__(guild, catalogue.parts, note, "/manage roles")
        self._words, self._chosen = words_for(catalogue.language), chosen
        self._keeper: RoleKeeper = host(request.interaction).role_keeper
        self._organisation_id = request.actor.organisation.id
        self.given = 0

    async def everything(self) -> None:
        for one in self._chosen:
            colour = COLOURS[one.key.split(":")[1]]
            await self.role(one.key, self._words.either(one.name_ja, one.name_en), colour, discord.Permissions.none())
        self.step = "@"
        kept = await self._keeper.keep(self.guild, self._organisation_id)
        self.given = kept.given
        self.refused_by(refused_at(self.guild, kept))


async def _look(request: MemberRequest) -> tuple[discord.Guild, RoleCatalogue]:
    guild = guild_of(request)
    catalogue = await request.services[DiscordRoleService].catalogue(request.actor)
    if guild.get_role(catalogue.parts.get(OFFICER_ROLE, PENDING)) is None:
        raise Conflict(N_("This server has no role of national officers yet. Please run /setup first."))
    return guild, catalogue


async def show_roles(request: MemberRequest) -> None:
    """What there is and what could be made. Changes nothing."""
    guild, catalogue = await _look(request)
    words = request.words
    missing = missing_permissions(guild.me.guild_permissions)
    rows: list[list[Item]] = []
    if not missing:
        rows.append(
            [
                MakeButton.make(words("Make the committees' roles"), kind="committee"),
                MakeButton.make(words("Make the regions' roles"), kind="region"),
            ]
        )
        menu = [
            discord.SelectOption(label=words.either(one.name_ja, one.name_en)[:100], value=one.key)
            for one in catalogue.posts
        ][:25]
        rows.append([PostSelect.make(words("Make a role for a post"), menu, max_values=min(len(menu), 10))])
    rows.append([home_button(words)])
    await request.show(render.roles_page(words, guild, catalogue, missing, rows))


async def _make(request: MemberRequest, kind: str, keys: list[str] | None = None) -> None:
    with alone(guild_of(request)):
        guild, catalogue = await _look(request)
        if missing_permissions(guild.me.guild_permissions):
            await show_roles(request)
            return
        groups = {"committee": catalogue.committees, "region": catalogue.regions, "post": catalogue.posts}
        chosen = [one for one in groups.get(kind, ()) if keys is None or one.key in keys]
        new = [one for one in chosen if guild.get_role(catalogue.parts.get(one.key, PENDING)) is None]
        if not chosen:
            raise Invalid(N_("There is nothing of the kind to make a role for. Please look at the list again."))
        if len(guild.roles) + len(new) > ROLES:
            raise Conflict(
                N_("Discord allows 250 roles in a server; {n} more don't fit. Please delete what nobody needs."),
                n=len(new),
            )
        await request.defer()
        builder, report = RoleBuilder(request, guild, catalogue, chosen), Report()
        await builder.go(report)
        await request.show(render.report_page(request.words, report, builder.given, [[RolesButton.make(
            request.words("Roles")), home_button(request.words)]]))  # fmt: skip


class RolesButton(RoutedButton, route="discord_roles:show"):
    async def act(self, request: MemberRequest) -> None:
        await show_roles(request)


class MakeButton(RoutedButton, route="discord_roles:make:{kind}"):
    async def act(self, request: MemberRequest, kind: str) -> None:
        await _make(request, kind)


class PostSelect(RoutedSelect, route="discord_roles:posts"):
    async def act(self, request: MemberRequest, chosen: list[str]) -> None:
        await _make(request, "post", chosen)
