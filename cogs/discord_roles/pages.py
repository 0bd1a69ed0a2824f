"""``/manage roles``, and the button to it in an LC's own server: which roles there are, and making more of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

import discord
from discord.utils import escape_markdown

from bot.errors import Conflict, Invalid
from bot.features.channels.rules import ROLES
from bot.features.discord_roles.rules import Group, RoleCatalogue, RoleName
from bot.features.discord_roles.service import RoleCatalogueService, own_server_here
from bot.features.homes.facts import Facts
from bot.features.organisations.parts import LC_OFFICER_ROLE, OFFICER_ROLE, PENDING
from bot.features.people.rules import Right
from bot.i18n import N_, Words, words_for
from bot.paging import part_of
from bot.ui.board import Board, option
from bot.ui.building import Builder, Report, alone, failed_fields
from bot.ui.home import HomePart, home_button
from bot.ui.items import RoutedButton, RoutedSelect
from bot.ui.lengths import some
from bot.ui.opening import button_to
from bot.ui.pages import COLOUR, TROUBLE, Item, Page
from bot.ui.permissions import FOR_ROLES, IN_THREADS, MARK_OF_OFFICER, PERMISSIONS, missing_permissions
from bot.ui.requests import MemberRequest, guild_of, host
from bot.ui.role_keeping import RoleKeeper

#: So many roles or channels are named; of the others only the number is said.
SHOWN = 20
GROUPS = {
    Group.LC: N_("The LC"),
    Group.COMMITTEE: N_("Committee posts"),
    Group.INTEREST: N_("Interested in committees"),
    Group.KIND: N_("Membership types"),
    Group.REGION: N_("LC regions"),
    Group.POST: N_("Individual posts"),
}
#: Who has the roles of a group.
WHO = {
    Group.LC: N_("Members confirmed by the LC's officers, and the officers themselves."),
    Group.COMMITTEE: N_(
        "People who hold a post for the committee, such as NEO or LEO for Professional Exchange (SCOPE)."
    ),
    Group.INTEREST: N_(
        "People who said they're interested in the committee and want to be mentioned in a channel. "
        "Nobody else gets the role, so mentioning it won't bother anyone who doesn't want that."
    ),
    Group.KIND: N_(
        "Each person's membership today, including the grace period. Staff and staff candidates also "
        "get the role for individual members, and officers keep the roles they had. The free list "
        "role is for people with no other membership."
    ),
    Group.REGION: N_("People who belong to an LC in the region."),
    Group.POST: N_("People who hold the post today."),
}
#: The same where it is less, in an LC's own server.
WHO_IN_LC = {
    Group.COMMITTEE: N_(
        "People who hold a post of this LC for the committee, such as LEO for Professional Exchange (SCOPE)."
    ),
    Group.KIND: N_("People in this LC who are individual members, staff candidates or staff today."),
    Group.POST: N_("People who hold the post in this LC today."),
}
_OF_LC = {True: N_("LC officers"), False: N_("LC members")}


def role_name(words: Words, group: Group, one: RoleName) -> str:
    """What a new role is called; people may rename it."""
    name = words.either(one.name_ja, one.name_en)
    if group is Group.INTEREST:
        return words("Interested in {committee}", committee=name)
    return words(_OF_LC[one.key == LC_OFFICER_ROLE]) if group is Group.LC else name


def _there(guild: discord.Guild, catalogue: RoleCatalogue, keys: Iterable[str]) -> list[discord.Role]:
    found = (guild.get_role(catalogue.parts.get(key, PENDING)) for key in keys)
    return [role for role in found if role is not None]


def _made(words: Words, guild: discord.Guild, catalogue: RoleCatalogue, names: Sequence[RoleName]) -> str:
    made = _there(guild, catalogue, [one.key for one in names])
    listed = some([role.mention for role in made], SHOWN, " ", words)
    return words("{n} of {all}", n=len(made), all=len(names)) + (f"\n{listed}" if listed else "")


def roles_page(
    words: Words, guild: discord.Guild, catalogue: RoleCatalogue, missing: Sequence[str], rows: list[list[Item]]
) -> Page:
    fields: list[tuple[str, str, bool]] = []
    text = words(
        "The bot assigns and removes these roles automatically: when a record changes, when someone "
        "joins, and once an hour in case something was changed by hand. You can rename and recolour "
        "them as you like. Roles the bot didn't create are never touched."
    )
    if catalogue.lc_id is None:
        lcs = _there(guild, catalogue, [key for key in catalogue.parts if key.startswith("role:lc:")])
        fields += [
            (words(name), " ".join(role.mention for role in _there(guild, catalogue, [key])), True)
            for key, name in ((OFFICER_ROLE, N_("National officers")), (LC_OFFICER_ROLE, N_("LC officers")))
        ]
        fields.append(
            (words("LCs (created with “LC channels”)"), words.plural("{n} role", "{n} roles", len(lcs)), True)
        )
    else:
        own = words(
            "This is the LC's own server, so only the roles its officers choose here are created. Only "
            "people in this LC get them, and they don't show what anyone does elsewhere."
        )
        text = f"{text}\n{own}"
    fields += [
        (words(GROUPS[group]), _made(words, guild, catalogue, names), False)
        for group, names in catalogue.groups.items()
    ]
    if missing:
        advice = words("Server Settings → Roles → the bot's role: turn these on, then try again.")
        fields.append(
            (words("Missing permissions"), "\n".join([*(f"・{words(name)}" for name in missing), advice]), False)
        )
    return Page(
        title=words("Automatic roles"),
        text=text,
        fields=fields,
        rows=rows,
        footer=words("{n} of {all} roles that Discord allows", n=len(guild.roles), all=ROLES),
        colour=TROUBLE if missing else COLOUR,
    )


def group_page(
    words: Words, guild: discord.Guild, catalogue: RoleCatalogue, group: Group, rows: list[list[Item]]
) -> Page:
    """Who gets the roles of a group, and which there are. Everybody in a server sees who has a role."""
    who = (WHO_IN_LC if catalogue.lc_id is not None else {}).get(group, WHO[group])
    seen = words(
        "Everyone in the server can see who has a role. Having a role doesn't notify anyone. Whether "
        "to mention it is up to you."
    )
    return Page(
        title=words(GROUPS[group]),
        text=f"{words(who)}\n{seen}",
        fields=[(words("Roles"), _made(words, guild, catalogue, catalogue.groups[group]), False)],
        rows=rows,
        footer=words("{n} of {all} roles that Discord allows", n=len(guild.roles), all=ROLES),
    )


def report_page(words: Words, report: Report, given: int, rows: list[list[Item]]) -> Page:
    fields = []
    if report.made:
        fields.append((words("Created"), escape_markdown("\n".join(report.made)), True))
    if report.found:
        fields.append((words("Already there"), escape_markdown("\n".join(report.found)), True))
    if given:
        fields.append((words("Assigned"), words.plural("{n} time", "{n} times", given), True))
    fields += failed_fields(words, report)
    return Page(
        title=words("Not finished") if report.is_unfinished else words("The roles are ready"),
        fields=fields,
        rows=rows,
        colour=TROUBLE if report.is_unfinished else COLOUR,
    )


def trouble_page(
    words: Words,
    guild: discord.Guild,
    roles: Sequence[discord.Role],
    channels: Sequence[discord.abc.GuildChannel],
) -> Page:
    """How to let the bot give and take roles, and let people into the threads of LCs' officers; told once."""
    mine = escape_markdown(guild.me.top_role.name)
    fields = []
    if roles:
        names = some([escape_markdown(role.name) for role in roles], SHOWN, words(", "), words)
        if guild.me.guild_permissions.manage_roles:
            remedy = words("Server Settings → Roles: please move the bot's role “{mine}” above these.", mine=mine)
        else:
            remedy = words("Server Settings → Roles → “{mine}”: please turn on “Manage Roles”.", mine=mine)
        fields.append((words("Roles the bot can't assign or remove"), f"{remedy}\n{names}", False))
    if channels:
        listed = some([channel.mention for channel in channels], SHOWN, " ", words)
        lacking = {name for one in channels for name in missing_permissions(one.permissions_for(guild.me), IN_THREADS)}
        wanted = [words(PERMISSIONS[flag]) for flag in IN_THREADS if not lacking or PERMISSIONS[flag] in lacking]
        remedy = words(
            "In each of these channels, open Edit Channel → Permissions → “{mine}” and allow {permissions}.",
            mine=mine,
            permissions=words(", ").join(wanted),
        )
        fields.append((words("Officers' threads the bot can't add people to"), f"{remedy}\n{listed}", False))
    return Page(
        title=words("The bot is missing permissions"),
        text="\n".join(
            [
                words(
                    "The bot doesn't have permission to do the following in {server}.",
                    server=escape_markdown(guild.name),
                ),
                words("The bot tries again every hour and won't repeat this message."),
            ]
        ),
        fields=fields,
        colour=TROUBLE,
    )


