from __future__ import annotations

from collections.abc import Iterable, Sequence

import discord
from discord.utils import escape_markdown

from bot.features.channels.rules import ROLES
from bot.features.discord_roles.records import Group, RoleCatalogue, RoleName
from bot.features.discord_roles.rules import LC_OFFICER_ROLE
from bot.features.organisations.parts import OFFICER_ROLE, PENDING
from bot.i18n import N_, Words
from bot.ui.building import Report, failed_fields
from bot.ui.lengths import some
from bot.ui.pages import COLOUR, TROUBLE, Item, Page
from bot.ui.permissions import IN_THREADS, PERMISSIONS, missing_permissions

#: So many roles or channels are named; of the others only the number is said.
SHOWN = 20
GROUPS = {
    Group.LC: N_("The LC"),
    Group.COMMITTEE: N_("Posts of committees"),
    Group.INTEREST: N_("Interested in committees"),
    Group.KIND: N_("Kinds of membership"),
    Group.REGION: N_("Regions of LCs"),
    Group.POST: N_("Single posts"),
}
#: Who has the roles of a group.
WHO = {
    Group.LC: N_("Everybody whom the LC's officers have confirmed, and those who hold an officer's post of the LC."),
    Group.COMMITTEE: N_("Who holds a post for the committee, such as NEO or LEO for SCOPE."),
    Group.INTEREST: N_(
        "Who said in /join or /me that the committee interests them and that they want to be told by a mention in a "
        "channel. Nobody else, so a mention of the role disturbs nobody who doesn't want it."
    ),
    Group.KIND: N_(
        "What somebody is today, days of grace included. Staff and candidates are individual members too; officers "
        "stay what they were. The free list is for those who are nothing else."
    ),
    Group.REGION: N_("Who belongs to an LC of the region."),
    Group.POST: N_("Who holds the post today."),
}
#: The same where it is less, in an LC's own server.
WHO_IN_LC = {
    Group.COMMITTEE: N_("Who holds a post of this LC for the committee, such as LEO for SCOPE."),
    Group.KIND: N_("Of this LC's people: who is an individual member, a staff candidate or staff today."),
    Group.POST: N_("Who holds the post in this LC today."),
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
        "I give and take these roles by myself: when something changes in the records, when somebody joins, and once "
        "an hour in case that something was changed by hand. Rename and colour them as you like. Roles that I didn't "
        "make are never touched."
    )
    if catalogue.lc_id is None:
        lcs = _there(guild, catalogue, [key for key in catalogue.parts if key.startswith("role:lc:")])
        officers = _there(guild, catalogue, [OFFICER_ROLE])
        fields += [
            (words("National officers"), " ".join(role.mention for role in officers), True),
            (words("LCs (made by /manage channels)"), words.plural("{n} role", "{n} roles", len(lcs)), True),
        ]
    else:
        own = words(
            "This is the LC's own server: I make only what its officers choose here. Only people of this LC get these "
            "roles, and nothing shows what they are elsewhere. Everybody else gets none."
        )
        text = f"{text}\n{own}"
    fields += [
        (words(GROUPS[group]), _made(words, guild, catalogue, names), False)
        for group, names in catalogue.groups.items()
    ]
    if missing:
        advice = words("Server Settings → Roles → my role: switch these on, then do this again.")
        fields.append(
            (words("Permissions I lack"), "\n".join([*(f"・{words(name)}" for name in missing), advice]), False)
        )
    return Page(
        title=words("Roles that follow the records"),
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
    seen = words("Everybody in the server sees who has a role. Nobody is mentioned by it: that is up to you.")
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
        fields.append((words("Made"), escape_markdown("\n".join(report.made)), True))
    if report.found:
        fields.append((words("Already there"), escape_markdown("\n".join(report.found)), True))
    if given:
        fields.append((words("Given"), words.plural("{n} time", "{n} times", given), True))
    fields += failed_fields(words, report)
    return Page(
        title=words("Not finished") if report.is_unfinished else words("The roles are there"),
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
    """What to do so that roles can be given and taken, and people let into the threads of LCs' officers; told once."""
    mine = escape_markdown(guild.me.top_role.name)
    fields = []
    if roles:
        names = some([escape_markdown(role.name) for role in roles], SHOWN, words(", "), words)
        if guild.me.guild_permissions.manage_roles:
            remedy = words("Server Settings → Roles: please move my role “{mine}” above these.", mine=mine)
        else:
            remedy = words("Server Settings → Roles → “{mine}”: please switch on “Manage Roles”.", mine=mine)
        fields.append((words("Some roles I can neither give nor take"), f"{remedy}\n{names}", False))
    if channels:
        listed = some([channel.mention for channel in channels], SHOWN, " ", words)
        lacking = {name for one in channels for name in missing_permissions(one.permissions_for(guild.me), IN_THREADS)}
        wanted = [words(PERMISSIONS[flag]) for flag in IN_THREADS if not lacking or PERMISSIONS[flag] in lacking]
        remedy = words(
            "Edit each of these channels → Permissions → “{mine}”: please allow {permissions}.",
            mine=mine,
            permissions=words(", ").join(wanted),
        )
        fields.append((words("Officers' threads into which I can let nobody"), f"{remedy}\n{listed}", False))
    return Page(
        title=words("There is something that I can't do"),
        text="\n".join(
            [
                words("In {server} I lack the right for what follows.", server=escape_markdown(guild.name)),
                words("I try again every hour and don't repeat this message."),
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
            "Server Settings → Roles: please move my own role above these, and see that “Manage Roles” is switched on "
            "for it."
        )
        named = some([f"<@&{role_id}>" for role_id in role_ids], SHOWN, " ", words)
        fields.append((words("Some roles I can neither give nor take"), f"{remedy}\n{named}", False))
    if channel_ids:
        remedy = words(
            "Edit each of these channels → Permissions: please allow my role {permissions}.",
            permissions=words(", ").join(words(PERMISSIONS[flag]) for flag in IN_THREADS),
        )
        named = some([f"<#{channel_id}>" for channel_id in channel_ids], SHOWN, " ", words)
        fields.append((words("Officers' threads into which I can let nobody"), f"{remedy}\n{named}", False))
    return Page(
        title=words("There is something that I can't do"),
        text=words("I try again every hour and don't repeat this message."),
        fields=fields,
        colour=TROUBLE,
    )
