"""``/manage roles`` and ``/lc roles``: what there is, and making more of it. Nothing is made unasked."""

from __future__ import annotations

from functools import partial

import discord

from bot.errors import Conflict, Invalid
from bot.features.channels.rules import ROLES
from bot.features.discord_roles.catalogue import RoleCatalogueService
from bot.features.discord_roles.records import Group, RoleCatalogue, RoleName
from bot.features.organisations.parts import OFFICER_ROLE, PENDING
from bot.features.people.rules import Right
from bot.i18n import N_, words_for
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.building import Builder, Report, alone
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.pages import Item
from bot.ui.permissions import FOR_ROLES, missing_permissions
from bot.ui.requests import MemberRequest, guild_of, host
from bot.ui.role_keeping import RoleKeeper
from cogs.discord_roles import render

COLOURS = {
    Group.LC: 0x5B8DB8,
    Group.COMMITTEE: 0xB07D2B,
    Group.INTEREST: 0xC9A66B,
    Group.KIND: 0x4F8A8B,
    Group.REGION: 0x6B8E5A,
    Group.POST: 0x7A6BA8,
}
#: What a menu of Discord holds.
PAGE = 25


class RoleBuilder(Builder):
    def __init__(
        self,
        request: MemberRequest,
        guild: discord.Guild,
        catalogue: RoleCatalogue,
        group: Group,
        chosen: list[RoleName],
    ) -> None:
        note = partial(request.services[RoleCatalogueService].note_role, request.actor)
        super().__init__(guild, catalogue.parts, note, request.caller.origin)
        self._words, self._group, self._chosen = words_for(catalogue.language), group, chosen
        self._keeper: RoleKeeper = host(request.interaction).role_keeper
        self._organisation_id = request.actor.organisation.id
        self.given = 0

    async def everything(self) -> None:
        for one in self._chosen:
            name = render.role_name(self._words, self._group, one)
            await self.role(one.key, name, COLOURS[self._group], discord.Permissions.none())
        kept = await self._keeper.keep(self.guild, self._organisation_id)
        self.given = kept.given
        self.people(kept)


async def _look(request: MemberRequest, *, of_lc: bool = False) -> tuple[discord.Guild, RoleCatalogue]:
    guild = guild_of(request)
    catalogue = await request.services[RoleCatalogueService].catalogue(request.actor, of_lc=of_lc)
    if catalogue.lc_id is None and guild.get_role(catalogue.parts.get(OFFICER_ROLE, PENDING)) is None:
        raise Conflict(N_("This server has no role of national officers yet. Please run /setup first."))
    return guild, catalogue


def _missing(guild: discord.Guild, catalogue: RoleCatalogue) -> list[str]:
    """The permissions that the bot lacks for it. An LC's own server is asked for no more than this one needs."""
    if catalogue.lc_id is None:
        return missing_permissions(guild.me.guild_permissions)
    return missing_permissions(guild.me.guild_permissions, FOR_ROLES)


async def show_roles(request: MemberRequest, *, of_lc: bool = False) -> None:
    """What there is and what could be made. Changes nothing."""
    guild, catalogue = await _look(request, of_lc=of_lc)
    words = request.words
    missing = _missing(guild, catalogue)
    rows: list[list[Item]] = []
    if not missing:
        rows.append(
            [GroupButton.make(words(render.GROUPS[group]), group=group.value, page=0) for group in catalogue.groups]
        )
    rows.append([home_button(words)])
    await request.show(render.roles_page(words, guild, catalogue, missing, rows))


def _role(guild: discord.Guild, catalogue: RoleCatalogue, one: RoleName) -> discord.Role | None:
    return guild.get_role(catalogue.parts.get(one.key, PENDING))


async def _make(request: MemberRequest, group: Group, keys: list[str] | None = None) -> None:
    """``keys``: which roles of the group; all, if left out."""
    with alone(guild_of(request)):
        guild, catalogue = await _look(request)
        if _missing(guild, catalogue):
            await show_roles(request)
            return
        chosen = [one for one in catalogue.groups.get(group, ()) if keys is None or one.key in keys]
        new = [one for one in chosen if _role(guild, catalogue, one) is None]
        if not chosen:
            raise Invalid(N_("There is nothing of the kind to make a role for. Please look at the list again."))
        if len(guild.roles) + len(new) > ROLES:
            raise Conflict(
                N_("Discord allows 250 roles in a server; {n} more don't fit. Please delete what nobody needs."),
                n=len(guild.roles) + len(new) - ROLES,
            )
        await request.defer()
        builder, report = RoleBuilder(request, guild, catalogue, group, chosen), Report()
        await builder.go(report)
        row: list[Item] = [RolesButton.make(request.words("Roles")), home_button(request.words)]
        if report.is_unfinished:
            label = request.words("Try again")
            row.insert(
                0,
                MakeButton.make(label, group=group.value)
                if keys is None
                else GroupButton.make(label, group=group.value, page=0),
            )
        await request.show(render.report_page(request.words, report, builder.given, [row]))


def _group(text: str) -> Group:
    try:
        return Group(text)
    except ValueError:
        raise Invalid(N_("There is nothing of the kind to make a role for. Please look at the list again.")) from None


class RolesButton(RoutedButton, route="discord_roles:show"):
    async def act(self, request: MemberRequest) -> None:
        await show_roles(request)


class GroupButton(Board, route="discord_roles:group:{group}:{page:int}"):
    @classmethod
    async def show(cls, request: MemberRequest, group: str, page: int = 0) -> None:
        """A menu of the roles of a group, those that are there marked. Changes nothing."""
        kind = _group(group)
        guild, catalogue = await _look(request)
        if _missing(guild, catalogue):
            await show_roles(request)
            return
        words, names = request.words, catalogue.groups.get(kind, ())
        if not names:
            raise Invalid(N_("There is nothing of the kind to make a role for. Please look at the list again."))
        here = part_of(names, page, PAGE)
        there = words("There already")
        options = [
            option(render.role_name(words, kind, one), one.key, there if _role(guild, catalogue, one) else "")
            for one in here
        ]
        menu = ChooseSelect.make(words("Which roles do you want?"), options, max_values=len(options), group=group)
        last = cls.turning(here, words, group=group)
        if 1 < len(names) <= PAGE:
            last = [MakeButton.make(words("Make all of them"), group=group)]
        last += [RolesButton.make(words("Back"), emoji="↩️"), home_button(words)]
        await request.show(render.group_page(words, guild, catalogue, kind, [[menu], last]))


class MakeButton(RoutedButton, route="discord_roles:make:{group}"):
    async def act(self, request: MemberRequest, group: str) -> None:
        await _make(request, _group(group))


class ChooseSelect(RoutedSelect, route="discord_roles:choose:{group}"):
    async def act(self, request: MemberRequest, chosen: list[str], group: str) -> None:
        await _make(request, _group(group), chosen)


async def home_part(request: MemberRequest) -> HomePart:
    """For national officers under "Management"; in an LC's own server for the officers of that LC."""
    actor = request.actor
    button: list[Item] = [RolesButton.make(request.words("Roles"), emoji="🎭")]
    if actor.may(Right.BUILD_CHANNELS):
        return HomePart(managing=button)
    if actor.officer_of and await request.services[RoleCatalogueService].may_choose_here(actor):
        return HomePart(actions=button)
    return HomePart()