def unseen_trouble_page(words: Words, role_ids: Sequence[int], channel_ids: Sequence[int]) -> Page:
    """The same, said by a process that can't see the server: Discord shows the names."""
    fields = []
    if role_ids:
        remedy = words(
            "Server Settings → Roles: please move the bot's role above these, and check that “Manage "
            "Roles” is turned on for it."
        )
        named = some([f"<@&{role_id}>" for role_id in role_ids], SHOWN, " ", words)
        fields.append((words("Roles the bot can't assign or remove"), f"{remedy}\n{named}", False))
    if channel_ids:
        remedy = words(
            "In each of these channels, open Edit Channel → Permissions and allow {permissions} for the bot's role.",
            permissions=words(", ").join(words(PERMISSIONS[flag]) for flag in IN_THREADS),
        )
        named = some([f"<#{channel_id}>" for channel_id in channel_ids], SHOWN, " ", words)
        fields.append((words("Officers' threads the bot can't add people to"), f"{remedy}\n{named}", False))
    return Page(
        title=words("The bot is missing permissions"),
        text=words("The bot tries again every hour and won't repeat this message."),
        fields=fields,
        colour=TROUBLE,
    )


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
            name = role_name(self._words, self._group, one)
            mark = MARK_OF_OFFICER if one.key == LC_OFFICER_ROLE else discord.Permissions.none()
            await self.role(one.key, name, COLOURS[self._group], mark)
        kept = await self._keeper.keep(self.guild, self._organisation_id)
        self.given = kept.given
        self.people(kept)


