from __future__ import annotations

from collections.abc import Sequence

import discord
from discord.utils import escape_markdown

from bot.features.channels.rules import ROLES
from bot.features.discord_roles.records import RoleCatalogue, RoleName
from bot.features.organisations.parts import OFFICER_ROLE
from bot.i18n import Words
from bot.ui.building import Report, why
from bot.ui.pages import COLOUR, TROUBLE, Item, Page
from bot.ui.permissions import IN_THREADS, PERMISSIONS, missing_permissions


def roles_page(
    words: Words, guild: discord.Guild, catalogue: RoleCatalogue, missing: Sequence[str], rows: list[list[Item]]
) -> Page:
    def there(keys: Sequence[str]) -> list[discord.Role]:
        found = (guild.get_role(catalogue.parts.get(key, 0)) for key in keys)
        return [role for role in found if role is not None]

    def group(names: Sequence[RoleName]) -> str:
        made = there([one.key for one in names])
        listed = " ".join(role.mention for role in made[:20])
        return words("{n} of {all}", n=len(made), all=len(names)) + (f"\n{listed}" if listed else "")

    lcs = there([key for key in catalogue.parts if key.startswith("role:lc:")])
    officers = there([OFFICER_ROLE])
    fields = [
        (words("National officers"), " ".join(role.mention for role in officers), True),
        (words("LCs (made by /manage channels)"), words.plural("{n} role", "{n} roles", len(lcs)), True),
        (words("Standing committees"), group(catalogue.committees), False),
        (words("Regions"), group(catalogue.regions), False),
        (words("Posts"), group(catalogue.posts), False),
    ]
    if missing:
        advice = words("Server Settings → Roles → my role: switch these on, then do this again.")
        fields.append(
            (words("Permissions I lack"), "\n".join([*(f"・{words(name)}" for name in missing), advice]), False)
        )
    return Page(
        title=words("Roles that follow the records"),
        text=words(
            "I give and take these roles by myself: when a term begins or ends, when somebody joins, and once an hour "
            "in case that something was changed by hand. Rename and colour them as you like. Roles that I didn't make "
            "are never touched."
        ),
        fields=fields,
        rows=rows,
        footer=words("{n} of {all} roles that Discord allows", n=len(guild.roles), all=ROLES),
        colour=TROUBLE if missing else COLOUR,
    )


def report_page(words: Words, report: Report, given: int, rows: list[list[Item]]) -> Page:
    fields = []
    if report.made:
        fields.append((words("Made"), escape_markdown("\n".join(report.made)), True))
    if report.found:
        fields.append((words("Already there"), escape_markdown("\n".join(report.found)), True))
    if given:
        fields.append((words("Given"), str(given), True))
    if report.failed:
        fields.append((words("Broke off at {step}", step=report.failed), words(why(report)), False))
    return Page(
        title=words("Not finished") if report.failed else words("The roles are there"),
        fields=fields,
        rows=rows,
        colour=TROUBLE if report.failed else COLOUR,
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
        names = words(", ").join(escape_markdown(role.name) for role in roles[:20])
        if guild.me.guild_permissions.manage_roles:
            remedy = words("Server Settings → Roles: please move my role “{mine}” above these.", mine=mine)
        else:
            remedy = words("Server Settings → Roles → “{mine}”: please switch on “Manage Roles”.", mine=mine)
        fields.append((words("Some roles I can neither give nor take"), f"{remedy}\n{names}", False))
    if channels:
        listed = " ".join(channel.mention for channel in channels[:20])
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