async def _look(request: MemberRequest) -> tuple[discord.Guild, RoleCatalogue]:
    guild = guild_of(request)
    catalogue = await request.services[RoleCatalogueService].catalogue(request.actor)
    if catalogue.lc_id is None and guild.get_role(catalogue.parts.get(OFFICER_ROLE, PENDING)) is None:
        raise Conflict(N_("This server has no role for national officers yet. Please run /setup first."))
    return guild, catalogue


def _missing(guild: discord.Guild, catalogue: RoleCatalogue) -> list[str]:
    """The permissions that the bot lacks for it. An LC's own server is asked for no more than this one needs."""
    if catalogue.lc_id is None:
        return missing_permissions(guild.me.guild_permissions)
    return missing_permissions(guild.me.guild_permissions, FOR_ROLES)


async def show_roles(request: MemberRequest) -> None:
    """What there is and what could be made. Changes nothing."""
    guild, catalogue = await _look(request)
    words = request.words
    missing = _missing(guild, catalogue)
    rows: list[list[Item]] = []
    if not missing:
        rows.append([GroupButton.make(words(GROUPS[group]), group=group.value, page=0) for group in catalogue.groups])
    rows.append([home_button(words)])
    await request.show(roles_page(words, guild, catalogue, missing, rows))


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
            raise Invalid(N_("There are no roles of this kind to create. Please open the list again."))
        if len(guild.roles) + len(new) > ROLES:
            raise Conflict(
                N_(
                    "Discord allows up to 250 roles in a server, and {n} more won't fit. Please delete roles "
                    "that nobody needs."
                ),
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
        await request.show(report_page(request.words, report, builder.given, [row]))


def _group(text: str) -> Group:
    try:
        return Group(text)
    except ValueError:
        raise Invalid(N_("There are no roles of this kind to create. Please open the list again.")) from None


RolesButton = button_to("discord_roles:show", show_roles)


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
            raise Invalid(N_("There are no roles of this kind to create. Please open the list again."))
        here = part_of(names, page, PAGE)
        there = words("Already in place")
        options = [
            option(role_name(words, kind, one), one.key, there if _role(guild, catalogue, one) else "") for one in here
        ]
        menu = ChooseSelect.make(words("Which roles do you want?"), options, max_values=len(options), group=group)
        last = cls.turning(here, words, group=group)
        if 1 < len(names) <= PAGE:
            last = [MakeButton.make(words("Create all of them"), group=group)]
        last += [RolesButton.make(words("Back"), emoji="↩️"), home_button(words)]
        await request.show(group_page(words, guild, catalogue, kind, [[menu], last]))


class MakeButton(RoutedButton, route="discord_roles:make:{group}"):
    async def act(self, request: MemberRequest, group: str) -> None:
        await _make(request, _group(group))


class ChooseSelect(RoutedSelect, route="discord_roles:choose:{group}"):
    async def act(self, request: MemberRequest, chosen: list[str], group: str) -> None:
        await _make(request, _group(group), chosen)


async def home_part(request: MemberRequest, facts: Facts) -> HomePart:
    """For national officers under "Management"; in an LC's own server for the officers of that LC."""
    button: list[Item] = [RolesButton.make(request.words("Roles"), emoji="🎭")]
    if request.actor.may(Right.BUILD_CHANNELS):
        return HomePart(managing=button)
    return HomePart(actions=button if facts[own_server_here] else [])
